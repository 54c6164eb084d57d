import Database
import Media

/// The text of files as processing found it.
struct ItemTexts: ItemTextSource {
    let database: Database

    func texts(of hashes: [String]) async throws -> [String: String] {
        try await database.read { db in
            var found: [String: String] = [:]
            for hash in hashes { found[hash] = try MediaText.text(of: hash, on: db) }
            return found
        }
    }
}
