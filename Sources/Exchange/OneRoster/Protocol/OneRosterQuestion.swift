import Kernel
import Web

/// What a consumer asks of a collection: which page, in which order, of which records, with which properties.
struct OneRosterQuestion: Sendable {
    let limit: Int
    let offset: Int
    /// A property, or a path to one; `nil` = by `sourcedId`.
    let sort: [String]?
    let isDescending: Bool
    let filter: OneRosterFilter?
    /// Empty = all.
    let fields: Set<String>
    /// What makes the list of records, without the place in it: the same list is walked page by page.
    let list: String

    static let usualLimit = 100
    static let mostLimit = 1000
    /// No list is as long; sums with it stay in range.
    static let mostOffset = 1_000_000_000

    /// Throws `OneRosterFault`. A sort by a property that there is not is left to the order of the house, as the standard
    /// has it.
    /// - Parameter known: the properties a record may have.
    init(_ values: FormValues, known: Set<String>) throws(OneRosterFault) {
        limit = min(
            try OneRosterQuestion.number(values, "limit", from: 1) ?? OneRosterQuestion.usualLimit,
            OneRosterQuestion.mostLimit)
        offset = min(
            try OneRosterQuestion.number(values, "offset", from: 0) ?? 0, OneRosterQuestion.mostOffset)
        let order = values.text("orderBy")?.lowercased() ?? "asc"
        guard order == "asc" || order == "desc" else {
            throw OneRosterFault(400, "invalid_sort_field", "orderBy must be asc or desc")
        }
        isDescending = order == "desc"
        let path = values.text("sort").map { $0.split(separator: ".").map(String.init) }
        sort = path.flatMap { path in path.first.map(known.contains) == true ? path : nil }
        filter = try values.text("filter").map { (text) throws(OneRosterFault) in
            try OneRosterFilter(text, fields: known)
        }
        fields = Set((values.text("fields") ?? "").split(separator: ",").map { $0.split(separator: " ").joined() })
        if !fields.isSubset(of: known) {
            throw OneRosterFault(400, "invalid_selection_field", "fields names no property of the record")
        }
        list = ["filter", "sort", "orderBy"].map { values.text($0) ?? "" }.joined(separator: "\u{1}")
    }

    private static func number(
        _ values: FormValues, _ name: String, from least: Int
    ) throws(OneRosterFault) -> Int? {
        guard let text = values.text(name) else { return nil }
        guard let number = Int(text), number >= least else {
            throw .malformed("\(name) must be a whole number from \(least)")
        }
        return number
    }
}
