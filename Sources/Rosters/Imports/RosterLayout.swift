import Kernel
import Platform

/// How a sender's roster is built: where each sheet's data begins and what its columns hold. Recognised, corrected by a
/// person, kept with the batch.
struct RosterLayout: Codable, Sendable, Equatable {
    let roster: RosterKind
    var sheets: [RosterSheet]
    /// Sheets without a header, and hidden ones.
    let skipped: [String]
    /// Every sheet was read to its end; otherwise only its first rows are known.
    let isCounted: Bool

    /// Rows below the headers, blank and total rows included; see `isCounted`.
    var rowCount: Int { sheets.reduce(0) { $0 + $1.rowCount } }

    /// Opens a file and recognises its layout. Blocks; call it on a thread of its own.
    /// - Parameters:
    ///   - kind: whose roster it is; found out when `nil`.
    ///   - isThorough: read every sheet to its end: counts rows and finds damage.
    /// - Throws: `DomainError.invalid` at the field `file`.
    static func read(
        fileAt path: String, kind: RosterKind?, remembered: [String: RosterTarget], isThorough: Bool
    ) throws -> RosterLayout {
        do {
            let file = try SheetFile.open(path: path)
            var heads: [SheetHead] = [], skipped: [String] = []
            for sheet in file.sheets {
                // What its sender does not see must not come into the register.
                if sheet.isHidden {
                    skipped.append(sheet.name + "（隐藏）")
                } else {
                    heads.append(try SheetHead(of: sheet, in: file, isThorough: isThorough))
                }
            }
            let layouts = (kind.map { [$0] } ?? RosterKind.allCases).map { kind in
                recognised(heads, kind, remembered, skipped, isThorough)
            }
            guard let best = layouts.max(by: { $0.strength < $1.strength }), !best.sheets.isEmpty else {
                throw DomainError.invalid("file", "没有找到表头：文件里应有“姓名”和班级、学籍号、身份证件号等列")
            }
            return best
        } catch let error as SheetError {
            throw DomainError.invalid("file", error.message)
        }
    }

    private static func recognised(
        _ heads: [SheetHead], _ kind: RosterKind, _ remembered: [String: RosterTarget], _ skipped: [String],
        _ isThorough: Bool
    ) -> RosterLayout {
        let headers = RosterHeaders.of(kind), known = Set(RosterTarget.all(of: kind))
        let recognition = HeaderRecognition<RosterTarget>(
            remembered: remembered.filter { known.contains($0.value) },
            isHeader: { $0.contains(.name) && $0.count >= 2 }, match: headers.match)
        var sheets: [RosterSheet] = [], skipped = skipped
        for head in heads {
            guard let block = recognition.block(of: head) else {
                if !head.rows.isEmpty { skipped.append(head.name) }
                continue
            }
            sheets.append(
                RosterSheet(
                    sheet: head.index, name: head.name, firstHeaderRow: head.rows[block.start].number,
                    lastHeaderRow: head.rows[block.end].number,
                    // The layout is kept in plain.
                    columns: block.columns.map { $0.target.showsSample ? $0 : $0.withoutSample() },
                    rowCount: max(0, head.rowCount - block.end - 1)))
        }
        return RosterLayout(roster: kind, sheets: sheets, skipped: skipped, isCounted: isThorough)
    }

    /// How many columns are recognised.
    private var strength: Int {
        sheets.reduce(0) { sum, sheet in sum + sheet.columns.count { $0.target != .ignored } }
    }
}

/// One sheet of a sender's file.
struct RosterSheet: Codable, Sendable, Equatable {
    /// Position in the file, from 0.
    let sheet: Int
    /// As the sender wrote it, spaces included; empty for a text table.
    let name: String
    let firstHeaderRow: Int
    let lastHeaderRow: Int
    var columns: [ImportColumn<RosterTarget>]
    let rowCount: Int

    /// As messages name the sheet.
    var title: String { name.isEmpty ? "表格" : name }

    func column(of target: RosterTarget) -> Int? { columns.first { $0.target == target }?.column }
}
