import Database
import Kernel
import Platform

/// What becomes of files that stand in the folder of a partner to be fetched: fetched ones are noted, and those that nobody
/// fetched within the days agreed with the partner are deleted. Each step may be done twice.
struct DropExpiry: Sendable {
    let database: Database
    let folders: DropFolders
    let now: @Sendable () -> Timestamp
    /// Stands between any two steps; a test stops the work there.
    var pause: @Sendable () throws -> Void = {}

    func run(_ partner: Partner) async throws {
        let folders = folders, now = now(), limit = now.adding(days: -Int64(partner.settings.keptDays))
        for file in try await database.read({ try DropStore($0).waiting(for: partner.id) }) {
            let isThere = try await SheetRowFeed.onThread {
                try folders.open(partner.code, .outward).contains(file.name)
            }
            if isThere, !file.isExpired {
                guard file.seenAt < limit else { continue }
                // On record first: a file that is gone was fetched, unless it says that it is not.
                try await database.write { db in
                    guard try DropStore(db).setExpired(file.id) else { return }
                    try AuditLog.record(
                        "exchange.file_expired", file.id.rawValue, by: .system, at: file.path,
                        "\(partner.name)，\(file.name)，保存 \(partner.settings.keptDays) 天无人取走", now: now, on: db)
                }
                try pause()
            }
            if isThere {
                try await SheetRowFeed.onThread {
                    let folder = try folders.open(partner.code, .outward)
                    // The marker first: nothing is announced that is not there.
                    for end in [DropName.marker, "", DropName.sum] { try folder.remove(file.name + end) }
                }
                try pause()
            }
            try await database.write { try DropStore($0).setLeft(file.id, now: now) }
        }
    }
}
