import Kernel
import Platform
import Web

/// The tus 1.0 server. The header `Tus-Resumable`, which a page of another site cannot send, stands for the form token.
struct TusRoutes: Sendable {
    let service: UploadService
    let settling: UploadSettling

    static let path = "/uploads"

    func add(to routes: inout Routes) {
        let largest = service.settings.fileBytes
        routes.stream(.options, TusRoutes.path, access: .public, limit: 0, options)
        routes.stream(.post, TusRoutes.path, access: .signedIn, limit: largest, answered(create))
        routes.stream(.get, TusRoutes.path + "/:id", access: .signedIn, limit: 0, answered(status))
        routes.stream(.patch, TusRoutes.path + "/:id", access: .signedIn, limit: largest, answered(append))
        routes.stream(.delete, TusRoutes.path + "/:id", access: .signedIn, limit: 0, answered(terminate))
    }

    @Sendable private func options(_ request: WebRequest) async throws -> WebResponse {
        let largest = try? service.fileLimit(of: request.user)  // a visitor is told the general limit
        return Tus.answer(
            204, "",
            [
                ("tus-version", Tus.version), ("tus-max-size", String(largest ?? service.settings.fileBytes)),
                ("tus-extension", "creation,creation-with-upload,checksum,termination,expiration"),
                ("tus-checksum-algorithm", Tus.Checksum.algorithms),
            ])
    }

    /// Errors in the words of the protocol.
    private func answered(_ handler: @escaping Route.Handler) -> Route.Handler {
        { request in
            do { return try await handler(request) } catch let refusal as TusRefusal {
                return refusal.answer
            } catch let error as DomainError {
                return Tus.refusal(error)
            } catch PartialFileError.busy {
                return Tus.answer(423, "这个文件正由另一台服务器接收，请稍后继续。", [("retry-after", "2")])
            } catch PartialFileError.revoked {
                return Tus.answer(409, "这个文件已经从另一个连接继续上传。")
            }
        }
    }

    /// Another's upload and one that is no more are told before anything else, and alike.
    private func find(_ request: WebRequest) async throws -> Upload {
        let upload = try await service.find(try request.id("id"), of: try request.user)
        try checkVersion(request)
        guard upload.expiresAt > service.now() else { throw TusRefusal(410, "这个上传已经过期，请重新上传。") }
        return upload
    }

    private func checkVersion(_ request: WebRequest) throws {
        guard request.headers["tus-resumable"] == Tus.version else {
            throw TusRefusal(412, "请使用 tus \(Tus.version) 协议。", [("tus-version", Tus.version)])
        }
    }

    @Sendable private func create(_ request: WebRequest) async throws -> WebResponse {
        try checkVersion(request)
        guard let length = Tus.count(request.headers["upload-length"]) else {
            throw TusRefusal(400, "请在 Upload-Length 里说明文件大小。")
        }
        let user = try request.user, limit = service.fileLimit(of: user)
        guard length <= limit else {
            throw TusRefusal(
                413, "文件有 \(FileSize.text(length))，超过每个文件 \(FileSize.text(limit)) 的上限。",
                [("tus-max-size", String(limit))])
        }
        guard let metadata = Tus.metadata(request.headers["upload-metadata"] ?? "") else {
            throw TusRefusal(400, "Upload-Metadata 不合规。")
        }
        let hasBody = request.headers["content-type"] == Tus.contentType && request.stream?.announced != 0
        let name = metadata["filename"] ?? metadata["name"] ?? ""
        let upload = try await service.create(name: name, length: length, by: user)
        let place = ("location", "\(TusRoutes.path)/\(upload.id)")
        guard hasBody, let stream = request.stream else {
            return Tus.answer(201, "", [place, ("upload-expires", Tus.date(upload.expiresAt))])
        }
        let outcome = try await take(stream, into: upload, at: 0, checksum: request.headers["upload-checksum"])
        return Tus.answer(201, "", [place] + outcome)
    }

    @Sendable private func status(_ request: WebRequest) async throws -> WebResponse {
        let upload = try await find(request)
        var offset = upload.length
        if upload.state == .uploading {
            let file = try await service.open(upload)
            offset = file.offset
            service.close(upload, file)
        }
        return Tus.answer(
            200, "",
            [
                ("upload-offset", String(offset)), ("upload-length", String(upload.length)),
                ("upload-metadata", Tus.metadata(name: upload.name)), ("upload-expires", Tus.date(upload.expiresAt)),
                ("cache-control", "no-store"),
            ])
    }

    @Sendable private func append(_ request: WebRequest) async throws -> WebResponse {
        let upload = try await find(request)
        guard request.headers["content-type"] == Tus.contentType else {
            throw TusRefusal(415, "内容类型应为 \(Tus.contentType)。")
        }
        guard let offset = Tus.count(request.headers["upload-offset"]), let stream = request.stream else {
            throw TusRefusal(400, "请在 Upload-Offset 里说明从哪里继续。")
        }
        guard upload.state == .uploading else {
            guard offset == upload.length else { throw TusRefusal(409, "文件已经传完。") }
            return Tus.answer(204, "", [("upload-offset", String(upload.length))])
        }
        return Tus.answer(
            204, "", try await take(stream, into: upload, at: offset, checksum: request.headers["upload-checksum"]))
    }

    @Sendable private func terminate(_ request: WebRequest) async throws -> WebResponse {
        let upload = try await find(request)
        try await service.cancel(upload.id, of: try request.user)
        return Tus.answer(204)
    }

    /// Takes what comes to the disk. What arrived of a body that was cut is kept, unless it has a checksum to prove it.
    private func take(
        _ stream: BodyStream, into upload: Upload, at offset: Int, checksum header: String?
    ) async throws -> [(String, String)] {
        let checksum = header.map(Tus.Checksum.init)
        if let checksum, checksum == nil { throw TusRefusal(400, "校验方法不支持，可用：\(Tus.Checksum.algorithms)。") }
        let proof = checksum ?? nil, isPlain = proof == nil
        let file = try await service.open(upload, isVerified: isPlain)
        defer { service.close(upload, file) }
        guard file.offset == offset else {
            throw TusRefusal(409, "应从 \(file.offset) 字节处继续。", [("upload-offset", String(file.offset))])
        }
        // Not a sum: an announced number may be as large as a number gets.
        guard (stream.announced ?? 0) <= upload.length - offset else { throw TusRefusal(413, "内容超过了声明的文件大小。") }
        if file.needsHash { try await SheetRowFeed.onThread { try file.remakeHash() } }
        let before = file.mark()
        var kept = service.now()
        let end = try await stream.read(
            { piece in
                guard file.offset + piece.count <= upload.length else { throw TusRefusal(413, "内容超过了声明的文件大小。") }
                try file.write(piece)
                proof?.running.update(piece)
            },
            between: {
                guard isPlain, UploadService.checkpoint.isDue(file.unsynced, since: kept, now: service.now()) else {
                    return
                }
                try await service.keep(upload, file)
                kept = service.now()
            })
        if let proof, end != .complete || !proof.isRight {
            try file.begin(at: before.offset, hash: before.hash)
            throw TusRefusal(460, "这一段内容的校验值不符，请重传这一段。")
        }
        let count = try await service.keep(upload, file, isVerified: isPlain)
        guard end == .complete else { throw TusRefusal(400, "连接中断，已收到的部分已保存。", [("upload-offset", String(count))]) }
        var headers = [
            ("upload-offset", String(count)),
            ("upload-expires", Tus.date(service.now().adding(seconds: Upload.waitingHours * 3600))),
        ]
        if count == upload.length {
            try await service.finish(upload, file)
            service.close(upload, file)
            if settling.isQuick { try await settling.settle(upload.id) }
            headers.removeLast()
        }
        return headers
    }
}
