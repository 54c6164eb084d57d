/// How far long work is: done, total, what is going on. A total of 0 is not known yet.
package typealias ImportProgress = @Sendable (Int, Int, String) async throws -> Void

/// Something wrong with a row of an uploaded file or with one of its cells.
package struct ImportProblem: Codable, Sendable, Equatable {
    /// From 0; `nil` for the whole row.
    package let column: Int?
    /// In Chinese, naming column and content.
    package let message: String

    package init(column: Int?, message: String) { (self.column, self.message) = (column, message) }
}

extension SheetCell {
    /// Why the cell holds no content one could read, in Chinese: failed or never calculated formulas. `nil` when it does.
    /// - Parameter label: the column as messages name it.
    package func fault(in label: String) -> String? {
        if isUncalculated {
            return "\(label)是公式，文件里没有它的结果，请在 Excel 或 WPS 中打开并保存后再上传"
        }
        if kind == .error { return "\(label)“\(ChineseText.quoted(text))”是出错的公式" }
        return nil
    }
}

extension ChineseText {
    /// The content of a cell as messages quote it: at most 30 characters.
    package static func quoted(_ text: String) -> String {
        let text = normalised(text)
        return text.count > 30 ? String(text.prefix(30)) + "…" : text
    }
}
