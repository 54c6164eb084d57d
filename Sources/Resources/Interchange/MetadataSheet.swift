import Kernel
import Platform

/// A column of a workbook that tells of resources, by its words.
protocol MetadataColumn: ImportTarget, CaseIterable, RawRepresentable where RawValue == String, AllCases == [Self] {
    var title: String { get }
    /// Other words for it.
    var synonyms: [String] { get }
    /// What a workbook cannot do without.
    static var needed: Set<Self> { get }
}

extension MetadataColumn {
    var mayRepeat: Bool { self == .ignored }

    fileprivate static func match(_ header: String, isLoose: Bool) -> HeaderRecognition<Self>.Match? {
        let key = HeaderText.key(header)
        guard !key.isEmpty else { return nil }
        for column in allCases where HeaderText.key(column.title) == key {
            return .init(target: column, certainty: .exact)
        }
        for column in allCases where column.synonyms.contains(where: { HeaderText.key($0) == key }) {
            return .init(target: column, certainty: .synonym)
        }
        guard isLoose else { return nil }
        return allCases.first { HeaderText.key($0.title).count >= 2 && key.contains(HeaderText.key($0.title)) }
            .map { .init(target: $0, certainty: .contained) }
    }
}

/// The rows of a workbook or text table that tells of resources, in whatever order its columns stand.
struct MetadataSheet<Column: MetadataColumn>: Sendable {
    struct Row: Sendable {
        /// As Excel numbers it.
        let number: Int
        let cells: [Column: SheetCell]
        /// Letters of the columns, for messages.
        fileprivate let letters: [Column: String]

        /// In one line.
        func text(_ column: Column) -> String { ChineseText.normalised(cells[column]?.text ?? "") }

        /// Parts of a cell that holds several.
        func list(_ column: Column) -> [String] {
            var seen: Set<String> = []
            return (cells[column]?.text ?? "").split { "、,，;；\n|".contains($0) || $0.isNewline }
                .map { ChineseText.normalised(String($0)) }.filter { !$0.isEmpty && seen.insert($0).inserted }
        }

        /// Where the column stands and what is wrong there: `C 列“学段”：……`.
        func fault(_ column: Column, _ words: String) -> String {
            letters[column].map { "\($0) 列“\(column.title)”：\(words)" } ?? "\(column.title)：\(words)"
        }

        /// Cells that cannot be read at all.
        var faults: [String] {
            Column.allCases.compactMap { column in
                cells[column]?.fault(in: column.title).map { fault(column, $0) }
            }
        }
    }

    private(set) var rows: [Row] = []

    /// Blocks. Throws `DomainError.invalid` for `file`.
    /// - Parameter limit: rows at most.
    init(path: String, limit: Int) throws {
        do {
            let file = try SheetFile.open(path: path)
            var isFound = false
            for sheet in file.sheets where !sheet.isHidden {
                if try read(sheet, of: file, limit: limit) { isFound = true }
            }
            guard isFound else {
                let needed = Column.allCases.filter(Column.needed.contains).map(\.title).joined(separator: "、")
                throw DomainError.invalid("file", "没有找到表头，至少要有这些列：\(needed)")
            }
        } catch let error as SheetError { throw DomainError.invalid("file", error.message) }
    }

    private mutating func read(_ sheet: SheetInfo, of file: SheetFile, limit: Int) throws -> Bool {
        let head = try SheetHead(of: sheet, in: file, isThorough: false)
        let recognition = HeaderRecognition<Column>(
            remembered: [:], isHeader: { $0.isSuperset(of: Column.needed) },
            match: { header, _, isLoose in Column.match(header, isLoose: isLoose) })
        guard let block = recognition.block(of: head) else { return false }
        var places: [Column: Int] = [:], letters: [Column: String] = [:]
        for column in block.columns where column.target != .ignored {
            (places[column.target], letters[column.target]) = (column.column, column.letters)
        }
        let sieve = DataRowSieve(
            block.columns, lastHeaderRow: head.rows[block.end].number, nameColumn: nil, read: Set(places.values))
        let (known, named) = (places, letters)
        try file.rows(of: sheet.index) { row in
            guard sieve.holdsData(row, isNumbered: { _ in false }) else { return }
            guard rows.count < limit else { throw DomainError.invalid("file", "一次最多 \(limit) 行，请分开导入") }
            rows.append(Row(number: row.number, cells: known.compactMapValues { row[column: $0] }, letters: named))
        }
        return true
    }
}

/// Cells that name something of our lists.
enum MetadataWords {
    /// Code of a licence by its code, its name or the beginning of it: `CC BY 4.0`, `署名`.
    static func licence(_ text: String) -> String? {
        let key = ChineseText.matchingKey(text)
        guard !key.isEmpty else { return nil }
        if let found = ResourceLists.licences.first(where: {
            $0.code == key || ChineseText.matchingKey($0.name) == key
        }) {
            return found.code
        }
        let short = key.hasSuffix("4.0") ? String(key.dropLast(3)) : key
        return ResourceLists.licences.first {
            $0.code.replacing("-", with: "") == short.replacing("-", with: "")
                || ChineseText.matchingKey(String($0.name.prefix { $0 != "(" })) == short
        }?.code
    }

    static func visibility(_ text: String) -> ItemVisibility? {
        let key = ChineseText.matchingKey(text)
        return ItemVisibility.allCases.first { ChineseText.matchingKey($0.title) == key || $0.rawValue == key }
    }
}
