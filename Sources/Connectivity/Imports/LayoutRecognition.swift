import Directory
import Kernel
import Platform

/// Finds header, date and county of a sheet.
struct LayoutRecognition {
    let fileName: String
    /// Target by column key, as people corrected it before.
    let remembered: [String: ColumnTarget]

    /// `nil` for a sheet that has no header of the register.
    func layout(of head: SheetHead) -> SheetLayout? {
        let recognition = HeaderRecognition<ColumnTarget>(
            remembered: remembered, scale: HeaderWords.scale,
            isHeader: { ($0.contains(.name) || $0.contains(.code)) && $0.count >= 3 },
            match: { HeaderWords.match($0, groups: $1, isLoose: $2) })
        guard let block = recognition.block(of: head) else { return nil }
        let first = head.rows[block.start].number, last = head.rows[block.end].number
        let titles = Array(head.rows[..<block.start])
        return SheetLayout(
            sheet: head.index, name: head.name, firstHeaderRow: first, lastHeaderRow: last,
            columns: block.columns, county: county(of: head.name, titles: titles),
            statisticsOn: StatisticsDate.find(in: titles)?.iso, rowCount: max(0, head.rowCount - block.end - 1))
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
