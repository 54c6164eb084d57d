import Database
import Foundation
import Kernel
import Platform

/// Writes a bundle of the CSV binding 1.2: all that is there (bulk), or what has become another since a moment (delta).
package struct BundleExport: Sendable {
    let reader: OneRosterReader
    let site: String

    package init(database: Database, crypto: any CryptoProvider, site: String) {
        reader = OneRosterReader(database: database, crypto: crypto, lists: OneRosterLists())
        self.site = site
    }

    /// What a bundle is to hold.
    package struct Order: Sendable {
        package var scope: DataScope
        /// `nil` = everything.
        package var since: Timestamp?
        package var hasDemographics: Bool

        package init(scope: DataScope, since: Timestamp? = nil, hasDemographics: Bool = false) {
            (self.scope, self.since, self.hasDemographics) = (scope, since, hasDemographics)
        }
    }

    /// - Parameter path: where the archive is written.
    /// - Returns: how many records each file has. Throws `DomainError.notFound` for a scope without organisations.
    @discardableResult
    package func write(
        _ order: Order, to path: String, at now: Timestamp, by actor: AuditActor
    ) async throws -> [String: Int] {
        let root = try await reader.database.read { try OneRosterOrganisationStore.root(of: order.scope, on: $0) }
        guard let root else { throw DomainError.notFound }
        let view = OneRosterView(scope: order.scope, root: root, version: .v1p2, now: now, site: site)
        let archive = try StoredArchive(path: path)
        var counts: [String: Int] = [:]
        for file in BundleFile.all where order.hasDemographics || file.collection != .demographics {
            counts[file.name] = try await write(file, order, view, to: archive)
        }
        counts[BundleFile.roles] = try await writeRoles(order, view, to: archive)
        try archive.begin("manifest.csv")
        try archive.add(manifest(order, Set(counts.keys)))
        try archive.finish()
        let words = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: "，")
        try await reader.database.write { db in
            try AuditLog.record(
                "exchange.bundle_written", "oneroster", by: actor,
                at: order.scope == .everything ? .city : order.scope.roots.first ?? .city,
                (order.since == nil ? "全量：" : "增量：") + words, now: now, on: db)
        }
        return counts
    }

    private func selection(_ order: Order) -> OneRosterSelection {
        var selection = OneRosterSelection()
        (selection.changedSince, selection.includesEnded) = (order.since, order.since != nil)
        return selection
    }

    private func write(
        _ file: BundleFile, _ order: Order, _ view: OneRosterView, to archive: StoredArchive
    ) async throws -> Int {
        var count = 0
        try archive.begin(file.name + ".csv")
        try archive.add(BundleFile.line(file.columns.map(\.header)))
        try await reader.each(file.collection, selection(order), view) { records in
            var bytes: [UInt8] = []
            for record in records where isAsked(record, order) {
                bytes += BundleFile.line(file.row(record, isDelta: order.since != nil))
                count += 1
            }
            try archive.add(bytes)
        }
        return count
    }

    private func writeRoles(
        _ order: Order, _ view: OneRosterView, to archive: StoredArchive
    ) async throws -> Int {
        var count = 0
        try archive.begin(BundleFile.roles + ".csv")
        try archive.add(BundleFile.line(BundleFile.roleHeaders))
        try await reader.each(.users, selection(order), view) { records in
            var bytes: [UInt8] = []
            for record in records where isAsked(record, order) {
                for row in BundleFile.roleRows(record, isDelta: order.since != nil) {
                    bytes += BundleFile.line(row)
                    count += 1
                }
            }
            try archive.add(bytes)
        }
        return count
    }

    private func isAsked(_ record: OneRosterRecord, _ order: Order) -> Bool {
        order.since.map { record.modified > $0 } ?? true
    }

    private func manifest(_ order: Order, _ present: Set<String>) -> [UInt8] {
        let way = order.since == nil ? "bulk" : "delta"
        let names = BundleFile.all.map(\.name) + [BundleFile.roles] + BundleFile.absent
        var rows = [["propertyName", "value"], ["manifest.version", "1.0"], ["oneroster.version", "1.2"]]
        rows += names.sorted().map { ["file.\($0)", present.contains($0) ? way : "absent"] }
        rows += [["source.systemName", "Santong"], ["source.systemCode", "santong"]]
        return rows.flatMap(BundleFile.line)
    }
}
