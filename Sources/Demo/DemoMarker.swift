import Foundation

/// The file that makes a data folder a demo. Without it the server shows no accounts on its sign-in page, and a folder
/// in use can never become a demo: only an empty one is marked.
package enum DemoMarker {
    private static func path(in folder: String) -> String { folder + "/demo" }

    package static func exists(in folder: String) -> Bool { FileManager.default.fileExists(atPath: path(in: folder)) }

    /// Makes the folder none again; nothing happens when it is none.
    package static func remove(from folder: String) throws {
        if exists(in: folder) { try FileManager.default.removeItem(atPath: path(in: folder)) }
    }

    /// Throws what the file system says when the folder cannot be written.
    package static func write(to folder: String) throws {
        try Data("fictional city\n".utf8).write(to: URL(fileURLWithPath: path(in: folder)), options: .atomic)
    }
}
