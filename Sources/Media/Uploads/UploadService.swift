import Database
import Foundation
import Kernel
import Platform

/// What somebody can do with her uploads.
struct UploadService: Sendable {
    let database: Database
    let desk: UploadDesk
    let settings: MediaSettings
    let now: @Sendable () -> Timestamp

    /// When a long body is made safe while it still arrives: on a slow line early, as sending again takes long there; on a
    /// fast one after more, as each time costs a sync and a row.
    static let checkpoint = UploadCheckpoint(bytes: 16 << 20, seconds: 4, mostBytes: 32 << 20)

    /// Bytes that one file of hers may have.
    func fileLimit(of user: CurrentUser) -> Int {
        user.grants.map { settings.roleBytes[$0.role] ?? settings.fileBytes }.max() ?? settings.fileBytes
    }

    /// Bytes that all of hers may have together until records take them up.
    func share(of user: CurrentUser) -> Int {
        user.grants.map { settings.roleAccountBytes[$0.role] ?? settings.accountBytes }.max() ?? settings.accountBytes
    }

    /// - Throws: `DomainError.invalid` for a file that is empty or too large, `.conflict` when her share is used up,
    ///   `.unavailable` when the disk is.
    func create(name: String, length: Int, by user: CurrentUser) async throws -> Upload {
        let limit = fileLimit(of: user)
        guard length > 0 else { throw DomainError.invalid("file", "文件是空的，没有内容。") }
        guard length <= limit else {
            throw DomainError.invalid("file", "文件有 \(FileSize.text(length))，超过每个文件 \(FileSize.text(limit)) 的上限。")
        }
        let id = ID<Upload>.new(), now = now(), settings = settings, share = share(of: user), free = freeBytes()
        return try await database.write { db in
            let store = UploadStore(db), load = try store.load(of: user.account)
            guard load.open < settings.openUploads else {
                throw DomainError.conflict("同时上传的文件太多，请先完成或取消一些。")
            }
            guard load.bytes + length <= share else {
                throw DomainError.conflict(
                    "没有用上的文件合计不能超过 \(FileSize.text(share))，移除的文件还要算一两天。请先使用一些，或过两天再传。")
            }
            // What is announced and not here yet needs its room too.
            if let free, free - settings.reservedBytes <= length + (try store.missing()) {
                throw DomainError.unavailable("服务器的存储空间不足，请联系平台管理员。")
            }
            try store.add(id, of: user.account, name: FileName.clean(name), length: length, now: now)
            return try store.find(id, of: user.account)
        }
    }

    /// Bytes of the disk that are free; `nil` when that is not known.
    private func freeBytes() -> Int? {
        var facts = statvfs()
        guard statvfs((desk.path(of: .new()) as NSString).deletingLastPathComponent, &facts) == 0 else { return nil }
        let (bytes, isBeyond) = Int(clamping: facts.f_bavail).multipliedReportingOverflow(by: Int(facts.f_frsize))
        return isBeyond ? .max : bytes
    }

    func find(_ id: ID<Upload>, of user: CurrentUser) async throws -> Upload {
        try await database.read { try UploadStore($0).find(id, of: user.account) }
    }

    /// Opens an upload at the bytes that count: those known to be safe, and those that came since in this run of the
    /// machine, which are made safe now. The caller hands the file back with `close`.
    /// - Parameter isVerified: whether the bytes to come count before their checksum was seen.
    func open(_ upload: Upload, isVerified: Bool = true) async throws -> PartialFile {
        try await letEnd(upload.id)
        let file = try desk.open(upload.id)
        do {
            // Read again now that nobody else writes.
            guard let known = try await database.read({ try UploadStore($0).find(upload.id) }),
                known.state == .uploading
            else { throw DomainError.notFound }
            let counts = !known.bootID.isEmpty && known.bootID == BootID.current
            let offset = min(counts ? file.offset : min(file.offset, known.received), known.length)
            try file.begin(at: offset, hash: desk.hash(of: upload.id, at: offset))
            let bootID = isVerified ? BootID.current : ""
            if offset != known.received || bootID != known.bootID {
                _ = try await SheetRowFeed.onThread { try file.sync() }
                let now = now()
                try await database.write {
                    try UploadStore($0).noteBegun(upload.id, at: offset, bootID: bootID, now: now)
                }
            }
            return file
        } catch {
            desk.close(upload.id, file)
            throw error
        }
    }

    /// Lets an earlier request of the upload take in what has come of it, as long as something still comes: its line may be
    /// cut, and the rest be under way to the disk.
    private func letEnd(_ id: ID<Upload>) async throws {
        var written = desk.progress(of: id)
        for _ in 0..<UploadService.mostPauses {
            guard written != nil else { return }
            try await Task.sleep(for: .milliseconds(100))
            let now = desk.progress(of: id)
            if now == written { return }
            written = now
        }
    }

    /// Pauses of a tenth of a second that a newcomer waits at most.
    private static let mostPauses = 30

    func close(_ upload: Upload, _ file: PartialFile) { desk.close(upload.id, file) }

    /// Makes the bytes safe and says so; returns how many there are.
    @discardableResult
    func keep(_ upload: Upload, _ file: PartialFile, isVerified: Bool = true) async throws -> Int {
        let count = try await SheetRowFeed.onThread { try file.sync() }
        let now = now(), bootID = isVerified ? BootID.current : ""
        try await database.write { try UploadStore($0).noteReceived(upload.id, count, bootID: bootID, now: now) }
        return count
    }

    /// All bytes are there and safe.
    func finish(_ upload: Upload, _ file: PartialFile) async throws {
        if file.needsHash { try await SheetRowFeed.onThread { try file.remakeHash() } }
        guard let digest = file.digest() else { throw PartialFileError.revoked }
        let now = now()
        try await database.write { try UploadStore($0).finish(upload.id, sha256: digest, now: now) }
    }

    /// Gives an upload up, whatever its state; one that a record has taken up only leaves the list.
    func cancel(_ id: ID<Upload>, of user: CurrentUser) async throws {
        let now = now()
        try await database.write { db in
            let store = UploadStore(db)
            try store.remove(try store.find(id, of: user.account), now: now)
        }
        desk.discard(id)
    }

    /// Removes what is overdue, and files that no upload names. Returns how many uploads ended.
    func sweep() async throws -> Int {
        let now = now()
        var count = 0
        while true {
            let expired = try await database.write { try UploadStore($0).removeExpired(now: now) }
            for id in expired { desk.discard(id) }
            count += expired.count
            if expired.count < 500 { break }
        }
        // A file younger than an hour may belong to an upload whose row this reader does not see yet.
        let old = try desk.files().filter { $0.changedAt.adding(seconds: 3600) < now }.map(\.id)
        for start in stride(from: 0, to: old.count, by: 500) {
            let ids = Array(old[start..<min(start + 500, old.count)])
            let known = Set(try await database.read { try UploadStore($0).known(ids) })
            for id in ids where !known.contains(id) { desk.discard(id) }
        }
        return count
    }
}

/// A point on the way of a long body at which it is made safe.
struct UploadCheckpoint: Sendable {
    /// Bytes that are worth it once `seconds` have gone by.
    let bytes: Int
    let seconds: Int64
    /// Bytes that are worth it at any time.
    let mostBytes: Int

    /// - Parameters:
    ///   - unsynced: bytes that came since the last time.
    ///   - last: when that was.
    func isDue(_ unsynced: Int, since last: Timestamp, now: @autoclosure () -> Timestamp) -> Bool {
        unsynced >= mostBytes || unsynced >= bytes && now() >= last.adding(seconds: seconds)
    }
}

/// Sizes of files for people.
package enum FileSize {
    /// `3.2 MB`, in steps of 1,024.
    package static func text(_ bytes: Int) -> String {
        let units = ["字节", "KB", "MB", "GB", "TB"]
        var value = Double(bytes), unit = 0
        while value >= 1024, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
        let number = unit == 0 || value == value.rounded() ? String(Int(value)) : String(format: "%.1f", value)
        return number + " " + units[unit]
    }
}
