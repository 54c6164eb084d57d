import Kernel

extension ScimFilter {
    /// Whether the resource, as it would be sent, is one of those asked for. What a resource does not have matches nothing.
    func matches(_ resource: JSONValue) -> Bool {
        switch self {
        case .compare(let name, let comparison, let wanted):
            let found = ScimFilter.values(name, in: resource)
            if comparison == .pr { return !found.isEmpty }
            if comparison == .ne { return !found.contains { ScimFilter.compare($0, .eq, wanted, name) } }
            return found.contains { ScimFilter.compare($0, comparison, wanted, name) }
        case .every(let parts): return parts.allSatisfy { $0.matches(resource) }
        case .any(let parts): return parts.contains { $0.matches(resource) }
        case .not(let inner): return !inner.matches(resource)
        case .within(let name, let inner):
            guard let value = resource.attribute(name) else { return false }
            return (value.list ?? [value]).contains { inner.matches($0) }
        }
    }

    /// The plain values that a name leads to.
    private static func values(_ name: ScimName, in resource: JSONValue) -> [JSONValue] {
        guard let found = resource.attribute(name) else { return [] }
        return (found.list ?? [found]).flatMap { item -> [JSONValue] in
            guard item.object != nil else { return item == .null ? [] : [item] }
            // Of a list of complex values, the value itself is compared.
            let part = name.part.isEmpty ? "value" : name.part
            return item.member(part).map { [$0] } ?? (name.part.isEmpty ? [item] : [])
        }
    }

    private static func compare(
        _ found: JSONValue, _ comparison: Operator, _ wanted: JSONValue, _ name: ScimName
    ) -> Bool {
        switch (found, wanted) {
        case (.text(let a), .text(let b)):
            let last = name.part.isEmpty ? name.attribute : name.part
            if ["created", "lastmodified"].contains(last.lowercased()), let x = ScimTime(a), let y = ScimTime(b) {
                return ordered(x.milliseconds, comparison, y.milliseconds)
            }
            let isExact = exact.contains(last.lowercased())
            return texts(isExact ? a : a.lowercased(), comparison, isExact ? b : b.lowercased())
        case (.integer(let a), .integer(let b)): return ordered(a, comparison, b)
        case (.flag(let a), .flag(let b)): return comparison == .eq && a == b
        default: return false
        }
    }

    private static let exact: Set<String> = ["id", "externalid", "value", "$ref", "version", "location"]

    private static func texts(_ a: String, _ comparison: Operator, _ b: String) -> Bool {
        switch comparison {
        case .co: a.contains(b)
        case .sw: a.hasPrefix(b)
        case .ew: a.hasSuffix(b)
        default: ordered(a, comparison, b)
        }
    }

    private static func ordered<Value: Comparable>(_ a: Value, _ comparison: Operator, _ b: Value) -> Bool {
        switch comparison {
        case .eq: a == b
        case .gt: a > b
        case .ge: a >= b
        case .lt: a < b
        case .le: a <= b
        case .ne, .co, .sw, .ew, .pr: false
        }
    }
}

extension JSONValue {
    /// The member of the name in whatever case: attribute names of SCIM have none.
    func member(_ name: String) -> JSONValue? {
        object?.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// What the name leads to in a resource, without going into its part.
    func attribute(_ name: ScimName) -> JSONValue? {
        guard !name.schema.isEmpty, let inner = member(name.schema) else { return member(name.attribute) }
        return inner.member(name.attribute)
    }
}

/// A moment as RFC 3339 writes it.
struct ScimTime {
    let milliseconds: Int64

    /// `nil` for anything but `2026-11-30T08:00:00Z` with or without a fraction or an offset.
    init?(_ text: String) {
        let parts = text.split(whereSeparator: { $0 == "T" || $0 == "t" })
        guard parts.count == 2, let day = LocalDate(iso: parts[0]), parts[1].utf8.count >= 9 else { return nil }
        let clock = parts[1], numbers = clock.prefix(8).split(separator: ":").map { Int64($0) }
        guard numbers.count == 3, let hour = numbers[0], let minute = numbers[1], let second = numbers[2] else {
            return nil
        }
        var rest = clock.dropFirst(8), fraction: Int64 = 0
        if rest.first == "." {
            let digits = rest.dropFirst().prefix { $0.isNumber }
            fraction = Int64((digits + "000").prefix(3)) ?? 0
            rest = rest.dropFirst(digits.count + 1)
        }
        guard let offset = ScimTime.minutes(rest) else { return nil }
        let seconds = Int64(day.daysSince1970) * 86_400 + hour * 3600 + (minute - offset) * 60 + second
        milliseconds = seconds * 1000 + fraction
    }

    /// `Z` or `+08:00` in minutes.
    private static func minutes(_ text: Substring) -> Int64? {
        if text == "Z" || text == "z" { return 0 }
        guard text.count == 6, let sign = text.first, sign == "+" || sign == "-",
            let hours = Int64(text.dropFirst().prefix(2)), let minutes = Int64(text.suffix(2))
        else { return nil }
        return (hours * 60 + minutes) * (sign == "-" ? -1 : 1)
    }
}
