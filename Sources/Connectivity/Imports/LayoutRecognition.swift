import Directory
import Kernel
import Platform

/// The first rows of a sheet, as far as its layout can be told from them.
struct SheetHead {
    static let length = 60

    let name: String
    /// Position in the file, from 0.
    let index: Int
    let rows: [SheetRow]
    let mergedRanges: [CellRange]
    let rowCount: Int
}

/// Finds header, date and county of a sheet. The header is the block of one to three rows near the top in which the
/// most columns are recognised.
struct LayoutRecognition {
    let fileName: String
    /// Target by column key, as people corrected it before.
    let remembered: [String: ColumnTarget]

    /// `nil` for a sheet that has no header of the register.
    func layout(of head: SheetHead) -> SheetLayout? {
        guard let block = header(of: head) else { return nil }
        let first = head.rows[block.start].number, last = head.rows[block.end].number
        let titles = Array(head.rows[..<block.start])
        return SheetLayout(
            sheet: head.index, name: head.name, firstHeaderRow: first, lastHeaderRow: last,
            columns: block.columns, county: county(of: head.name, titles: titles),
            statisticsOn: StatisticsDate.find(in: titles)?.iso, rowCount: max(0, head.rowCount - block.end - 1))
    }

    private struct Block {
        let start: Int
        let end: Int
        let columns: [RecognisedColumn]
        let score: Int
    }

    private func header(of head: SheetHead) -> Block? {
        // Whole words find the block; words inside longer ones are looked for only in it, or where nothing else helps.
        guard let found = header(of: head, isLoose: false) else { return header(of: head, isLoose: true) }
        let columns = columns(of: head, found.start, found.end, isLoose: true)
        return Block(start: found.start, end: found.end, columns: columns, score: found.score)
    }

    private func header(of head: SheetHead, isLoose: Bool) -> Block? {
        var best: Block?
        for start in head.rows.indices.prefix(30) {
            for end in start..<min(start + 3, head.rows.count) {
                let columns = columns(of: head, start, end, isLoose: isLoose)
                let targets = Set(columns.map(\.target)).subtracting([.ignored])
                guard targets.contains(.name) || targets.contains(.code), targets.count >= 3 else { continue }
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
    ) -> [RecognisedColumn] {
        let rows = head.rows[start...end]
        let last = rows.compactMap { $0.cells.last?.column }.max() ?? -1
        guard last >= 0 else { return [] }
        var found: [RecognisedColumn] = []
        for column in 0...min(last, 999) {
            let parts = self.parts(of: column, head, start, end)
            guard let leaf = parts.last else { continue }
            let groups = Array(parts.dropLast().reversed())
            let key = parts.map(HeaderWords.key).joined(separator: "|")
            let match = HeaderWords.match(leaf, groups: groups, isLoose: isLoose)
            let target = remembered[key] ?? match?.target ?? .ignored
            let certainty = remembered[key] == nil ? match?.certainty ?? .unknown : .remembered
            found.append(
                RecognisedColumn(
                    column: column, header: parts.joined(separator: " / "), key: key, target: target,
                    certainty: certainty, scale: HeaderWords.scale(of: leaf), sample: sample(column, head, after: end)))
        }
        return LayoutRecognition.settled(found)
    }

    /// A target has one column: the surest, then the leftmost. The others stay for the person to see.
    static func settled(_ columns: [RecognisedColumn]) -> [RecognisedColumn] {
        let order: [HeaderWords.Certainty] = [.remembered, .exact, .synonym, .contained, .unknown]
        var holder: [ColumnTarget: Int] = [:]
        for (index, column) in columns.enumerated() where column.target != .ignored && column.target != .remark {
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

    /// From the sheet's name, then 填报单位 and titles, then the file's name; only when exactly one unit is meant.
    private func county(of name: String, titles: [SheetRow]) -> String? {
        let texts = [name] + titles.flatMap { $0.cells.map(\.text) } + [fileName]
        return texts.lazy.compactMap(LayoutRecognition.county(in:)).first
    }

    static func county(in text: String) -> String? {
        var key = ChineseText.matchingKey(text)
        if let bracket = key.firstIndex(of: "("), bracket != key.startIndex,
            let found = Divisions.managementUnit(named: String(key[..<bracket]))
        {
            return found.code
        }
        if let found = Divisions.managementUnit(named: key) { return found.code }
        if let city = CodeLists.divisions[Divisions.city], key.hasPrefix(city.name) {
            key = String(key.dropFirst(city.name.count))
        }
        let named = Divisions.managementUnits.filter { key.contains($0.name) }
        return named.count == 1 ? named[0].code : nil
    }
}
