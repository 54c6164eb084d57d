import Directory
import Foundation
import Kernel
import Platform

/// 导出模板: somebody else's workbook as data, cell by cell: the sheet's name, titles and headers with joined cells, and
/// what stands in each column in which spelling.
struct ExportTemplate: Codable, Sendable, Equatable {
    /// What a row is.
    enum Subject: String, Codable, Sendable, CaseIterable {
        case pupils, classes, staff, schools

        var title: String {
            switch self {
            case .pupils: "学生"
            case .classes: "班级"
            case .staff: "教职工"
            case .schools: "学校"
            }
        }
    }

    /// How a code is written.
    enum CodeForm: String, Codable, Sendable, CaseIterable {
        /// 男
        case word
        /// 1
        case code
        /// 1-男
        case codeWord

        var title: String {
            switch self {
            case .word: "文字（男）"
            case .code: "代码（1）"
            case .codeWord: "代码-文字（1-男）"
            }
        }
    }

    /// How a day is written.
    enum DateForm: String, Codable, Sendable, CaseIterable {
        case iso = "yyyy-MM-dd"
        case compact = "yyyyMMdd"
        case slashed = "yyyy/MM/dd"
        case month = "yyyy-MM"
        case compactMonth = "yyyyMM"
    }

    struct HeadCell: Codable, Sendable, Equatable {
        /// `A1:D1`, or `A2`.
        let range: String
        let text: String
        let isTitle: Bool?
    }

    struct Column: Codable, Sendable, Equatable {
        var source: ColumnSource
        /// 文字 unless told.
        var code: CodeForm?
        var date: DateForm?

        init(_ source: ColumnSource, code: CodeForm? = nil, date: DateForm? = nil) {
            (self.source, self.code, self.date) = (source, code, date)
        }
    }

    /// `学籍-学生基础信息`: the same name is the same template, in another version.
    var name: String
    var subject: Subject
    var sheet: String
    var head: [HeadCell]
    var columns: [Column]

    /// Throws `DomainError.invalid` for `file` when it cannot be written.
    func check() throws {
        func fault(_ message: String) -> DomainError { .invalid("file", message) }
        if name.isEmpty || name.unicodeScalars.count > 60 { throw fault("模板名称应为 1 到 60 个字") }
        if sheet.isEmpty { throw fault("模板缺少工作表名") }
        guard (1...200).contains(columns.count) else { throw fault("模板应有 1 到 200 列") }
        guard columns.contains(where: { $0.source != .blank }) else { throw fault("没有认出一列，核对表头") }
        let ranges = try cells().map(\.range)
        for (index, range) in ranges.enumerated() {
            if range.lastRow > 20 || range.lastColumn > 200 { throw fault("表头超出 20 行或 200 列") }
            if ranges[..<index].contains(where: range.overlaps) { throw fault("表头单元格 \(range) 重叠") }
        }
    }

    /// The head as the writer takes it.
    func cells() throws -> [LaidOutWriter.HeadCell] {
        try head.map { cell in
            guard let range = CellRange(cell.range) else {
                throw DomainError.invalid("file", "“\(cell.range)”不是单元格区域")
            }
            return .init(range, cell.text, isTitle: cell.isTitle ?? false)
        }
    }

    /// The header of a column as people read it, that of a group before it.
    func header(of column: Int) -> String {
        let cells = (try? cells()) ?? []
        return cells.filter { !$0.isTitle && $0.range.firstColumn <= column && column <= $0.range.lastColumn }
            .sorted { $0.range.firstRow < $1.range.firstRow }.map(\.text).joined(separator: " / ")
    }

    var isSensitive: Bool { columns.contains { $0.source.isSensitive } }

    /// Throws `DomainError.invalid` for `file`.
    static func decode(_ bytes: [UInt8]) throws -> ExportTemplate {
        do {
            let template = try JSONDecoder().decode(ExportTemplate.self, from: Data(bytes))
            try template.check()
            return template
        } catch let error as DomainError {
            throw error
        } catch {
            throw DomainError.invalid("file", "不是模板文件：JSON 应有 name、subject、sheet、head 和 columns")
        }
    }

    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

/// The templates that come with the platform; the list is data.
enum ShippedTemplates {
    static let all: [ExportTemplate] = load()
    static func named(_ name: String) -> ExportTemplate? { all.first { $0.name == name } }

    private static func load() -> [ExportTemplate] {
        guard let url = Bundle.module.url(forResource: "export-templates", withExtension: "json"),
            let data = try? Data(contentsOf: url)
        else { fatalError("the export templates are missing from the build") }
        do {
            let templates = try JSONDecoder().decode([ExportTemplate].self, from: data)
            try templates.forEach { try $0.check() }
            return templates
        } catch {
            fatalError("export templates: \(error)")
        }
    }
}
