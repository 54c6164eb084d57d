import Contracts
import Database
import Kernel
import Platform

/// What the directory keeps about a person, and how long it keeps the record of looks.
package struct DirectoryPersonalData: PersonalDataSource, RetentionSource {
    let database: Database
    let crypto: any CryptoProvider
    package let name = "花名册"

    package init(database: Database, crypto: any CryptoProvider) {
        (self.database, self.crypto) = (database, crypto)
    }

    package func items(of person: ID<Person>) async throws -> [PersonalDatum] {
        let crypto = crypto
        return try await database.read(snapshot: true) { db in
            try DirectoryPersonalData.known(of: person, db, crypto)
                + DirectoryPersonalData.school(of: person, db) + DirectoryPersonalData.work(of: person, db)
                + DirectoryPersonalData.family(of: person, db)
        }
    }

    package func recipients(of person: ID<Person>) async throws -> [DataRecipient] { [] }

    package func erase(_ person: ID<Person>, wholly: Bool, by handler: String) async throws -> [String] {
        let crypto = crypto
        return try await database.write { db in
            let erasure = PersonErasure(db: db, crypto: crypto, now: .now)
            let gone = wholly ? try erasure.anonymise(person) : try erasure.eraseOptional(person)
            if !gone.isEmpty {
                let actor = AuditActor(id: nil, name: handler, address: "")
                try AuditLog.record(
                    "person.erased", person.rawValue, by: actor, gone.joined(separator: "、"), on: db)
            }
            return gone
        }
    }

    package var kinds: [String] { ["looks"] }

    package func overdue(_ kind: String, before: Timestamp, sparing people: Set<ID<Person>>) async throws -> Int {
        try await database.read(isLong: true) { try LookStore($0).countOld(before, sparing: people) }
    }

    package func delete(
        _ kind: String, before: Timestamp, sparing people: Set<ID<Person>>, atMost limit: Int
    ) async throws -> Int {
        try await database.write { try LookStore($0).deleteOld(before, sparing: people, atMost: limit) }
    }

    private static func known(
        of person: ID<Person>, _ db: Connection, _ crypto: any CryptoProvider
    ) throws -> [PersonalDatum] {
        var items = [
            PersonalDatum(group: "基本信息", label: "姓名", value: try PersonStore(db).find(person).name, source: "学校填报")
        ]
        let store = PersonIdentifierStore(db, crypto), kinds = PersonIdentifierKind.allCases
        let numbers = try store.texts(of: [person], kinds: Set(kinds))[person] ?? [:]
        for kind in kinds {
            guard let text = numbers[kind] else { continue }
            items.append(
                PersonalDatum(
                    group: "基本信息", label: kind.title, value: text, mask: PersonIdentifier.mask(text, kind),
                    source: "学校填报"))
        }
        let facts = try PersonFactStore(db, crypto).latest(of: person)
        for field in PersonField.all where field.id != "name" {
            guard let fact = facts?.values[field.id] else { continue }
            items.append(
                PersonalDatum(
                    group: field.group.title, label: field.label, value: field.text(fact.value),
                    mask: field.isSensitive ? "******" : nil, source: fact.source.kind.title, since: fact.source.at.day,
                    basis: field.isOptional ? .consent : .duty, isErasable: field.isOptional))
        }
        return items
    }

    private static func family(of person: ID<Person>, _ db: Connection) throws -> [PersonalDatum] {
        let store = PersonalDataStore(db: db)
        let relatives = try store.family(of: person).map { one in
            let words = [
                one.line.name, one.relation.map(CodeLists.guardianRelation.name), one.order.map { "第\($0)监护人" },
                one.state == .confirmed ? nil : one.state.title,
                one.state == .confirmed ? period(one.line.from, one.line.until) : one.line.from.iso,
            ].compactMap { $0 }
            return PersonalDatum(
                group: "家庭", label: one.line.what, value: words.joined(separator: "，"), source: one.origin.title,
                since: one.line.from)
        }
        let claims = try store.claims(of: person).map { at in
            PersonalDatum(
                group: "家庭", label: "申报孩子", value: at.day.iso, source: GuardianshipOrigin.declared.title, since: at.day)
        }
        return relatives + claims
    }

    private static func school(of person: ID<Person>, _ db: Connection) throws -> [PersonalDatum] {
        try EnrolmentStore(db).history(of: person).map { stay in
            let enrolment = stay.enrolment, reason = enrolment.reason.map { "，" + $0.title } ?? ""
            return PersonalDatum(
                group: "班级经历", label: "\(stay.classGroup.schoolName) \(stay.classGroup.name(on: enrolment.from))",
                value: period(enrolment.from, enrolment.until) + reason, source: "学校填报",
                since: enrolment.from)
        }
    }

    private static func work(of person: ID<Person>, _ db: Connection) throws -> [PersonalDatum] {
        let store = PersonalDataStore(db: db)
        let posts = try store.appointments(of: person).map { line in
            PersonalDatum(
                group: "任职", label: "\(line.name) \(CodeLists.post.name(of: line.what))",
                value: period(line.from, line.until), source: "学校填报", since: line.from)
        }
        return posts
            + (try store.posts(of: person).map { duty in
                PersonalDatum(
                    group: "任教", label: "\(duty.school) \(duty.classGroup.name(on: duty.post.from)) \(duty.post.title)",
                    value: period(duty.post.from, duty.post.until), source: "学校填报", since: duty.post.from)
            })
    }
}

/// `2026-09-01 至 2027-06-30`, or 起 while it goes on. The day it ends is the last on which it held.
private func period(_ from: LocalDate, _ until: LocalDate?) -> String {
    until.map { "\(from.iso) 至 \(max(from, $0.adding(days: -1)).iso)" } ?? "\(from.iso) 起"
}

extension PersonField.Group {
    /// The heading under which a person reads these data.
    var title: String {
        switch self {
        case .common: "基本信息"
        case .student: "学籍信息"
        case .staff: "教职工信息"
        }
    }
}
