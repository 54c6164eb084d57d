import Foundation
import Kernel

/// One roster of a bundle as a text table in a file of ours, written row by row; the first person stands in row 2.
final class BundleRosterFile {
    let path: String
    private let file: FileHandle
    /// People written.
    private(set) var count = 0

    /// Throws `DomainError.unavailable` when the file cannot be made.
    init(path: String, head: [String]) throws {
        guard
            FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: path)
        else { throw BundleRosterFile.noRoom }
        (self.path, self.file) = (path, file)
        try write([0xEF, 0xBB, 0xBF] + BundleFile.line(head))
    }

    private static let noRoom = DomainError.unavailable("文件保存失败，可能是存储空间不足。")

    private func write(_ bytes: [UInt8]) throws {
        do { try file.write(contentsOf: Data(bytes)) } catch { throw BundleRosterFile.noRoom }
    }

    /// Returns the rows at which the lines stand.
    func add(_ lines: [[String]]) throws -> Range<Int> {
        try write(lines.flatMap(BundleFile.line))
        count += lines.count
        return count - lines.count + 2..<count + 2
    }

    func finish() throws {
        do { try file.close() } catch { throw BundleRosterFile.noRoom }
    }
}
