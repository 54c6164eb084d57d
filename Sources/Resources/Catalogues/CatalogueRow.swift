import Directory
import Foundation
import Kernel
import Platform

/// One row of a catalogue, read.
struct CatalogueRow: Sendable, Equatable {
    /// As Excel numbers it.
    let number: Int
    let key: TextbookKey
    /// Title of the unit; empty when the lesson stands in none.
    let unit: String
    /// `nil` for the row of a unit.
    let lesson: String?
    let code: String?
}

/// A row that could not be read.
struct RefusedCatalogueRow: Sendable, Equatable {
    let number: Int
    let text: String
    let reason: String
    /// The volume it speaks of; `nil` when even that could not be read.
    var volume: TextbookKey?
}

/// What a column of a catalogue holds.
enum CatalogueColumn: String, ImportTarget, CaseIterable {
    case stage, subject, edition, grade, volume, unit, lesson, code, ignored

    var mayRepeat: Bool { self == .ignored }

    var title: String {
        switch self {
        case .stage: "学段"
        case .subject: "学科"
        case .edition: "版本"
        case .grade: "年级"
        case .volume: "册次"
        case .unit: "单元"
        case .lesson: "课"
        case .code: "节点代码"
        case .ignored: "不导入"
        }
    }

    fileprivate var words: [String] {
        switch self {
        case .stage: ["学段", "阶段", "学段名称"]
        case .subject: ["学科", "科目", "课程", "学科名称"]
        case .edition: ["版本", "教材版本", "出版社", "版别", "教材版本(出版社)"]
        case .grade: ["年级", "使用年级", "年级名称"]
        case .volume: ["册次", "分册", "册别", "学期", "册"]
        case .unit: ["单元", "章", "单元名称", "单元(章)", "单元章", "主题"]
        case .lesson: ["课", "节", "课题", "课(节点)", "节点", "课名", "课文", "节点名称", "课时名称", "课节"]
        case .code: ["节点代码", "节点编码", "编码", "代码", "目录编码"]
        case .ignored: ["序号", "备注", "行号"]
        }
    }

    /// What a catalogue cannot do without.
    static let needed: Set<CatalogueColumn> = [.stage, .subject, .edition, .volume, .lesson]

    static func match(_ header: String, isLoose: Bool) -> HeaderRecognition<CatalogueColumn>.Match? {
        let key = HeaderText.key(header)
        guard !key.isEmpty else { return nil }
        if let found = words[key] { return found }
        guard isLoose else { return nil }
        return words.filter { $0.key.count >= 2 && key.contains($0.key) }.max { $0.key.count < $1.key.count }
            .map { .init(target: $0.value.target, certainty: .contained) }
    }

    private static let words: [String: HeaderRecognition<CatalogueColumn>.Match] = {
        var words: [String: HeaderRecognition<CatalogueColumn>.Match] = [:]
        for column in allCases {
            for word in column.words {
                words[HeaderText.key(word)] = .init(
                    target: column, certainty: word == column.title ? .exact : .synonym)
            }
        }
        return words
    }()
}

/// Reads the catalogue of textbooks: any sheet with its columns, in any order; a blank cell repeats the one above, as
/// joined cells do.
struct CatalogueReading {
    static let limit = 60_000

    private(set) var rows: [CatalogueRow] = []
    private(set) var refused: [RefusedCatalogueRow] = []

    /// Blocks. Throws `DomainError.invalid` for `file`.
    init(path: String) throws {
        do {
            let file = try SheetFile.open(path: path)
            var isFound = false
            for sheet in file.sheets where !sheet.isHidden {
                if try read(sheet, of: file) { isFound = true }
            }
            guard isFound else {
                let needed = CatalogueColumn.allCases.filter(CatalogueColumn.needed.contains).map(\.title)
                throw DomainError.invalid("file", "没有找到表头，至少要有这些列：\(needed.joined(separator: "、"))")
            }
        } catch let error as SheetError {
            throw DomainError.invalid("file", error.message)
        }
    }

    private mutating func read(_ sheet: SheetInfo, of file: SheetFile) throws -> Bool {
        let head = try SheetHead(of: sheet, in: file, isThorough: false)
        let recognition = HeaderRecognition<CatalogueColumn>(
            remembered: [:], isHeader: { $0.isSuperset(of: CatalogueColumn.needed) },
            match: { header, _, isLoose in CatalogueColumn.match(header, isLoose: isLoose) })
        guard let block = recognition.block(of: head) else { return false }
        var places: [CatalogueColumn: Int] = [:]
        for column in block.columns where column.target != .ignored { places[column.target] = column.column }
        let last = head.rows[block.end].number
        let sieve = DataRowSieve(
            block.columns, lastHeaderRow: last, nameColumn: places[.lesson], read: Set(places.values))
        var above: [CatalogueColumn: String] = [:]
        try file.rows(of: sheet.index) { row in
            guard sieve.holdsData(row, isNumbered: { _ in false }) else { return }
            guard rows.count + refused.count < CatalogueReading.limit else {
                throw DomainError.invalid("file", "一次最多导入 \(CatalogueReading.limit) 行，请按学段分开")
            }
            take(row, places, &above)
        }
        return true
    }

    /// What a blank cell repeats, from the outermost in: below a new value nothing is repeated.
    private static let repeated: [CatalogueColumn] = [.stage, .subject, .edition, .grade, .volume, .unit]

    private mutating func take(
        _ row: SheetRow, _ places: [CatalogueColumn: Int], _ above: inout [CatalogueColumn: String]
    ) {
        func text(_ column: CatalogueColumn) -> String {
            places[column].map { ChineseText.normalised(row[column: $0]?.text ?? "") } ?? ""
        }
        var isNew = false
        for column in CatalogueReading.repeated {
            let told = text(column)
            if !told.isEmpty {
                if told != above[column] { isNew = true }
                above[column] = told
            } else if isNew {
                above[column] = nil
            }
        }
        var volume: TextbookKey?
        do {
            let key = try CatalogueReading.key(above)
            volume = key
            let lesson = text(.lesson), unit = above[.unit] ?? "", code = text(.code)
            guard !(lesson.isEmpty && unit.isEmpty) else { throw CatalogueFault(reason: "没有单元，也没有课") }
            guard max(lesson.count, unit.count) <= 100, code.count <= 40 else {
                throw CatalogueFault(reason: "单元和课的名称不能超过 100 个字，代码不能超过 40 个字")
            }
            rows.append(
                CatalogueRow(
                    number: row.number, key: key, unit: unit, lesson: lesson.isEmpty ? nil : lesson,
                    code: code.isEmpty ? nil : code))
        } catch {
            let words = row.cells.prefix(8).map { ChineseText.normalised($0.text) }.joined(separator: " ")
            let reason = (error as? CatalogueFault)?.reason ?? "无法识别"
            refused.append(
                RefusedCatalogueRow(
                    number: row.number, text: String(words.prefix(120)), reason: reason, volume: volume))
        }
    }

    private static func key(_ cells: [CatalogueColumn: String]) throws -> TextbookKey {
        func told(_ column: CatalogueColumn) throws -> String {
            guard let text = cells[column] else { throw CatalogueFault(reason: "缺少\(column.title)") }
            return text
        }
        let stageText = try told(.stage)
        let known = ClassStage.allCases.first { $0.title == stageText }
        guard let stage = known ?? CodeLists.stage.code(matching: stageText).flatMap({ ClassStage(rawValue: $0.code) })
        else { throw CatalogueFault(reason: "不认识学段“\(stageText)”") }
        let subjectText = try told(.subject)
        guard let subject = TextbookSubject.code(matching: subjectText, stage: stage) else {
            throw CatalogueFault(reason: "不认识学科“\(subjectText)”")
        }
        let editionText = try told(.edition)
        let edition = ResourceLists.edition.code(matching: editionText)?.code ?? String(editionText.prefix(30))
        let volumeText = try told(.volume)
        guard let volume = TextbookVolume.code(matching: volumeText) else {
            throw CatalogueFault(reason: "不认识册次“\(volumeText)”")
        }
        var grade = ""
        if let text = cells[.grade] {
            guard let code = TextbookGrade.code(matching: text, stage: stage) else {
                throw CatalogueFault(reason: "\(stage.title)没有年级“\(text)”")
            }
            grade = code
        } else if stage != .senior {
            throw CatalogueFault(reason: "缺少年级")
        }
        return TextbookKey(
            stage: stage.rawValue, subject: subject, edition: edition, grade: grade, volume: volume)
    }
}

private struct CatalogueFault: Error { let reason: String }
