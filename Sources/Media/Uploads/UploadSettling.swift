import Database
import Foundation
import Kernel
import Logging
import Platform

/// What happens to an upload that is all there: its content is looked at, scanned, and stored under its hash. Each step
/// may be done again after a crash.
struct UploadSettling: Sendable {
    let database: Database
    let desk: UploadDesk
    let storage: any BlobStorage
    let scanner: (any ContentScanner)?
    let logger: Logger
    let now: @Sendable () -> Timestamp

    /// Whether settling waits for no other system, so that the sender may wait for it.
    var isQuick: Bool { scanner == nil && storage.isLocal }

    /// Uploads that are settled at once.
    private static let width = 4

    /// Settles what is due; returns how many were looked at.
    func settleDue() async throws -> Int {
        let now = now()
        let due = try await database.read { try UploadStore($0).due(now: now, limit: 50) }
        await withTaskGroup(of: Void.self) { group in
            for (index, id) in due.enumerated() {
                if index >= UploadSettling.width { await group.next() }
                group.addTask {
                    do { try await settle(id) } catch is CancellationError { return } catch {
                        // It is due again when its lease is over.
                        logger.warning("upload not settled", metadata: ["upload": "\(id)", "error": "\(error)"])
                    }
                }
            }
        }
        return due.count
    }

    /// Settles one upload, unless somebody else is at it.
    func settle(_ id: ID<Upload>) async throws {
        let now = now()
        guard let found = try await database.read({ try UploadStore($0).find(id) }) else { return }
        // Long enough for a slow store: a minute, and a second for each MiB.
        let lease = now.adding(seconds: 60 + Int64(found.length >> 20))
        guard let upload = try await database.write({ try UploadStore($0).take(id, until: lease, now: now) }) else {
            return
        }
        let path = desk.path(of: id)
        let isStored = try await isStored(upload, path)
        let inspection =
            isStored
            ? .accepted(type: upload.mediaType, name: upload.name, remark: upload.remark)
            : try await SheetRowFeed.onThread { FileInspection.look(at: path, name: upload.name, size: upload.length) }
        let (type, name, remark): (String, String, String)
        switch inspection {
        case .accepted(let known, let right, let words): (type, name, remark) = (known, right, words)
        case .refused(let reason): return try await refuse(upload, reason)
        case .unreadable:
            // Another server may have it, or the disk fails: the operator's matter, not the sender's.
            logger.error("upload not readable", metadata: ["upload": "\(id)", "path": "\(path)"])
            return try await postpone(upload, .checking, "暂时读不到文件，稍后自动再试。")
        }
        if !isStored, let scanner {
            switch await scanner.scan(fileAt: path, size: upload.length, isMedia: MediaType.isRecording(type)) {
            case .clean: break
            case .infected(let what): return try await refuseInfected(upload, what)
            case .tooLarge(let limit):
                return try await refuse(upload, "文件超过安全检查的上限 \(FileSize.text(limit))，不能接收。")
            case .incomplete:
                logger.warning("upload beyond the limits of clamd", metadata: ["upload": "\(id)"])
                return try await refuse(upload, "文件太大或里面层次、文件太多，安全检查查不完，不能接收。请拆开后再上传，或联系平台管理员。")
            case .unavailable:
                return try await postpone(upload, .quarantined, "安全检查暂时不可用，恢复后自动检查。")
            }
        }
        try await noteContent(upload, type, name, remark)
        if !isStored {
            do { try await storage.put(fileAt: path, sha256: upload.sha256, size: upload.length) } catch {
                logger.warning("blob not stored", metadata: ["upload": "\(id)", "error": "\(error)"])
                return try await postpone(upload, .checking, remark)
            }
        }
        let end = self.now()
        let isDone = try await database.write {
            try UploadStore($0).end(id, .ready, name: name, remark: remark, mediaType: type, now: end)
        }
        if isDone { desk.discard(id) }
    }

    /// Whether an earlier try came as far as storing: its file has moved to the store.
    private func isStored(_ upload: Upload, _ path: String) async throws -> Bool {
        guard !upload.mediaType.isEmpty, access(path, F_OK) != 0 else { return false }
        return try await storage.size(of: upload.sha256) == upload.length
    }

    /// Before the file moves: whoever finds it moved must know what it is.
    private func noteContent(_ upload: Upload, _ type: String, _ name: String, _ remark: String) async throws {
        try await database.write { db in
            try UploadStore(db).noteContent(upload.id, type: type, name: name, remark: remark)
        }
    }

    /// Another try later; after `Upload.keepingDays` no more.
    private func postpone(_ upload: Upload, _ state: Upload.State, _ remark: String) async throws {
        guard upload.expiresAt > now() else {
            return try await end(upload, "upload.unchecked", "\(Upload.keepingDays) 天都没有检查完，没有接收。请联系平台管理员，再重新上传。")
        }
        // 5 seconds at first, then longer, a quarter of an hour at most.
        let due = now().adding(seconds: Int64(min(900, 5 << min(upload.attempts - 1, 8))))
        try await database.write { try UploadStore($0).postpone(upload.id, state, remark: remark, until: due) }
    }

    private func refuse(_ upload: Upload, _ reason: String) async throws {
        let now = now()
        _ = try await database.write { db in
            try UploadStore(db).end(upload.id, .refused, name: upload.name, remark: reason, mediaType: "", now: now)
        }
        desk.discard(upload.id)
    }

    private func refuseInfected(_ upload: Upload, _ what: String) async throws {
        try await end(upload, "upload.infected", "文件含有病毒（\(what)），已删除。请检查你的电脑。")
    }

    /// Refuses it and says so in the audit log.
    private func end(_ upload: Upload, _ action: String, _ remark: String) async throws {
        let now = now()
        _ = try await database.write { db in
            let isEnded = try UploadStore(db).end(
                upload.id, .refused, name: upload.name, remark: remark, mediaType: "", now: now)
            guard isEnded else { return }
            let actor = AuditActor(id: upload.account.rawValue, name: "系统", address: "")
            try AuditLog.record(
                action, upload.id.rawValue, by: actor, "\(upload.name)：\(remark)", succeeded: false, now: now, on: db)
        }
        desk.discard(upload.id)
    }
}
