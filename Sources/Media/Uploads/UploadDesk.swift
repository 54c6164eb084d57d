import Foundation
import Kernel
import Platform

/// Which uploads this process writes to, and the hashes of those that pause, so that a line that comes back does not
/// make the server read everything again.
final class UploadDesk: @unchecked Sendable {
    // Everything below is guarded by the lock, under which no file is waited for.
    private let lock = NSLock()
    private var active: [String: PartialFile] = [:]
    private var resting: [String: (offset: Int, hash: RunningHash)] = [:]

    private let folder: String
    /// Hashes kept for uploads that pause; each is a few hundred bytes.
    private static let mostResting = 2000

    init(folder: String) throws {
        self.folder = folder
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    func path(of id: ID<Upload>) -> String { folder + "/" + id.rawValue }

    /// Bytes that the request which writes to an upload now has written; `nil` when none does.
    func progress(of id: ID<Upload>) -> Int? { lock.withLock { active[id.rawValue]?.offset } }

    /// Opens the bytes of an upload for one request. One that is still writing loses it.
    /// - Throws: `PartialFileError.busy` when another process or a third request has it.
    func open(_ id: ID<Upload>) throws -> PartialFile {
        if let other = lock.withLock({ active.removeValue(forKey: id.rawValue) }) {
            other.release { rest(id.rawValue, $0) }
        }
        let file = try PartialFile(path: path(of: id))
        lock.withLock { active[id.rawValue] = file }
        return file
    }

    /// The hash of the first `offset` bytes, if it is known; it is the caller's from now on.
    func hash(of id: ID<Upload>, at offset: Int) -> RunningHash? {
        lock.withLock {
            guard let known = resting.removeValue(forKey: id.rawValue), known.offset == offset else { return nil }
            return known.hash
        }
    }

    /// Ends what `open` began, unless another request has taken over.
    func close(_ id: ID<Upload>, _ file: PartialFile) {
        guard lock.withLock({ active[id.rawValue] === file }) else { return }
        file.release { rest(id.rawValue, $0) }
        lock.withLock { if active[id.rawValue] === file { active[id.rawValue] = nil } }
    }

    /// Takes the bytes off the disk.
    func discard(_ id: ID<Upload>) {
        lock.withLock { active.removeValue(forKey: id.rawValue) }?.release()
        lock.withLock { resting[id.rawValue] = nil }
        unlink(path(of: id))
    }

    /// Files of uploads, with the time they last changed. It blocks.
    func files() throws -> [(id: ID<Upload>, changedAt: Timestamp)] {
        try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { name in
            guard let id = ID<Upload>(checking: name) else { return nil }
            let facts = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)  // gone meanwhile
            guard let date = facts?[.modificationDate] as? Date else { return nil }
            return (id, Timestamp(milliseconds: Int64(date.timeIntervalSince1970 * 1000)))
        }
    }

    private func rest(_ id: String, _ state: (offset: Int, hash: RunningHash)) {
        lock.withLock {
            if resting.count >= UploadDesk.mostResting, let any = resting.keys.first { resting[any] = nil }
            resting[id] = state
        }
    }
}

/// What tells one run of the machine from the next.
enum BootID {
    static let current: String = {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        // Without it nothing counts that was not made safe: right, only slower.
        return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    }()
}
