import Kernel

/// `filter=role='student' AND dateLastModified>'2026-09-01'`: comparisons joined by AND, which binds closer, and OR.
struct OneRosterFilter: Sendable, Equatable {
    enum Comparison: String, Sendable, CaseIterable {
        case atLeast = ">=", atMost = "<=", not = "!=", equal = "=", after = ">", before = "<", holds = "~"
    }

    struct Term: Sendable, Equatable {
        let path: [String]
        let comparison: Comparison
        let value: String
        /// What the value says as a moment, for `dateLastModified`.
        let moment: Timestamp?
    }

    /// One of the groups must hold, with all its terms.
    let groups: [[Term]]

    private static let mostTerms = 20

    /// Throws `OneRosterFault`.
    /// - Parameter fields: the properties a record may have.
    init(_ text: String, fields: Set<String>) throws(OneRosterFault) {
        var rest = text[...], groups: [[Term]] = [[]], count = 0
        while true {
            groups[groups.count - 1].append(try OneRosterFilter.term(&rest, fields))
            count += 1
            rest = rest.drop { $0 == " " }
            if rest.isEmpty { break }
            guard count < OneRosterFilter.mostTerms else { throw OneRosterFilter.wrong("has too many terms") }
            if let next = OneRosterFilter.word("AND", &rest) {
                rest = next
            } else if let next = OneRosterFilter.word("OR", &rest) {
                groups.append([])
                rest = next
            } else {
                throw OneRosterFilter.wrong("has something other than AND or OR between two terms")
            }
        }
        self.groups = groups
    }

    private static func wrong(_ text: String) -> OneRosterFault {
        OneRosterFault(400, "invalid_filter_field", "filter " + text)
    }

    private static func word(_ word: String, _ rest: inout Substring) -> Substring? {
        let head = rest.prefix(word.count + 1)
        return head.uppercased() == word + " " ? rest.dropFirst(word.count + 1) : nil
    }

    private static func term(_ rest: inout Substring, _ fields: Set<String>) throws(OneRosterFault) -> Term {
        rest = rest.drop { $0 == " " }
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "_") }
        rest = rest.dropFirst(name.count).drop { $0 == " " }
        let path = name.split(separator: ".").map(String.init)
        guard let head = path.first, fields.contains(head) else { throw wrong("names no property of the record") }
        guard let comparison = Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else {
            throw wrong("has no comparison after \(name)")
        }
        rest = rest.dropFirst(comparison.rawValue.count).drop { $0 == " " }
        guard rest.first == "'", let end = rest.dropFirst().firstIndex(of: "'") else {
            throw wrong("has a value without quotation marks")
        }
        let value = String(rest[rest.index(after: rest.startIndex)..<end])
        rest = rest[rest.index(after: end)...]
        var moment: Timestamp?
        if head == "dateLastModified" {
            moment = Timestamp(oneRoster: value)
            if moment == nil { throw wrong("compares dateLastModified with no date") }
        }
        return Term(path: path, comparison: comparison, value: value, moment: moment)
    }

    func matches(_ record: OneRosterRecord) -> Bool {
        groups.contains { $0.allSatisfy { OneRosterFilter.matches(record, $0) } }
    }

    /// A moment before which nothing can match, where every group has one.
    var changedSince: Timestamp? {
        var earliest: Timestamp?
        for group in groups {
            let bounds = group.compactMap { term -> Timestamp? in
                [.after, .atLeast, .equal].contains(term.comparison) ? term.moment : nil
            }
            guard let bound = bounds.max() else { return nil }
            earliest = min(earliest ?? bound, bound)
        }
        return earliest
    }

    /// Whether it asks about what has ended as well: nobody can follow changes without.
    var asksForEnded: Bool {
        groups.contains { $0.contains { $0.path == ["status"] || $0.path == ["dateLastModified"] } }
    }

    private static func matches(_ record: OneRosterRecord, _ term: Term) -> Bool {
        if let moment = term.moment { return holds(record.modified, term.comparison, moment) }
        let texts = record.texts(at: term.path)
        if term.comparison == .not { return !texts.contains { $0 == term.value } }
        return texts.contains { text in
            if term.comparison == .holds { return text.lowercased().contains(term.value.lowercased()) }
            if let a = Double(text), let b = Double(term.value) { return holds(a, term.comparison, b) }
            return holds(text, term.comparison, term.value)
        }
    }

    private static func holds<T: Comparable>(_ a: T, _ comparison: Comparison, _ b: T) -> Bool {
        switch comparison {
        case .equal, .holds: a == b
        case .not: a != b
        case .after: a > b
        case .atLeast: a >= b
        case .before: a < b
        case .atMost: a <= b
        }
    }
}

extension Timestamp {
    /// `2026-09-01`, `2026-09-01T08:00:00Z`, with fractions of a second, with `+08:00`; `nil` for anything else. A day
    /// means its first moment in UTC, as the standard's examples read.
    init?(oneRoster text: String) {
        guard let day = LocalDate(iso: text.prefix(10)) else { return nil }
        let midnight = Int64(day.daysSince1970) * 86_400_000
        if text.utf8.count == 10 {
            self.init(milliseconds: midnight)
            return
        }
        let rest = Array(text.utf8.dropFirst(10))
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= rest.count, rest[range].allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            return rest[range].reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }
        guard rest.count >= 10, rest[0] == 0x54 || rest[0] == 0x20, rest[3] == 0x3A, rest[6] == 0x3A,
            let hour = number(1..<3), let minute = number(4..<6), let second = number(7..<9), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var fraction: Int64 = 0, index = 9
        if rest[index] == 0x2E {
            let digits = rest[(index + 1)...].prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return nil }
            fraction = (Array(digits.prefix(3)) + Array(repeating: 0x30, count: max(0, 3 - digits.count)))
                .reduce(0) { $0 * 10 + Int64($1 - 0x30) }
            index += 1 + digits.count
        }
        var offset: Int64 = 0
        switch rest.count - index {
        case 1 where rest[index] == 0x5A: break
        case 6 where rest[index + 3] == 0x3A && (rest[index] == 0x2B || rest[index] == 0x2D || rest[index] == 0x20):
            guard let hours = number(index + 1..<index + 3), let minutes = number(index + 4..<index + 6) else {
                return nil
            }
            // A plus sign that was not escaped arrives as a blank.
            offset = (hours * 60 + minutes) * 60_000 * (rest[index] == 0x2D ? -1 : 1)
        default: return nil
        }
        self.init(milliseconds: midnight + ((hour * 60 + minute) * 60 + second) * 1000 + fraction - offset)
    }
}
