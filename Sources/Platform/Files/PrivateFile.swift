import Foundation
import Glibc
import Kernel

/// Files and folders in which personal data stand for a while: nobody but the server's own user gets at them, whatever the
/// mask of the process.
package enum PrivateFile {
    /// Makes a folder with mode 0700; one that is there gets it.
    /// - Throws: `DomainError.unavailable` when it cannot be made.
    package static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        } catch { throw DomainError.unavailable("文件夹建立失败，请联系平台管理员。") }
    }

    /// Opens a file for writing, emptied and with mode 0600; never through a link. `nil` when it cannot be.
    static func open(_ path: String) -> UnsafeMutablePointer<FILE>? {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        guard fchmod(descriptor, 0o600) == 0, let file = fdopen(descriptor, "wb") else {
            close(descriptor)
            return nil
        }
        return file
    }
}
