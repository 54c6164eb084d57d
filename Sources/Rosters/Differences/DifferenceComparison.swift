import Database
import Directory
import Kernel
import Platform

/// Compares the rows of another system's export with the rosters of a place on a day.
struct DifferenceComparison {
    let db: Connection
    let crypto: any CryptoProvider
    let day: LocalDate

    /// Somebody on the rosters of the place.
    private struct Member {
        let name: String
        let place: String
        let classGroup: ClassGroup?
    }

    func report(_ lines: [RollLine], _ subject: ExportTemplate.Subject, at place: OrganisationPath) throws
        -> DifferenceReport
    {
        let (order, members) = try roster(subject, at: place)
        let matches = try DuplicateQueue(db, crypto).matches(lines.map(\.candidate))
        let known = matches.compactMap { match -> ID<Person>? in
            if case .known(let person, _) = match { person } else { nil }
        }
        let facts = try PersonFactStore(db, crypto).facts(of: Array(Set(known)), on: day)
        let people = Array(Set(known + order))
        let numbers = try PersonIdentifierStore(db, crypto).texts(of: people, kinds: Set(PersonIdentifierKind.allCases))
        let masks = try PersonIdentifierStore(db, crypto).masked(of: people)
        var seen: Set<ID<Person>> = [], found: [DifferenceReport.Line] = []
        for (line, match) in zip(lines, matches) {
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
                guard let member = members[person] else {
                    add(.there, "", [.init(label: "说明", there: "在册", here: "在本平台登记过，现在不在这个单位")])
                    continue
                }
                let fields =
                    differing(line, facts[person], member.name) + differing(line, numbers[person] ?? [:])
                    + differing(line, member.classGroup)
                if !fields.isEmpty || !line.problems.isEmpty { add(.differs, member.place, fields) }
            }
        }
        for person in order where !seen.contains(person) {
            guard let member = members[person] else { continue }
            let mask = masks[person].flatMap { $0[.studentNumber] ?? $0[.citizenNumber] ?? $0[.staffNumber] } ?? ""
            found.append(
                .init(kind: .here, row: nil, name: member.name, number: mask, place: member.place, fields: []))
        }
        return DifferenceReport(lines: found, rowCount: lines.count)
    }

    private func roster(
        _ subject: ExportTemplate.Subject, at place: OrganisationPath
    ) throws -> (order: [ID<Person>], members: [ID<Person>: Member]) {
        var order: [ID<Person>] = [], members: [ID<Person>: Member] = [:]
        func add(_ person: ID<Person>, _ member: Member) {
            if members.updateValue(member, forKey: person) == nil { order.append(person) }
        }
        for school in try OrganisationStore(db).all(within: DataScope([place]), on: day) where school.kind.isSchool {
            if subject == .staff {
                for member in try PersonStore(db).staff(of: school.id, on: day) {
                    add(member.person.id, Member(name: member.person.name, place: school.name, classGroup: nil))
                }
                continue
            }
            for classGroup in try ClassGroupStore(db).classes(of: school.id, on: day, within: .everything) {
                for member in try EnrolmentStore(db).members(of: classGroup.id, on: day) {
                    let words = "\(school.name) \(classGroup.name(on: day))"
                    add(member.person, Member(name: member.name, place: words, classGroup: classGroup))
                }
            }
        }
        return (order, members)
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
