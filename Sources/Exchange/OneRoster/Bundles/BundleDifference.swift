import Database
import Kernel
import Platform

/// What a bundle would bring, file by file: a trial run that changes nothing.
package struct BundleDifference: Sendable, Equatable {
    package let file: String
    /// In the bundle and not in the platform.
    package let new: Int
    /// In both.
    package let known: Int
    /// Active in the platform and not in the bundle, which should have all; 0 for a delta.
    package let missing: Int
    /// Told as `tobedeleted`.
    package let ended: Int

    /// Compares by `sourcedId` within the scope. Throws `DomainError.notFound` for a scope without organisations.
    package static func of(
        _ check: BundleCheck, within scope: DataScope, _ database: Database, _ crypto: any CryptoProvider,
        at now: Timestamp
    ) async throws -> [BundleDifference] {
        let reader = OneRosterReader(database: database, crypto: crypto, lists: OneRosterLists())
        let root = try await database.read { try OneRosterOrganisationStore.root(of: scope, on: $0) }
        guard let root else { throw DomainError.notFound }
        let view = OneRosterView(scope: scope, root: root, version: .v1p2, now: now, site: "")
        var differences: [BundleDifference] = []
        for file in BundleFile.all {
            guard var rest = check.keys[file.name], let way = check.ways[file.name] else { continue }
            var known = 0, missing = 0
            try await reader.each(file.collection, OneRosterSelection(), view) { records in
                for record in records {
                    if rest.remove(BundleKey(record.id)) != nil { known += 1 } else { missing += 1 }
                }
            }
            differences.append(
                BundleDifference(
                    file: file.name, new: rest.count, known: known, missing: way == "bulk" ? missing : 0,
                    ended: check.ended[file.name] ?? 0))
        }
        return differences
    }
}
