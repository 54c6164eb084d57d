/// One value of a table, before it becomes a cell of a page, a sheet or a CSV file.
package enum TableValue: Sendable, Equatable {
    case text(String)
    case integer(Int)
    /// Shown with so many places after the point.
    case decimal(Double, places: Int)
    /// A share; `0.8647` is shown as `86.47%`.
    case percent(Double)
    case date(LocalDate)
    /// Not known. Shown as an em dash, never as zero.
    case empty
}
