/// The first rows of a sheet, as far as its layout can be told from them.
package struct SheetHead {
    package static let length = 60

    package let name: String
    /// Position in the file, from 0.
    package let index: Int
    package let rows: [SheetRow]
    package let mergedRanges: [CellRange]
    package let rowCount: Int

    package init(name: String, index: Int, rows: [SheetRow], mergedRanges: [CellRange], rowCount: Int) {
        (self.name, self.index, self.rows, self.mergedRanges) = (name, index, rows, mergedRanges)
        self.rowCount = rowCount
    }

    /// Reads the head of a sheet.
    /// - Parameter isThorough: read the sheet to its end: counts its rows and finds damage.
    package init(of sheet: SheetInfo, in file: SheetFile, isThorough: Bool) throws {
        var rows: [SheetRow] = [], count = 0
        let merged = try file.rows(of: sheet.index, first: isThorough ? .max : SheetHead.length) { row in
            count += 1
            if rows.count < SheetHead.length { rows.append(row) }
        }
        self.init(name: sheet.name, index: sheet.index, rows: rows, mergedRanges: merged, rowCount: count)
    }
}

/// Finds the header of a sheet: the block of one to three rows near the top in which the most columns are recognised.
package struct HeaderRecognition<Target: ImportTarget> {
    package struct Match: Equatable {
        package let target: Target
        package let certainty: ColumnCertainty

        package init(target: Target, certainty: ColumnCertainty) {
            (self.target, self.certainty) = (target, certainty)
        }
    }

    package struct Block {
        /// Positions in the head's rows.
        package let start: Int
        package let end: Int
        package let columns: [ImportColumn<Target>]
        let score: Int
    }

    /// Target by column key, as people corrected it before.
    private let remembered: [String: Target]
    private let scale: (String) -> Double
    private let isHeader: (Set<Target>) -> Bool
    private let match: (_ header: String, _ groups: [String], _ isLoose: Bool) -> Match?

    /// - Parameters:
    ///   - isHeader: whether a block in which these were found can be a header.
    ///   - match: what a column means by its own header and those above it, nearest first; loosely also by words inside
    ///     a longer header.
    package init(
        remembered: [String: Target], scale: @escaping (String) -> Double = { _ in 1 },
        isHeader: @escaping (Set<Target>) -> Bool,
        match: @escaping (_ header: String, _ groups: [String], _ isLoose: Bool) -> Match?
    ) {
        (self.remembered, self.scale, self.isHeader, self.match) = (remembered, scale, isHeader, match)
    }

    /// `nil` for a sheet that has no such header.
    package func block(of head: SheetHead) -> Block? {
        // Whole words find the block; words inside longer ones are looked for only in it, or where nothing else helps.
        guard let found = block(of: head, isLoose: false) else { return block(of: head, isLoose: true) }
        let columns = columns(of: head, found.start, found.end, isLoose: true)
        return Block(start: found.start, end: found.end, columns: columns, score: found.score)
    }

    private func block(of head: SheetHead, isLoose: Bool) -> Block? {
        var best: Block?
        for start in head.rows.indices.prefix(30) {
            for end in start..<min(start + 3, head.rows.count) {
                let columns = columns(of: head, start, end, isLoose: isLoose)
                let targets = Set(columns.map(\.target)).subtracting([.ignored])
                guard isHeader(targets) else { continue }
                let block = Block(start: start, end: end, columns: columns, score: targets.count)
                if block.score > best?.score ?? 0 || drops(captionsOf: best, block, head) { best = block }
            }
        }
        return best
    }

    /// A line such as 填报单位 … 统计日期 … above the header tells nothing of the columns: the same header without it is
    /// the better one, and the line is read as a title.
    private func drops(captionsOf best: Block?, _ block: Block, _ head: SheetHead) -> Bool {
        guard let best, block.end == best.end, block.score == best.score, block.start > best.start else { return false }
        return head.rows[best.start..<block.start].allSatisfy { row in
            row.cells.count { !ChineseText.matchingKey($0.text).isEmpty } <= 3
        }
    }

    private func columns(
        of head: SheetHead, _ start: Int, _ end: Int, isLoose: Bool
    ) -> [ImportColumn<Target>] {
        let rows = head.rows[start...end]
        let last = rows.compactMap { $0.cells.last?.column }.max() ?? -1
        guard last >= 0 else { return [] }
        var found: [ImportColumn<Target>] = []
        for column in 0...min(last, 999) {
            let parts = self.parts(of: column, head, start, end)
            guard let leaf = parts.last else { continue }
            let groups = Array(parts.dropLast().reversed())
            let key = parts.map(HeaderText.key).joined(separator: "|")
            let match = match(leaf, groups, isLoose)
            let target = remembered[key] ?? match?.target ?? .ignored
            let certainty = remembered[key] == nil ? match?.certainty ?? .unknown : .remembered
            found.append(
                ImportColumn(
                    column: column, header: parts.joined(separator: " / "), key: key, target: target,
                    certainty: certainty, scale: scale(leaf), sample: sample(column, head, after: end)))
        }
        return HeaderRecognition.settled(found)
    }

    /// A target has one column: the surest, then the leftmost. The others stay for the person to see.
    private static func settled(_ columns: [ImportColumn<Target>]) -> [ImportColumn<Target>] {
        let order: [ColumnCertainty] = [.remembered, .exact, .synonym, .contained, .unknown]
        var holder: [Target: Int] = [:]
        for (index, column) in columns.enumerated() where !column.target.mayRepeat {
            guard let other = holder[column.target] else {
                holder[column.target] = index
                continue
            }
            let rank = order.firstIndex(of: column.certainty) ?? 0
            if rank < order.firstIndex(of: columns[other].certainty) ?? 0 { holder[column.target] = index }
        }
        return columns.enumerated().map { index, column in
            guard let first = holder[column.target], first != index else { return column }
            var loser = column
            (loser.target, loser.certainty) = (.ignored, .unknown)
            return loser
        }
    }

    /// The header texts over a column, outermost group first, its own last.
    private func parts(of column: Int, _ head: SheetHead, _ start: Int, _ end: Int) -> [String] {
        var parts: [String] = []
        for index in start...end {
            let row = head.rows[index]
            var text = row[column: column]?.text
            if text == nil, index < end { text = group(over: column, head, index) }
            guard let text else { continue }
            let shown = ChineseText.normalised(text)
            if !shown.isEmpty, shown != parts.last { parts.append(shown) }
        }
        return parts
    }

    /// A group header reaches over columns to its right: by merging, or by nothing standing in them while sub-headers
    /// stand below.
    private func group(over column: Int, _ head: SheetHead, _ index: Int) -> String? {
        let row = head.rows[index], below = head.rows[index + 1]
        if let range = head.mergedRanges.first(where: { $0.contains(row: row.number, column: column) }) {
            return range.firstRow == row.number ? row[column: range.firstColumn]?.text : nil
        }
        guard below[column: column] != nil, let left = row.cells.last(where: { $0.column < column }),
            below[column: left.column] != nil
        else { return nil }
        let isMerged = head.mergedRanges.contains { $0.contains(row: row.number, column: left.column) }
        return isMerged ? nil : left.text
    }

    private func sample(_ column: Int, _ head: SheetHead, after end: Int) -> String {
        let text = head.rows[(end + 1)...].prefix(8).lazy.compactMap { $0[column: column]?.text }.first
        return String(ChineseText.normalised(text ?? "").prefix(20))
    }
}
