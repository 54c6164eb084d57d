import Kernel
import Platform
import Web

/// The field of a form that takes files for a record: new ones, and uploads that wait for a record already.
package struct UploadChoice: Sendable {
    /// The name of the field with the key of each upload.
    package static let field = "upload"
    /// Uploads of hers that can be chosen.
    package let uploads: [Upload]
    /// Keys of those that are chosen.
    package let chosen: Set<String>
    /// Bytes that one file may have.
    package let limit: Int

    package init(uploads: [Upload], chosen: Set<String>, limit: Int) {
        (self.uploads, self.chosen, self.limit) = (uploads, chosen, limit)
    }

    /// Bytes that a form without scripts takes in one go.
    package static let formLimit = UploadRoutes.formLimit

    /// - Parameter problems: of the form; those of the field `file` stand here.
    package func html(label: String = "文件", problems: [FieldProblem]) -> HTML {
        let plain = FileSize.text(UploadChoice.formLimit)
        let field = UI.fileField(
            "file", label: label,
            hint: "可以选多个，也可以拖到这里；每个不超过 \(FileSize.text(limit))。浏览器不支持脚本时合计不超过 \(plain)。",
            multiple: true, problems: problems)
        let options = uploads.map { upload in
            SelectOption(upload.id.rawValue, "\(upload.name)（\(FileSize.text(upload.length))，\(upload.state.title)）")
        }
        let choices: HTML =
            options.isEmpty
            ? "" : UI.checkboxes(UploadChoice.field, label: "已上传的文件", options: options, selected: chosen)
        return UploadField.around(field, limit: limit, name: UploadChoice.field) + choices
    }
}
