/// What reading one table file may cost at most; beyond it reading stops with `SheetError.tooLarge`.
package struct SheetLimits: Sendable, Equatable {
    /// The packed file. `fileBytes` also holds for text tables.
    package var archive = ArchiveLimits()
    /// Bytes of all shared strings of a workbook, which stay in memory.
    package var sharedStringBytes = 64 << 20
    package var sheets = 256
    /// The highest row number; Excel's own limit.
    package var rows = 1_048_576
    /// Columns that hold something; Excel's own limit.
    package var columns = 16_384
    /// UTF-8 bytes of one cell. Excel holds 32,767 characters.
    package var cellBytes = 131_072
    package var mergedRanges = 100_000

    package static let standard = SheetLimits()

    package init() {}
}
