import Foundation
import Kernel
import Platform

/// The folders of the partners below one root: `<root>/<partner>/in` and `<root>/<partner>/out`.
struct DropFolders: Sendable {
    let root: String

    enum Side: String, Sendable { case inward = "in", outward = "out" }

    /// Makes the folders of a partner; those that are there stay as they are. The partner, by its group, writes into its two
    /// folders and nowhere else. Blocks.
    func prepare(_ code: String) throws {
        do {
            let above = URL(fileURLWithPath: root).deletingLastPathComponent().path
            try FileManager.default.createDirectory(atPath: above, withIntermediateDirectories: true)
            for (path, mode) in [
                (root, 0o750), ("\(root)/\(code)", 0o750), ("\(root)/\(code)/in", 0o770),
                ("\(root)/\(code)/out", 0o770),
            ] as [(String, mode_t)] {
                if mkdir(path, mode) != 0 {
                    guard errno == EEXIST else { throw DomainError.unavailable("") }
                    continue
                }
                // Whatever the mask of the process.
                guard chmod(path, mode) == 0 else { throw DomainError.unavailable("") }
            }
        } catch { throw DomainError.unavailable("文件夹建立失败，请联系平台管理员。") }
    }

    /// Throws `DomainError.unavailable` when a folder is missing or no folder.
    func open(_ code: String, _ side: Side) throws -> DropFolder { try DropFolder([root, code, side.rawValue]) }
}

/// One folder that another system can write to. Nothing in it is trusted: every file is opened within the folder, never
/// through a link, and only by its plain name. All calls block.
final class DropFolder {
    private let folder: Int32

    /// The largest file that is taken, in bytes.
    static let mostBytes = 64 << 20
    /// Names looked at in one turn.
    private static let mostNames = 10_000

    /// - Parameter steps: the root, then names below it; only the root may be reached by a link.
    init(_ steps: [String]) throws {
        var descriptor = Glibc.open(steps[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        for step in steps.dropFirst() where descriptor >= 0 {
            let next = openat(descriptor, step, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            close(descriptor)
            descriptor = next
        }
        guard descriptor >= 0 else { throw DomainError.unavailable("伙伴的文件夹不存在或无法读取。") }
        folder = descriptor
    }

    deinit { close(folder) }

    /// The names in the folder that end so, in their order.
    func names(ending suffix: String) throws -> [String] {
        let copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw DomainError.unavailable("伙伴的文件夹无法读取。") }
        defer { closedir(stream) }
        var names: [String] = []
        while names.count < DropFolder.mostNames, let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
            }
            if let name, name.hasSuffix(suffix), name.utf8.count > suffix.utf8.count { names.append(name) }
        }
        return names.sorted()
    }

    /// What a file turned out to be.
    enum Content: Equatable {
        case file(sm3: String, size: Int, FileState)
        case missing
        /// It changed while it was read.
        case changing
        /// No plain file, or too large; in Chinese.
        case unusable(String)
    }

    /// Which file it is, its size in bytes, and when it was last changed.
    struct FileState: Equatable, Sendable {
        let device: UInt
        let inode: UInt
        let size: Int
        let seconds: Int
        let nanoseconds: Int

        init(_ status: stat) {
            (device, inode, size) = (UInt(status.st_dev), UInt(status.st_ino), Int(status.st_size))
            (seconds, nanoseconds) = (Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec))
        }
    }

    private struct Handle: ~Copyable {
        let descriptor: Int32
        deinit { close(descriptor) }

        func state() -> (isPlain: Bool, size: Int, file: FileState)? {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { return nil }
            let isPlain = status.st_mode & S_IFMT == S_IFREG && status.st_nlink == 1
            return (isPlain, Int(status.st_size), FileState(status))
        }
    }

    /// Copies a file to a path of ours, and sums it up on the way.
    func copy(_ name: String, to target: String) throws -> Content {
        let descriptor = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            return errno == ENOENT ? .missing : .unusable("不是普通文件，或没有读取的权限")
        }
        let handle = Handle(descriptor: descriptor)
        guard let before = handle.state() else { return .missing }
        guard before.isPlain else { return .unusable("不是普通文件") }
        guard before.size > 0 else { return .unusable("文件是空的") }
        guard before.size <= DropFolder.mostBytes else { return .unusable("文件超过 64 MB，请拆分") }
        let out = Glibc.open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard out >= 0 else { throw DomainError.unavailable("文件保存失败，可能是存储空间不足。") }
        defer { close(out) }
        let hash = SM3.running()
        var size = 0
        try DropFolder.pieces(descriptor) { piece in
            size += piece.count
            guard size <= DropFolder.mostBytes else { return false }
            hash.update(piece)
            try DropFolder.write(piece, to: out)
            return true
        }
        guard let after = handle.state(), after.file == before.file, size == before.size else { return .changing }
        return .file(sm3: Hex.encode(hash.digest()), size: size, after.file)
    }

    /// The text of a small file; `nil` when there is none that can be read.
    func text(_ name: String, limit: Int = 4096) -> String? {
        let descriptor = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        let handle = Handle(descriptor: descriptor)
        guard let state = handle.state(), state.isPlain, state.size <= limit else { return nil }
        var bytes: [UInt8] = []
        // A file that cannot be read has no text.
        try? DropFolder.pieces(descriptor) { piece in
            bytes += piece
            return bytes.count <= limit
        }
        return String(validating: bytes, as: UTF8.self)
    }

    func contains(_ name: String) -> Bool { status(name) != nil }

    /// `nil` when there is no such name.
    func state(_ name: String) -> FileState? { status(name).map(FileState.init) }

    /// Whether the name is that of a file, not of a folder, a link or something else.
    func isPlain(_ name: String) -> Bool { status(name).map { $0.st_mode & S_IFMT == S_IFREG } ?? false }

    /// Whether a file of the name can be put in place.
    func canHold(_ name: String) -> Bool {
        name.utf8.count <= Int(NAME_MAX) && status(name).map { $0.st_mode & S_IFMT != S_IFDIR } ?? true
    }

    private func status(_ name: String) -> stat? {
        var status = stat()
        return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }

    /// Takes a name out of the folder; what it pointed to stays.
    func remove(_ name: String) throws {
        guard unlinkat(folder, name, 0) == 0 || errno == ENOENT || errno == EISDIR else {
            throw DomainError.unavailable("伙伴的文件夹无法写入。")
        }
    }

    /// Puts a text in place at once and for good, whatever had the name.
    func put(_ text: String, as name: String) throws {
        try put(name) { out in
            try Array(text.utf8).withUnsafeBytes { try DropFolder.write($0, to: out) }
        }
    }

    /// Puts a copy of a file of ours in place at once and for good.
    func put(fileAt path: String, as name: String) throws {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DomainError.unavailable("文件读取失败，请稍后再试。") }
        defer { close(descriptor) }
        try put(name) { out in
            try DropFolder.pieces(descriptor) { piece in
                try DropFolder.write(piece, to: out)
                return true
            }
        }
    }

    private static let begun = ".tmp-"

    /// Removes what a stop of the server has left behind, and nothing of the partner's that is called alike.
    func clear() throws {
        for name in try names(ending: "") where name.hasPrefix(DropFolder.begun) {
            if DropFileID(checking: name.dropFirst(DropFolder.begun.utf8.count)) != nil { try remove(name) }
        }
    }

    private func put(_ name: String, _ body: (Int32) throws -> Void) throws {
        let temporary = DropFolder.begun + Identifiers.next()
        let out = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o640)
        guard out >= 0 else { throw DomainError.unavailable("伙伴的文件夹无法写入。") }
        do {
            defer { close(out) }
            try body(out)
            guard fsync(out) == 0 else { throw DomainError.unavailable("文件保存失败，可能是存储空间不足。") }
        } catch {
            unlinkat(folder, temporary, 0)
            throw error
        }
        guard renameat(folder, temporary, folder, name) == 0, fsync(folder) == 0 else {
            unlinkat(folder, temporary, 0)
            throw DomainError.unavailable("伙伴的文件夹无法写入。")
        }
    }

    private static func pieces(_ descriptor: Int32, _ body: (UnsafeRawBufferPointer) throws -> Bool) throws {
        let capacity = 1 << 16
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, capacity)
            if count == 0 { return }
            if count < 0 {
                if errno == EINTR { continue }
                throw DomainError.unavailable("文件读取失败，请稍后再试。")
            }
            guard try body(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else { return }
        }
    }

    private static func write(_ piece: UnsafeRawBufferPointer, to descriptor: Int32) throws {
        var rest = piece[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = Glibc.write(descriptor, part.baseAddress, part.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw DomainError.unavailable("文件保存失败，可能是存储空间不足。")
            }
            rest = rest.dropFirst(count)
        }
    }
}
