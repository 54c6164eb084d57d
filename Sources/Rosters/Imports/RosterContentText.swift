import Directory
import Kernel
import Platform

/// The meaning of a row as it is sealed: parts divided by U+001D, entries by U+001E, units by U+001F, which no kept text
/// holds. JSON would take longer than all the rest of an import.
enum RosterContentText {
    private static let part = "\u{1D}", entry = "\u{1E}", unit = "\u{1F}"

    static func encode(_ content: RosterContent) -> String {
        let values = content.values.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }
        let words = content.classWords.map {
            [$0.stage.rawValue, String($0.entryYear), String($0.number), String($0.years)]
        }
        let place = [
            content.school?.rawValue ?? "", content.classGroup?.rawValue ?? "", content.leaves?.rawValue ?? "",
            content.from?.iso ?? "", content.post, content.endsPosts ? "1" : "",
        ]
        let guardians = content.guardians.map {
            [$0.name, $0.relation, order($0.order)] + $0.numbers.flatMap(units)
        }
        let parts: [[[String]]] = [
            [place], words.map { [$0] } ?? [], values, content.numbers.map(units), content.formerNumbers.map(units),
            guardians, content.candidates.map { [$0.rawValue] },
            content.changes.map { [$0.label, $0.new] + ($0.old.map { [$0] } ?? []) },
            content.notes.map(units), content.problems.map(units), content.guardianChanges.map(units),
        ]
        return parts.map { $0.map { $0.joined(separator: unit) }.joined(separator: entry) }.joined(separator: part)
    }

    private static func order(_ order: Int?) -> String { order.map(String.init) ?? "" }

    private static func units(_ change: RosterGuardianChange) -> [String] {
        [change.guardianship.rawValue]
            + [change.old, change.new].flatMap { [$0.relation ?? "", order($0.order)] }
    }

    private static func change(_ units: Units) -> RosterGuardianChange? {
        guard units.count == 5 else { return nil }
        func value(_ at: Int) -> RosterGuardianChange.Value {
            .init(relation: units[at].isEmpty ? nil : units[at], order: Int(units[at + 1]))
        }
        return RosterGuardianChange(guardianship: ID<Guardianship>(units[0]), old: value(1), new: value(3))
    }

    private static func units(_ number: RosterNumber) -> [String] {
        [number.kind.rawValue, number.documentType, number.text]
    }

    private static func units(_ problem: ImportProblem) -> [String] {
        [problem.column.map { String($0) } ?? "", problem.message]
    }

    static func decode(_ text: String) -> RosterContent {
        let parts = Parts(text)
        // Rows kept before parents had an order have ten parts.
        guard parts.count >= 10 else { return RosterContent() }
        var content = RosterContent()
        if let units = parts[0].first { place(units, into: &content) }
        content.classWords = parts[1].first.flatMap(classWords)
        let values = parts[2]
        content.values.reserveCapacity(values.count)
        for pair in values where pair.count == 2 { content.values[pair[0]] = pair[1] }
        content.numbers = parts[3].compactMap { number($0, from: 0, count: $0.count) }
        content.formerNumbers = parts[4].compactMap { number($0, from: 0, count: $0.count) }
        content.guardians = parts[5].compactMap(guardian)
        content.candidates = parts[6].map { ID<Person>($0[0]) }
        content.changes = parts[7].compactMap { units in
            units.count < 2 ? nil : RosterChange(label: units[0], old: units.count > 2 ? units[2] : nil, new: units[1])
        }
        content.notes = parts[8].compactMap(problem)
        content.problems = parts[9].compactMap(problem)
        if parts.count > 10 { content.guardianChanges = parts[10].compactMap(change) }
        return content
    }

    /// The units of one entry.
    private struct Units {
        let all: [String]
        let range: Range<Int>
        var count: Int { range.count }
        subscript(place: Int) -> String { all[range.lowerBound + place] }
    }

    /// The parts of a text, all units in one list: an array for each entry would take longer than all the rest of accepting
    /// a row.
    private struct Parts {
        private var units: [String] = []
        private var entries: [Range<Int>] = []
        private var parts: [Range<Int>] = []

        /// Byte by byte, which is faster than by characters.
        init(_ text: String) {
            units.reserveCapacity(128)
            entries.reserveCapacity(64)
            var text = text
            text.withUTF8 { bytes in
                var start = 0, firstUnit = 0, firstEntry = 0
                for index in 0...bytes.count {
                    // The last part ends with the text.
                    let byte = index < bytes.count ? bytes[index] : 0x1D
                    guard (0x1D...0x1F).contains(byte) else { continue }
                    units.append(String(decoding: bytes[start..<index], as: UTF8.self))
                    start = index + 1
                    if byte == 0x1F { continue }
                    entries.append(firstUnit..<units.count)
                    firstUnit = units.count
                    if byte == 0x1E { continue }
                    let isEmpty =
                        entries.count == firstEntry + 1 && entries[firstEntry].count == 1
                        && units[entries[firstEntry].lowerBound].isEmpty
                    parts.append(firstEntry..<(isEmpty ? firstEntry : entries.count))
                    firstEntry = entries.count
                }
            }
        }

        var count: Int { parts.count }
        subscript(part: Int) -> [Units] { entries[parts[part]].map { Units(all: units, range: $0) } }
    }

    private static func place(_ units: Units, into content: inout RosterContent) {
        guard units.count == 6 else { return }
        content.school = units[0].isEmpty ? nil : OrganisationID(units[0])
        content.classGroup = units[1].isEmpty ? nil : ID<ClassGroup>(units[1])
        content.leaves = units[2].isEmpty ? nil : ID<ClassGroup>(units[2])
        content.from = LocalDate(iso: units[3])
        content.post = units[4]
        content.endsPosts = units[5] == "1"
    }

    private static func classWords(_ units: Units) -> ClassWords? {
        guard units.count == 4, let stage = ClassStage(rawValue: units[0]), let year = Int(units[1]),
            let number = Int(units[2]), let years = Int(units[3])
        else { return nil }
        return ClassWords(stage: stage, entryYear: year, number: number, years: years)
    }

    /// Kind, type of document and text stand from the place on.
    private static func number(_ units: Units, from place: Int, count: Int = 3) -> RosterNumber? {
        guard count == 3, let kind = PersonIdentifierKind(rawValue: units[place]) else { return nil }
        return try? RosterNumber(kind, units[place + 2], documentType: units[place + 1])
    }

    private static func guardian(_ units: Units) -> RosterGuardian? {
        guard units.count >= 2 else { return nil }
        // Numbers come in threes; what was kept before parents had an order lacks that unit.
        let first = units.count % 3 == 0 ? 3 : 2
        let numbers = stride(from: first, to: units.count - 2, by: 3).compactMap { number(units, from: $0) }
        return RosterGuardian(
            name: units[0], relation: units[1], order: first == 3 ? Int(units[2]) : nil, numbers: numbers)
    }

    private static func problem(_ units: Units) -> ImportProblem? {
        units.count == 2 ? ImportProblem(column: Int(units[0]), message: units[1]) : nil
    }
}
