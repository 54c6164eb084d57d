import Database
import Directory
import Kernel
import Platform

/// Reads the rows of an export: the rosters of the schools of a place as they stood on a day.
struct ExportReader {
    /// The most rows of one workbook; more go out as an archive with a workbook for each school.
    static let limit = 20_000
    /// The most rows of one export.
    static let most = 300_000

    let db: Connection
    let crypto: any CryptoProvider
    let day: LocalDate
    /// Whether sensitive data come in full; masked otherwise.
    let isFull: Bool
    private let store: ExportStore

    init(_ db: Connection, _ crypto: any CryptoProvider, on day: LocalDate, isFull: Bool) {
        (self.db, self.crypto, self.day, self.isFull, store) = (db, crypto, day, isFull, ExportStore(db))
    }

    /// About how many rows there are: of classes and schools how many schools.
    func count(of subject: ExportTemplate.Subject, at place: OrganisationPath) throws -> Int {
        let scope = DataScope([place])
        return switch subject {
        case .pupils: try store.pupilCount(within: scope, on: day)
        case .staff: try store.staffCount(within: scope, on: day)
        case .classes, .schools: try schools(at: place).count
        }
    }

    /// The schools of a place on the day.
    func schools(at place: OrganisationPath) throws -> [Organisation] {
        try OrganisationStore(db).all(within: DataScope([place]), on: day).filter(\.kind.isSchool)
    }

    func rows(of template: ExportTemplate, at place: OrganisationPath) throws -> [ExportRow] {
        try schools(at: place).flatMap { try rows(of: template, at: $0) }
    }

    func rows(of template: ExportTemplate, at school: Organisation) throws -> [ExportRow] {
        switch template.subject {
        case .pupils: try pupils(of: school, template)
        case .staff: try staff(of: school, template)
        case .classes: try classes(of: school)
        case .schools: [try self.school(school, template)]
        }
    }

    private func pupils(of school: Organisation, _ template: ExportTemplate) throws -> [ExportRow] {
        let teachers = try ClassPostStore(db).homeroomTeachers(of: school.id, on: day)
        var rows: [ExportRow] = [], people: [ID<Person>] = []
        for classGroup in try ClassGroupStore(db).classes(of: school.id, on: day, within: .everything) {
            for member in try EnrolmentStore(db).members(of: classGroup.id, on: day) {
                var row = ExportRow(school: school, day: day)
                (row.classGroup, row.enrolledOn) = (classGroup, member.from)
                row.classTeacher = teachers[classGroup.id]?.personName ?? ""
                row.facts["name"] = member.name
                rows.append(row)
                people.append(member.person)
            }
        }
        return try filled(rows, people, template)
    }

    private func staff(of school: Organisation, _ template: ExportTemplate) throws -> [ExportRow] {
        let members = try PersonStore(db).staff(of: school.id, on: day)
        let rows = members.map { member in
            var row = ExportRow(school: school, day: day)
            (row.post, row.postFrom) = (member.post, member.from)
            row.facts["name"] = member.person.name
            return row
        }
        return try filled(rows, members.map(\.person.id), template)
    }

    /// Adds what is known of the people: facts as of the day, numbers and guardians as they are.
    private func filled(
        _ rows: [ExportRow], _ people: [ID<Person>], _ template: ExportTemplate
    ) throws -> [ExportRow] {
        guard !people.isEmpty else { return [] }
        let identifiers = PersonIdentifierStore(db, crypto)
        let facts = try PersonFactStore(db, crypto).facts(of: people, on: day)
        let wantsGuardians = template.columns.contains { if case .guardian = $0.source { true } else { false } }
        let guardians = wantsGuardians ? try guardians(of: people) : [:]
        let parents = guardians.values.flatMap { $0.map(\.guardian) }
        let numbers = try numbers(of: people + parents, identifiers)
        let documents = try store.documentTypes(of: people)
        return zip(rows, people).map { row, person in
            var row = row
            if let known = facts[person] {
                for (id, fact) in known.values where isFull || !(PersonField.named(id)?.isSensitive ?? true) {
                    row.facts[id] = fact.value
                }
            }
            row.numbers = numbers[person] ?? [:]
            row.documentType = documents[person] ?? ""
            row.guardians = ExportRow.Guardian.placed(
                (guardians[person] ?? []).map { one in
                    ExportRow.Guardian(
                        name: one.guardianName, relation: one.relation ?? "", order: one.order,
                        phone: numbers[one.guardian]?[.phone] ?? "")
                })
            return row
        }
    }

    private func numbers(
        of people: [ID<Person>], _ store: PersonIdentifierStore
    ) throws -> [ID<Person>: [PersonIdentifierKind: String]] {
        isFull ? try store.texts(of: people, kinds: Set(PersonIdentifierKind.allCases)) : try store.masked(of: people)
    }

    /// Those whom the schools stand by; of a pupil who is of age too, since the workbooks ask for members of the family.
    private func guardians(of people: [ID<Person>]) throws -> [ID<Person>: [Guardianship]] {
        try GuardianshipStore(db).guardians(of: people, on: day).mapValues { $0.filter(\.isConfirmed) }
    }

    private func classes(of school: Organisation) throws -> [ExportRow] {
        let teachers = try ClassPostStore(db).homeroomTeachers(of: school.id, on: day)
        let counts = try store.pupilCounts(of: school.id, on: day)
        return try ClassGroupStore(db).classes(of: school.id, on: day, within: .everything).map { classGroup in
            var row = ExportRow(school: school, day: day)
            row.classGroup = classGroup
            row.classTeacher = teachers[classGroup.id]?.personName ?? ""
            let count = counts[classGroup.id] ?? (pupils: 0, girls: 0)
            row.counts = [.pupils: count.pupils, .girls: count.girls]
            return row
        }
    }

    private func school(_ school: Organisation, _ template: ExportTemplate) throws -> ExportRow {
        var row = ExportRow(school: school, day: day)
        let counts = try store.pupilCounts(of: school.id, on: day).values
        row.counts[.pupils] = counts.reduce(0) { $0 + $1.pupils }
        row.counts[.girls] = counts.reduce(0) { $0 + $1.girls }
        row.counts[.classes] = try ClassGroupStore(db).classes(of: school.id, on: day, within: .everything).count
        row.counts[.staff] = try PersonStore(db).staff(of: school.id, on: day).count
        if template.columns.contains(where: { $0.source == .count(.boarders) }) {
            let facts = try PersonFactStore(db, crypto).facts(of: try store.pupils(of: school.id, on: day), on: day)
            row.counts[.boarders] = facts.values.filter { $0["attendance"] == "2" }.count
        }
        return row
    }
}
