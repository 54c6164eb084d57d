import Database
import Directory
import Foundation
import Kernel
import Platform

/// How many rows of each kind a change set has.
struct RosterCounts: Sendable, Equatable {
    private var counts: [RosterLineKind: Int] = [:]
    /// Cells that are not taken of rows that are.
    var cells = 0
    /// Classes that accepting makes.
    var classes = 0

    subscript(kind: RosterLineKind) -> Int {
        get { counts[kind] ?? 0 }
        set { counts[kind] = newValue }
    }

    /// Rows that accepting would write.
    var written: Int { self[.new] + self[.changed] }
}

/// A batch that another system sent is decided on elsewhere, and brings only what that system answers for.
struct RosterOrigin: Sendable, Equatable {
    /// The page on which people decide about it.
    let page: String
    let owners: Set<PersonField.Owner>

    init(page: String, owners: Set<PersonField.Owner>) { (self.page, self.owners) = (page, owners) }

    /// As it is kept; `nil` for what a person sent.
    init?(page: String, owners: String) {
        guard !page.isEmpty else { return nil }
        self.init(
            page: page, owners: Set(owners.split(separator: " ").compactMap { PersonField.Owner(rawValue: String($0)) })
        )
    }

    var ownersText: String { owners.map(\.rawValue).sorted().joined(separator: " ") }
}

/// One uploaded roster on its way (导入批次).
struct RosterBatch: Sendable {
    let id: ID<RosterBatch>
    let sha256: String
    /// Sealed; opens the file.
    let fileKey: [UInt8]
    let fileName: String
    /// From which new people are in their class or post.
    let day: LocalDate
    let state: ImportState
    /// Who sees the batch: those whose scope holds this place.
    let scopePath: OrganisationPath
    /// Where its sender may write.
    let scope: DataScope
    let layout: RosterLayout
    /// Of what is known in the scope when the change set was computed.
    let baseRevision: String
    /// SHA-256 over the change set, so that an unchanged one need not be asked for again.
    let digest: String
    let counts: RosterCounts
    let createdAt: Timestamp
    let createdBy: String
    let acceptedAt: Timestamp?
    let acceptedBy: String?
    let undoneAt: Timestamp?
    let undoneBy: String?
    /// For people: why it failed, or why it has to be looked at again.
    let message: String
    let job: String?
    /// The system that sent it; `nil` when a person did.
    let origin: RosterOrigin?
    /// Whether the file is still kept.
    let hasFile: Bool

    static let columns: SQL =
        """
        b.id, b.sha256, b.file_key, b.file_name, b.valid_from, b.state, b.scope_path, b.scope_roots, b.layout,
        b.base_revision, b.digest, b.count_new, b.count_changed, b.count_unchanged, b.count_doubtful, b.count_refused,
        b.count_cells, b.count_classes, b.created_at, b.created_by, b.accepted_at, b.accepted_by, b.undone_at,
        b.undone_by, b.message, b.job_id, b.origin, b.owners, b.has_file
        """

    init(_ row: borrowing Row) throws {
        (id, sha256, fileKey, fileName) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (day, state, scopePath) = (try row.get(4), try row.get(5), try row.get(6))
        let roots = try row.text(7).split(separator: "\n", omittingEmptySubsequences: false)
        scope = DataScope(roots.map { OrganisationPath(String($0)) })
        layout = try JSONDecoder().decode(RosterLayout.self, from: Data(try row.text(8).utf8))
        (baseRevision, digest) = (try row.get(9), try row.get(10))
        var counts = RosterCounts()
        for (index, kind) in RosterLineKind.allCases.enumerated() { counts[kind] = try row.get(11 + index) }
        (counts.cells, counts.classes) = (try row.get(16), try row.get(17))
        self.counts = counts
        (createdAt, createdBy) = (try row.get(18), try row.get(19))
        (acceptedAt, acceptedBy) = (try row.get(20), try row.get(21))
        (undoneAt, undoneBy) = (try row.get(22), try row.get(23))
        (message, job) = (try row.get(24), try row.get(25))
        origin = RosterOrigin(page: try row.get(26), owners: try row.get(27))
        hasFile = try row.get(28)
    }

    static func keyContext(_ id: ID<RosterBatch>) -> String { "rosters_import.file_key/\(id)" }
}
