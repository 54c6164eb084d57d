import Database
import Foundation
import Kernel
import Media
import Platform

/// Tells authors when the files of a resource have been made fit for the browser: once for all of them, and only when
/// they had to wait for it or when something failed.
struct FileNotices: Sendable {
    let database: Database

    /// Seconds after which nobody is taken to watch any more.
    static let watched: Int64 = 60

    func arrived(_ processed: MediaProcessed, now: Timestamp = .now) async throws {
        // Made anew by a newer version of the platform: nobody waits for that.
        guard let waited = processed.waited else { return }
        let ended = try await database.read { try FileNotices.ended(by: processed.sha256, waited: waited, $0) }
        guard !ended.isEmpty else { return }
        try await database.write { db in
            for one in ended {
                try ResourceNotices(db, now: now).filesEnded(
                    one.item, title: one.title, failed: one.failed, files: one.files)
            }
        }
    }

    private struct Ended: Sendable {
        let item: ID<Item>
        let title: String
        let failed: Int
        /// Stands for the contents of all files.
        let files: String
    }

    /// The resources of which the content was the last that was waited for, as far as there is something to tell.
    private static func ended(by sha256: String, waited: Int64, _ db: Connection) throws -> [Ended] {
        try FileNoticeStore(db).versions(with: sha256).compactMap { item, version in
            let hashes = try FileNoticeStore(db).hashes(of: item, version)
            let states = try MediaProcessing.views(of: hashes, on: db).values.map(\.state)
            guard !states.contains(.waiting), !states.contains(.missing) else { return nil }
            let failed = states.count { $0 == .failed }
            guard failed > 0 || waited >= watched else { return nil }
            let files = SM3.hash(Array(hashes.joined().utf8)).map { String(format: "%02x", $0) }.joined()
            return Ended(item: item, title: version.content.title, failed: failed, files: files)
        }
    }
}

private struct FileNoticeStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Contents are processed once: those that several resources wait for are few.
    private static let most = 20

    /// The resources with the content in their latest version, and that version.
    func versions(with sha256: String) throws -> [(item: ID<Item>, version: ItemVersion)] {
        let items: [ID<Item>] = try db.column(
            """
            SELECT DISTINCT f.item_id FROM platform_file p JOIN resources_item_file f ON f.file_id = p.id
            WHERE p.sha256 = \(sha256) ORDER BY f.item_id LIMIT \(FileNoticeStore.most)
            """)
        let store = ItemStore(db)
        return try items.compactMap { item in
            guard let version = try store.versions(of: item).first,
                try store.files(of: item).contains(where: { $0.sha256 == sha256 && $0.belongs(to: version.number) })
            else { return nil }
            return (item, version)
        }
    }

    func hashes(of item: ID<Item>, _ version: ItemVersion) throws -> [String] {
        Set(try ItemStore(db).files(of: item).filter { $0.belongs(to: version.number) }.map(\.sha256)).sorted()
    }
}
