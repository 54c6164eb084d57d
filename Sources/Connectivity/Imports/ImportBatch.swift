import Database
import Foundation
import Kernel
import Platform

/// How many rows of each kind a change set has.
struct ImportCounts: Sendable, Equatable {
    var new = 0, changed = 0, unchanged = 0, refused = 0

    subscript(kind: ImportKind) -> Int {
        get {
            switch kind {
            case .new: new
            case .changed: changed
            case .unchanged: unchanged
            case .refused: refused
            }
        }
        set {
            switch kind {
            case .new: new = newValue
            case .changed: changed = newValue
            case .unchanged: unchanged = newValue
            case .refused: refused = newValue
            }
        }
    }
}

/// One uploaded file of the facility register on its way (导入批次).
struct ImportBatch: Sendable {
    let id: ID<ImportBatch>
    /// Of the stored file.
    let sha256: String
    let fileName: String
    /// 统计日期 for sheets that name none.
    let statisticsOn: LocalDate
    let state: ImportState
    /// Who sees the batch: those whose scope holds this place.
    let scopePath: OrganisationPath
    /// Where its sender may write.
    let scope: DataScope
    let layout: WorkbookLayout
    /// Of the register and the tree when the change set was computed.
    let baseRevision: String
    /// SHA-256 over the change set, so that an unchanged one need not be asked for again.
    let digest: String
    let counts: ImportCounts
    let createdAt: Timestamp
    let createdBy: String
    let account: ID<Account>?
    let acceptedAt: Timestamp?
    let acceptedBy: String?
    let undoneAt: Timestamp?
    let undoneBy: String?
    /// For people: why it failed, or why it has to be looked at again.
    let message: String
    let job: String?

    static let columns: SQL =
        """
        b.id, b.sha256, b.file_name, b.statistics_on, b.state, b.scope_path, b.scope_roots, b.mapping, b.base_revision,
        b.digest, b.count_new, b.count_changed, b.count_unchanged, b.count_refused, b.created_at, b.created_by,
        b.account_id, b.accepted_at, b.accepted_by, b.undone_at, b.undone_by, b.message, b.job_id
        """

    init(_ row: borrowing Row) throws {
        (id, sha256, fileName, statisticsOn) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (state, scopePath) = (try row.get(4), try row.get(5))
        let roots = try row.text(6).split(separator: "\n", omittingEmptySubsequences: false)
        scope = DataScope(roots.map { OrganisationPath(String($0)) })
        layout = try JSONDecoder().decode(WorkbookLayout.self, from: Data(try row.text(7).utf8))
        (baseRevision, digest) = (try row.get(8), try row.get(9))
        counts = ImportCounts(
            new: try row.get(10), changed: try row.get(11), unchanged: try row.get(12), refused: try row.get(13))
        (createdAt, createdBy, account) = (try row.get(14), try row.get(15), try row.get(16))
        (acceptedAt, acceptedBy, undoneAt, undoneBy) = (
            try row.get(17), try row.get(18), try row.get(19), try row.get(20)
        )
        (message, job) = (try row.get(21), try row.get(22))
    }

    /// The days on which values will be told.
    var days: Set<LocalDate> { Set(layout.sheets.map { $0.day ?? statisticsOn }) }
}

/// What a known school was before and after an import changed it: its profile, and the code it had not before.
struct ImportedProfile: Codable, Sendable, Equatable {
    let from: String
    let oldType: String
    let oldArea: String?
    let wasCentral: Bool
    let newType: String
    let newArea: String?
    let isCentral: Bool
    /// `nil` when the import did not tell the code.
    let newCode: String?

    var isProfileChanged: Bool { (oldType, oldArea) != (newType, newArea) || wasCentral != isCentral }
}
