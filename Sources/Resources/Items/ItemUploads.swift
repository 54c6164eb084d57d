import Database
import Kernel
import Media
import Platform
import Web

/// The files of a form: uploads that are finished, and what a browser without scripts sent along.
struct ItemUploads: Sendable {
    let uploads: MediaUploads

    /// Keys of the uploads that the form names, those sent along included. Whatever else becomes of the form, they are
    /// hers and can be chosen again.
    /// - Throws: `DomainError.invalid` for the field `file`.
    func receive(_ request: WebRequest) async throws -> [ID<Upload>] {
        let user = try request.user
        var ids = request.form.all(UploadChoice.field).compactMap { ID<Upload>(checking: $0) }
        for file in request.files where file.field == "file" && !file.name.isEmpty {
            do {
                let upload = try await uploads.receive(fileAt: file.path, name: file.name, size: file.size, by: user)
                guard upload.state != .refused else {
                    throw DomainError.invalid("file", "“\(upload.name)”不能使用：\(upload.remark)")
                }
                ids.append(upload.id)
            } catch DomainError.invalid(let problems) {
                let words = problems.map(\.message).joined(separator: "；")
                throw DomainError.invalid("file", words.hasPrefix("“") ? words : "“\(file.name)”：\(words)")
            } catch DomainError.conflict(let words) { throw DomainError.invalid("file", words) }
        }
        var seen: Set<ID<Upload>> = []
        return ids.filter { seen.insert($0).inserted }
    }

    /// Takes the uploads up for a record; part of the caller's transaction.
    /// - Throws: `DomainError.invalid` for the field `file`: every upload that cannot be used, with the reason.
    func claim(_ ids: [ID<Upload>], by user: CurrentUser, now: Timestamp, on db: Connection) throws -> [NewItemFile] {
        var files: [NewItemFile] = [], problems: [FieldProblem] = []
        for id in ids {
            do {
                let file = try uploads.claim(id, by: user, now: now, on: db)
                files.append(NewItemFile(file: file.id, name: file.name))
            } catch DomainError.notFound {
                problems.append(FieldProblem(field: "file", message: "选的文件已不在你的上传里，请重新选择"))
            } catch DomainError.conflict(let words) {
                problems.append(FieldProblem(field: "file", message: words))
            }
        }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
        return files
    }

    /// The field of a form, with what she has uploaded already.
    /// - Parameter chosen: keys; those that were just received and those the form named.
    func choice(for user: CurrentUser, chosen: [String], on db: Connection) throws -> UploadChoice {
        UploadChoice(
            uploads: try uploads.free(of: user, on: db), chosen: Set(chosen), limit: uploads.fileLimit(of: user))
    }
}
