import Kernel

/// One cell to be written. Text stays text: it never becomes a formula or number, whatever it looks like.
package struct SheetValue: Sendable, Equatable {
    enum Content: Sendable, Equatable {
        case empty
        case text(String)
        case integer(Int)
        case decimal(Double, places: Int)
        case percent(Double)
        case date(LocalDate)
        /// A number in whatever form the spreadsheet program shows it.
        case number(Double)
    }

    /// Draws the eye to a cell by its fill. Text tables do not show it.
    package enum Mark: Sendable, Hashable {
        /// 有误
        case bad
        /// 新增
        case added
        /// 有变化
        case changed
    }

    let content: Content
    private(set) var mark: Mark?
    private(set) var comment: String?

    init(_ content: Content) { self.content = content }

    package static let empty = SheetValue(.empty)
    package static func text(_ text: String) -> SheetValue { SheetValue(.text(text)) }
    package static func integer(_ value: Int) -> SheetValue { SheetValue(.integer(value)) }
    /// A number shown with `places` decimals (0 to 10). Not a number or infinite is written as an empty cell.
    package static func decimal(_ value: Double, places: Int) -> SheetValue {
        SheetValue(.decimal(value, places: min(max(places, 0), 10)))
    }
    /// A ratio (0.5642), shown as percentage with two decimals (56.42%).
    package static func percent(_ ratio: Double) -> SheetValue { SheetValue(.percent(ratio)) }
    package static func date(_ day: LocalDate) -> SheetValue { SheetValue(.date(day)) }

    /// A table's value as a cell.
    package static func of(_ value: TableValue) -> SheetValue {
        switch value {
        case .text(let text): .text(text)
        case .integer(let number): .integer(number)
        case .decimal(let number, let places): .decimal(number, places: places)
        case .percent(let share): .percent(share)
        case .date(let day): .date(day)
        case .empty: .empty
        }
    }

    /// The cell filled in the mark's colour, with a comment in Chinese if given.
    package func marked(_ mark: Mark, _ comment: String? = nil) -> SheetValue {
        var value = self
        (value.mark, value.comment) = (mark, comment)
        return value
    }

    /// The cell as a person reads it in a text table, before quoting.
    var plainText: String {
        switch content {
        case .empty: ""
        case .text(let text): text
        case .integer(let value): String(value)
        case .decimal(let value, let places): value.isFinite ? DecimalText.fixed(value, places: places) : ""
        case .percent(let ratio): ratio.isFinite ? DecimalText.fixed(ratio * 100, places: 2) + "%" : ""
        case .date(let day): day.iso
        case .number(let value): value.isFinite ? DecimalText.shortest(value) : ""
        }
    }
}
