import Database
import Directory
import Kernel
import Platform

/// The rosters of a place on a day, with which another system's export is compared.
struct DifferenceRoster: Sendable {
    /// Somebody on the rosters of the place.
    struct Member: Sendable {
        let name: String
        let place: String
        let classGroup: ClassGroup?
    }

    private(set) var order: [ID<Person>] = []
    private(set) var members: [ID<Person>: Member] = [:]

    private mutating func add(_ person: ID<Person>, _ member: Member) {
        if members.updateValue(member, forKey: person) == nil { order.append(person) }
    }

    static func load(
        _ subject: ExportTemplate.Subject, at place: OrganisationPath, on day: LocalDate, _ db: Connection
    ) throws -> DifferenceRoster {
        var roster = DifferenceRoster()
        for school in try OrganisationStore(db).all(within: DataScope([place]), on: day) where school.kind.isSchool {
            if subject == .staff {
                for member in try PersonStore(db).staff(of: school.id, on: day) {
                    roster.add(
                        member.person.id, Member(name: member.person.name, place: school.name, classGroup: nil))
                }
                continue
            }
            for classGroup in try ClassGroupStore(db).classes(of: school.id, on: day, within: .everything) {
                let words = "\(school.name) \(classGroup.name(on: day))"
                for member in try EnrolmentStore(db).members(of: classGroup.id, on: day) {
                    roster.add(member.person, Member(name: member.name, place: words, classGroup: classGroup))
                }
            }
        }
        return roster
    }
}

/// What is known of the people some rows tell of.
struct DifferenceLookup: Sendable {
    let matches: [PersonMatch]
    let facts: [ID<Person>: PersonFacts]
    let numbers: [ID<Person>: [PersonIdentifierKind: String]]

    static func load(
        _ lines: [RollLine], on day: LocalDate, _ db: Connection, _ crypto: any CryptoProvider
    ) throws -> DifferenceLookup {
        let matches = try DuplicateQueue(db, crypto).matches(lines.map(\.candidate))
        let known = Set(
            matches.compactMap { match -> ID<Person>? in
                if case .known(let person, _) = match { person } else { nil }
            }
        ).sorted()
        return DifferenceLookup(
            matches: matches, facts: try PersonFactStore(db, crypto).facts(of: known, on: day),
            numbers: try PersonIdentifierStore(db, crypto).texts(
                of: known, kinds: Set(PersonIdentifierKind.allCases)))
    }
}

/// Compares the rows of another system's export with the rosters of a place, some rows at a time. Pure.
struct DifferenceComparison: Sendable {
    let roster: DifferenceRoster
    let day: LocalDate
    private var seen: Set<ID<Person>> = []

    init(roster: DifferenceRoster, day: LocalDate) { (self.roster, self.day) = (roster, day) }

    mutating func compare(_ lines: [RollLine], _ known: DifferenceLookup) -> [DifferenceReport.Line] {
        var found: [DifferenceReport.Line] = []
        for (line, match) in zip(lines, known.matches) {
            let told = line.candidate.identifiers.first { $0.kind != .phone }?.masked ?? ""
            func add(_ kind: DifferenceReport.Kind, _ place: String, _ fields: [DifferenceReport.Field]) {
                found.append(
                    .init(
                        kind: kind, row: line.number, name: line.candidate.name, number: told, place: place,
                        fields: fields + line.problems.map { .init(label: "无法识别", there: $0, here: "") }))
            }
            switch match {
            case .unknown: add(.there, "", [])
            case .doubtful(let people, let why):
                seen.formUnion(people)
                add(.doubtful, "", [.init(label: "原因", there: why.title, here: "")])
            case .known(let person, _):
                seen.insert(person)
                guard let member = roster.members[person] else {
                    add(.there, "", [.init(label: "说明", there: "在册", here: "在本平台登记过，现在不在这个单位")])
                    continue
                }
                let fields =
                    differing(line, known.facts[person], member.name)
                    + differing(line, known.numbers[person] ?? [:]) + differing(line, member.classGroup)
                if !fields.isEmpty || !line.problems.isEmpty { add(.differs, member.place, fields) }
            }
        }
        return found
    }

    /// Those of the rosters whom no row meant.
    var missing: [ID<Person>] { roster.order.filter { !seen.contains($0) } }

    func line(
        ofMissing person: ID<Person>, _ masks: [PersonIdentifierKind: String]
    ) -> DifferenceReport.Line? {
        guard let member = roster.members[person] else { return nil }
        let mask = masks[.studentNumber] ?? masks[.citizenNumber] ?? masks[.staffNumber] ?? ""
        return .init(kind: .here, row: nil, name: member.name, number: mask, place: member.place, fields: [])
    }

    private func differing(_ line: RollLine, _ facts: PersonFacts?, _ name: String) -> [DifferenceReport.Field] {
        PersonField.all.compactMap { field -> DifferenceReport.Field? in
            guard let there = line.facts[field.id] else { return nil }
            let here = facts?[field.id] ?? (field.id == "name" ? name : "")
            if there == here || (field.id == "name" && PersonCandidate.isSameName(there, here)) { return nil }
            guard field.isSensitive else {
                return .init(label: field.label, there: field.text(there), here: field.text(here))
            }
            return .init(label: field.label, there: "***", here: here.isEmpty ? "" : "***")
        }
    }

    private func differing(
        _ line: RollLine, _ numbers: [PersonIdentifierKind: String]
    ) -> [DifferenceReport.Field] {
        line.candidate.identifiers.compactMap { told -> DifferenceReport.Field? in
            guard let text = numbers[told.kind],
                let here = try? PersonIdentifier(told.kind, text, documentType: told.documentType)
            else { return .init(label: told.kind.title, there: told.masked, here: "") }
            return here == told ? nil : .init(label: told.kind.title, there: told.masked, here: here.masked)
        }
    }

    private func differing(_ line: RollLine, _ classGroup: ClassGroup?) -> [DifferenceReport.Field] {
        guard let classGroup, !line.className.isEmpty, !isCalled(line.className, classGroup) else { return [] }
        return [.init(label: "班级", there: line.className, here: classGroup.name(on: day))]
    }

    /// Whether a class may be written so: 七年级(3)班, (3)班, 3班, 03, 2015级初中(3)班.
    private func isCalled(_ text: String, _ classGroup: ClassGroup) -> Bool {
        let key = ChineseText.matchingKey(text), number = String(classGroup.number)
        let names = [
            classGroup.name(on: day), classGroup.cohortName, "(\(number))班", "\(number)班", number, "0\(number)",
            "0\(number)班",
            "\(classGroup.entryYear)级\(number)班", "\(classGroup.entryYear)级(\(number))班", classGroup.alias,
        ]
        return names.contains { !$0.isEmpty && ChineseText.matchingKey($0) == key }
    }
}
