/// Why a table file cannot be read. `message` is shown to the person who sent it.
package enum SheetError: Error, Sendable, Equatable {
    /// The file is missing, or the system refuses to read it.
    case unreadable
    case empty
    case passwordProtected
    /// The binary format of Excel before 1997.
    case legacyFormat
    /// The binary workbook format `.xlsb`.
    case binaryFormat
    /// Neither a workbook nor a text table.
    case notASheet
    /// Cut short or broken inside.
    case damaged
    /// A text table in none of the known encodings.
    case unknownEncoding
    /// A quotation mark in a text table is never closed; the row where it opens.
    case unclosedQuote(row: Int)
    case tooLarge(Excess)
    case noSuchSheet

    /// What exceeds `SheetLimits`.
    package enum Excess: Sendable, Equatable {
        case file
        /// The unpacked size: a mistake or a zip bomb.
        case inflated
        case sharedStrings
        case sheets
        case rows
        case columns
        case cell(row: Int)
        case mergedRanges
    }

    /// What is wrong and what to do.
    package var message: String {
        switch self {
        case .unreadable: "无法读取文件，请重新上传"
        case .empty: "文件是空的，请检查后重新上传"
        case .passwordProtected: "文件设有打开密码，请去掉密码后再上传"
        case .legacyFormat: "这是 Excel 95 以前的 .xls 文件，请在 Excel 或 WPS 中另存为 .xlsx 后再上传"
        case .binaryFormat: "这是 .xlsb 二进制工作簿，请另存为 .xlsx 后再上传"
        case .notASheet: "这不是表格文件，请上传 .xlsx、.xls 或 .csv 文件"
        case .damaged: "文件已损坏或没有传完整，请重新保存后再上传"
        case .unknownEncoding: "无法识别文件的文字编码，请另存为 UTF-8 编码的 .csv 或 .xlsx 后再上传"
        case .unclosedQuote(let row): "第 \(row) 行的引号没有配对，请修改后再上传"
        case .noSuchSheet: "文件中没有这个工作表"
        case .tooLarge(let excess): excess.message
        }
    }

    /// The meaning of errors of the layers below; `nil` for other errors.
    init?(_ error: any Error) {
        switch error {
        case let error as SheetError: self = error
        case ArchiveError.unreadable: self = .unreadable
        case ArchiveError.encrypted: self = .passwordProtected
        case ArchiveError.tooLarge, XMLError.unreasonable: self = .tooLarge(.inflated)
        case is ArchiveError, is XMLError: self = .damaged
        case is UnknownEncoding: self = .unknownEncoding
        default: return nil
        }
    }

    /// Runs `body` and throws errors of the layers below as `SheetError`, others as they are.
    static func mapping<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw SheetError(error) ?? error
        }
    }
}

extension SheetError.Excess {
    fileprivate var message: String {
        switch self {
        case .file: "文件太大，请拆分后再上传"
        case .inflated: "文件解压后过大，已停止读取。请删除多余的格式和空行，或拆分后再上传"
        case .sharedStrings: "文件中的文字太多，请拆分后再上传"
        case .sheets: "工作表太多，请拆分后再上传"
        case .rows: "工作表的行数太多，请拆分后再上传"
        case .columns: "工作表的列数太多，请删除多余的列后再上传"
        case .cell(let row): "第 \(row) 行有单元格的文字过长，请缩短后再上传"
        case .mergedRanges: "合并单元格太多，请取消合并后再上传"
        }
    }
}
