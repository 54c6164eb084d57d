import Database
import Directory
import Kernel
import Platform

/// Two records side by side, as whoever decides may see them: sensitive values are masked and still compared.
struct DuplicateComparison: Sendable {
    struct Line: Sendable {
        let title: String
        let first: String
        let second: String
        /// Whether both are known and not the same.
        let differs: Bool
        /// The name of the choice when the two differ; `nil` when there is nothing to choose.
        let choice: String?
    }

    let duplicate: Duplicate
    let lines: [Line]
    /// What the second of the two is called above its column.
    let hasTwoRecords: Bool
    let canUndo: Bool

    init(_ duplicate: Duplicate, on day: LocalDate, _ db: Connection, _ crypto: any CryptoProvider) throws {
        self.duplicate = duplicate
        let second = try DuplicateSide(duplicate.other, on: day, db, crypto)
        let first: DuplicateSide
        if let person = duplicate.person {
            first = try DuplicateSide(person, on: day, db, crypto)
        } else {
            first = try DuplicateSide(duplicate.candidate, db)
        }
        hasTwoRecords = duplicate.person != nil
        canUndo = duplicate.state != .open
        lines = DuplicateComparison.lines(first, second, choosing: hasTwoRecords)
    }

    static func lines(_ first: DuplicateSide, _ second: DuplicateSide, choosing: Bool) -> [Line] {
        var lines: [Line] = []
        for kind in PersonIdentifierKind.allCases {
            let (a, b) = (first.numbers[kind], second.numbers[kind])
            if a == nil, b == nil { continue }
            // Two people never have the same number; a row of a workbook is compared by what is shown.
            let differs = a != nil && b != nil && (choosing || a != b)
            lines.append(line(kind.title, a, b, differs, choosing ? "number." + kind.rawValue : nil))
        }
        for field in PersonField.all {
            let (a, b) = (first.facts[field.id], second.facts[field.id])
            if a == nil, b == nil { continue }
            let differs = a != nil && b != nil && a != b
            lines.append(
                line(
                    field.label, a.map { shown($0, field) }, b.map { shown($0, field) }, differs,
                    choosing ? "fact." + field.id : nil))
        }
        let differs = first.current != nil && second.current != nil
        lines.append(
            line(
                "在班", first.current, second.current, differs && first.current != second.current,
                choosing ? "enrolment" : nil, isChoice: differs))
        lines.append(line("班级经历", first.classes, second.classes, false, nil))
        lines.append(line("任职", first.posts, second.posts, false, nil))
        lines.append(line("家长", first.guardians, second.guardians, false, nil))
        lines.append(line("子女", first.children, second.children, false, nil))
        return lines.filter { !$0.first.isEmpty || !$0.second.isEmpty }
    }

    private static func line(
        _ title: String, _ first: String?, _ second: String?, _ differs: Bool, _ choice: String?, isChoice: Bool? = nil
    ) -> Line {
        Line(
            title: title, first: first ?? "", second: second ?? "", differs: differs,
            choice: (isChoice ?? differs) ? choice : nil)
    }

    /// Sensitive values show their first character at most.
    static func shown(_ value: String, _ field: PersonField) -> String {
        guard field.isSensitive else { return field.text(value) }
        return field.kind == .text && value.count > 3 ? value.prefix(1) + "***" : "***"
    }
}

/// One of the two.
struct DuplicateSide: Sendable {
    var facts: [String: String] = [:]
    /// Masks.
    var numbers: [PersonIdentifierKind: String] = [:]
    /// The class today.
    var current: String?
    var classes: String?
    var posts: String?
    var guardians: String?
    var children: String?

    init(_ person: ID<Person>, on day: LocalDate, _ db: Connection, _ crypto: any CryptoProvider) throws {
        let store = EnrolmentStore(db)
        facts = try PersonFactStore(db, crypto).latest(of: person)?.values.mapValues(\.value) ?? [:]
        if facts["name"] == nil { facts["name"] = try PersonStore(db).find(person).name }
        numbers = try PersonIdentifierStore(db, crypto).masked(of: [person])[person] ?? [:]
        let history = try store.history(of: person).filter {
            $0.enrolment.until == nil || $0.enrolment.until != $0.enrolment.from
        }
        current = history.first { $0.enrolment.until == nil }.map {
            "\($0.classGroup.schoolName) \($0.classGroup.name(on: day))"
        }
        classes = DuplicateSide.joined(
            history.map {
                "\($0.classGroup.schoolName) \($0.classGroup.cohortName) \($0.enrolment.from.iso) 至 "
                    + ($0.enrolment.until?.adding(days: -1).iso ?? "今")
            })
        posts = DuplicateSide.joined(try DuplicateSideStore(db).posts(of: person))
        let guardianships = GuardianshipStore(db)
        let parents = try guardianships.confirmedGuardians(of: [person], on: day)[person] ?? []
        guardians = DuplicateSide.joined(parents.map(\.name))
        children = DuplicateSide.joined(try guardianships.confirmedChildren(of: person, on: day).map(\.name))
    }

    /// A row of a workbook.
    init(_ candidate: DuplicateCandidate?, _ db: Connection) throws {
        guard let candidate else { return }
        facts["name"] = candidate.name
        facts["sex"] = candidate.sex
        facts["birthDate"] = candidate.birthDate
        for (kind, mask) in candidate.numbers { PersonIdentifierKind(rawValue: kind).map { numbers[$0] = mask } }
        current = try candidate.school.flatMap { try DuplicateSideStore(db).schoolName($0) }
    }

    private static func joined(_ lines: [String]) -> String? { lines.isEmpty ? nil : lines.joined(separator: "；") }
}
