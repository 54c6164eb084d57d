/// Why a text document cannot be read. `message` is shown to the person who sent it.
package enum DocumentError: Error, Sendable, Equatable {
    case unreadable
    case empty
    case passwordProtected
    /// The binary format of Word before 2007.
    case legacyFormat
    /// Neither a Word document nor plain text.
    case notADocument
    case damaged
    case unknownEncoding
    case tooLarge

    /// What is wrong and what to do.
    package var message: String {
        switch self {
        case .unreadable: "无法读取文件，请重新上传"
        case .empty: "文件是空的，请检查后重新上传"
        case .passwordProtected: "文件设有打开密码，请去掉密码后再上传"
        case .legacyFormat: "这是旧版 .doc 文件，请在 Word 或 WPS 中另存为 .docx 后再上传"
        case .notADocument: "这不是文本文件，请上传 .docx 或 .txt 文件"
        case .damaged: "文件已损坏或没有传完整，请重新保存后再上传"
        case .unknownEncoding: "无法识别文件的文字编码，请另存为 UTF-8 编码的 .txt 或 .docx 后再上传"
        case .tooLarge: "文件太大，请删减后再上传"
        }
    }

    /// Runs `body` and throws errors of the layers below as `DocumentError`, others as they are.
    static func mapping<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as ArchiveError {
            switch error {
            case .unreadable: throw DocumentError.unreadable
            case .damaged: throw DocumentError.damaged
            case .encrypted: throw DocumentError.passwordProtected
            case .tooLarge: throw DocumentError.tooLarge
            }
        } catch let error as XMLError {
            throw error == .unreasonable ? DocumentError.tooLarge : .damaged
        } catch is UnknownEncoding {
            throw DocumentError.unknownEncoding
        }
    }
}

/// What reading one document may cost at most.
package struct DocumentLimits: Sendable, Equatable {
    /// The packed file. `fileBytes` also holds for plain text.
    package var archive: ArchiveLimits
    package var paragraphs = 200_000
    /// UTF-8 bytes of all paragraphs.
    package var textBytes = 32 << 20

    package static let standard = DocumentLimits()

    package init() {
        archive = ArchiveLimits()
        archive.inflatedBytes = 256 << 20
    }
}

/// One paragraph of a document that says something.
package struct DocumentParagraph: Sendable, Equatable {
    /// The whole text as a reader sees it, an automatic number in front included. Tabs and line breaks are kept.
    package let text: String
    /// The automatic number within `text` (`一、`, `（二）`, `3.`); empty when the number is typed or there is none.
    package let number: String
    /// The paragraph style's name (`heading 1`, `Normal`); `nil` in plain text.
    package let style: String?
    /// Level in the outline, 0 for the highest; `nil` for body text.
    package let outlineLevel: Int?
    package let isInTable: Bool

    package init(
        text: String, number: String = "", style: String? = nil, outlineLevel: Int? = nil, isInTable: Bool = false
    ) {
        (self.text, self.number, self.style) = (text, number, style)
        (self.outlineLevel, self.isInTable) = (outlineLevel, isInTable)
    }
}

/// A text document someone sent: `.docx` or plain text, recognised by content.
package enum DocumentFile {
    /// - Throws: `DocumentError`.
    package static func paragraphs(
        path: String, limits: DocumentLimits = .standard
    ) throws -> [DocumentParagraph] {
        let bytes = try DocumentError.mapping {
            try InputFile.bytes(ofFileAt: path, limit: limits.archive.fileBytes)
        }
        return try paragraphs(bytes: bytes, limits: limits)
    }

    /// - Throws: `DocumentError`.
    package static func paragraphs(
        bytes: [UInt8], limits: DocumentLimits = .standard
    ) throws -> [DocumentParagraph] {
        switch FileSignature.ofBytes(bytes) {
        case .empty: throw DocumentError.empty
        case .compoundFile(let isEncrypted): throw isEncrypted ? DocumentError.passwordProtected : .legacyFormat
        case .pdf, .markup: throw DocumentError.notADocument
        case .zip: return try WordDocument.paragraphs(bytes: bytes, limits: limits)
        case .other: return try PlainTextDocument.paragraphs(bytes, limits: limits)
        }
    }
}
