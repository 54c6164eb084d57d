import Directory
import Kernel

/// How a template's column spells a kept value. The national workbooks want words where they keep codes.
enum CellSpelling {
    static func text(_ value: String, in column: ExportTemplate.Column) -> String {
        guard !value.isEmpty else { return "" }
        if let list = column.source.list { return code(value, list.name(of: value), column.code) }
        if case .fact(let field) = column.source, field.kind == .flag {
            return code(value, field.text(value), column.code)
        }
        if column.source.isDated { return date(value, column.date) }
        return value
    }

    private static func code(_ code: String, _ word: String, _ form: ExportTemplate.CodeForm?) -> String {
        switch form ?? .word {
        case .word: word
        case .code: code
        case .codeWord: code == word ? word : "\(code)-\(word)"
        }
    }

    /// `value` is `yyyy-MM-dd` or `yyyy-MM`; a month has no day to write.
    static func date(_ value: String, _ form: ExportTemplate.DateForm?) -> String {
        let month = String(value.prefix(7))
        switch form {
        case nil: return value
        case .iso: return value
        case .compact: return value.replacing("-", with: "")
        case .slashed: return value.replacing("-", with: "/")
        case .month: return month
        case .compactMonth: return month.replacing("-", with: "")
        }
    }
}
