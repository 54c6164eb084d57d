import Foundation
import Kernel
import Platform
import Web

/// 我的上传: what somebody has on its way, and the plain form for browsers without scripts.
struct UploadRoutes: Sendable {
    let service: UploadService
    let settling: UploadSettling

    /// Bytes that the plain form takes in one go; larger files need the resumable way.
    static let formLimit = 60 << 20

    func add(to routes: inout Routes) {
        routes.get(UploadPages.path, access: .signedIn, list)
        routes.upload(UploadPages.path, access: .signedIn, limit: UploadRoutes.formLimit, send)
        routes.get("/uploads/:id/state", access: .signedIn, state)
        routes.post("/uploads/:id/cancel", access: .signedIn, cancel)
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        .html(try await page(request))
    }

    private func page(_ request: WebRequest, problems: [FieldProblem] = []) async throws -> HTML {
        let user = try request.user, query = UploadPages.table(request.page).query(request.query)
        let (uploads, total) = try await service.database.read { db in
            let store = UploadStore(db)
            return (
                try store.list(of: user.account, before: query.after?.id, limit: query.fetchLimit),
                try store.count(of: user.account)
            )
        }
        let page = query.page(uploads, total: total) { (value: $0.id.rawValue, id: $0.id.rawValue) }
        return UploadPages.list(page, limit: service.fileLimit(of: user), request, problems: problems)
    }

    @Sendable private func send(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        do {
            guard !request.files.isEmpty else { throw DomainError.invalid("file", "请选择文件。") }
            for file in request.files {
                let upload = try await service.create(name: file.name, length: file.size, by: user)
                try await service.fill(upload, from: file.path)
                if settling.isQuick { try await settling.settle(upload.id) }
            }
        } catch DomainError.invalid(let problems) {
            return .html(try await page(request, problems: problems), status: 422)
        } catch DomainError.conflict(let text) {
            return .html(
                try await page(request, problems: [FieldProblem(field: "file", message: text)]), status: 422)
        }
        return .redirect(UploadPages.path, flash: Flash(.done, "已收到 \(request.files.count) 个文件。"))
    }

    /// What the script on the page asks until a file is through.
    @Sendable private func state(_ request: WebRequest) async throws -> WebResponse {
        let upload = try await service.find(try request.id("id"), of: try request.user)
        let isOpen = upload.state == .checking
        let text = #"""
            {"state":"\#(upload.state.rawValue)","title":\#(JSONText.quote(upload.state.title)),\#
            "name":\#(JSONText.quote(upload.name)),"remark":\#(JSONText.quote(upload.remark)),"open":\#(isOpen)}
            """#
        return .json(Array(text.utf8))
    }

    @Sendable private func cancel(_ request: WebRequest) async throws -> WebResponse {
        let upload = try await service.find(try request.id("id"), of: try request.user)
        try await service.cancel(upload.id, of: try request.user)
        return .redirect(UploadPages.path, flash: Flash(.done, "已移除“\(upload.name)”。"))
    }
}

extension UploadService {
    /// Takes the bytes of a file that is here already.
    func fill(_ upload: Upload, from path: String) async throws {
        let file = try await open(upload)
        defer { close(upload, file) }
        try await SheetRowFeed.onThread {
            guard let source = FileHandle(forReadingAtPath: path) else { throw DomainError.notFound }
            defer { try? source.close() }  // only read
            while let piece = try source.read(upToCount: 1 << 20), !piece.isEmpty {
                try piece.withUnsafeBytes { try file.write($0) }
            }
        }
        try await keep(upload, file)
        try await finish(upload, file)
    }
}
