import Database
import Directory
import Kernel

/// 名册包接收: a bundle that a partner's system made, on its way into the rosters.
package enum BundleImportSubject {}
typealias BundleImportID = ID<BundleImportSubject>

struct BundleImport: Sendable {
    enum State: String, Column, Sendable {
        /// being checked and compared
        case reading
        /// its change set waits for a decision
        case compared
        /// all of it was known
        case unchanged
        case accepted
        case refused
        case discarded
        /// accepted, then taken back
        case undone

        var title: String {
            switch self {
            case .reading: "读取中"
            case .compared: "待接受"
            case .unchanged: "没有变化"
            case .accepted: "已接受"
            case .refused: "未接收"
            case .discarded: "已放弃"
            case .undone: "已撤销"
            }
        }
    }

    let id: BundleImportID
    let partner: PartnerID
    let partnerName: String
    let path: OrganisationPath
    let fileName: String
    /// Hexadecimal SHA-256 of the kept, encrypted file.
    let sha256: String
    /// Sealed; opens the file. `nil` once it has been read: its people are kept by the import then.
    let fileKey: [UInt8]?
    /// Of the file as it was sent, in hexadecimal digits.
    let sm3: String
    let state: State
    /// Keys of the batches of the roster import; made beforehand.
    let pupilsBatch: String
    let staffBatch: String
    let outcome: IntakeOutcome
    /// How many people of each roster the bundle has.
    let pupils: Int
    let staff: Int
    /// People told as gone, and people of no roster.
    let ended: Int
    let skipped: Int
    /// One a line.
    let problems: [String]
    let message: String
    let createdAt: Timestamp
    let createdBy: String
    let decided: IntakeDecided

    /// The batches that hold somebody.
    var batches: [String] { (pupils > 0 ? [pupilsBatch] : []) + (staff > 0 ? [staffBatch] : []) }

    /// Whether the rows of its comparison are kept.
    var hasRows: Bool {
        switch state {
        case .compared, .accepted: true
        case .unchanged: !outcome.isClean
        case .reading, .refused, .discarded, .undone: false
        }
    }

    static let columns: SQL =
        """
        b.id, b.partner_id, p.name, o.path, b.file_name, b.sha256, b.file_key, b.sm3, b.state, b.pupils_batch,
        b.staff_batch, \(IntakeOutcome.columns("b")), b.pupils, b.staff, b.ended, b.skipped, b.problems, b.message,
        b.created_at, b.created_by, \(IntakeDecided.columns("b"))
        """

    init(_ row: borrowing Row) throws {
        (id, partner, partnerName, path) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (fileName, sha256, fileKey, sm3) = (try row.get(4), try row.get(5), try row.get(6), try row.get(7))
        (state, pupilsBatch, staffBatch) = (try row.get(8), try row.get(9), try row.get(10))
        outcome = try IntakeOutcome(row, at: 11)
        (pupils, staff, ended, skipped) = (try row.get(18), try row.get(19), try row.get(20), try row.get(21))
        problems = try row.text(22).split(separator: "\n").map(String.init)
        (message, createdAt, createdBy) = (try row.get(23), try row.get(24), try row.get(25))
        decided = try IntakeDecided(row, at: 26)
    }

    static func keyContext(_ id: BundleImportID) -> String { "exchange_bundle.file_key/\(id)" }
}

enum BundleImportSchema {
    /// `exchange_bundle_key` remembers whom a partner means by its keys; `exchange_bundle_row` tells which row of a roster
    /// import stands for which key, and whom the key meant before the bundle was accepted.
    static let statements = [
        """
        CREATE TABLE exchange_bundle (
            id TEXT NOT NULL PRIMARY KEY, partner_id TEXT NOT NULL REFERENCES exchange_partner (id),
            file_name TEXT NOT NULL, sha256 TEXT NOT NULL, file_key BLOB, sm3 TEXT NOT NULL,
            state TEXT NOT NULL, pupils_batch TEXT NOT NULL, staff_batch TEXT NOT NULL, count_new INTEGER NOT NULL,
            count_changed INTEGER NOT NULL, count_unchanged INTEGER NOT NULL, count_doubtful INTEGER NOT NULL,
            count_refused INTEGER NOT NULL, count_cells INTEGER NOT NULL, digest TEXT NOT NULL, pupils INTEGER NOT NULL,
            staff INTEGER NOT NULL, ended INTEGER NOT NULL, skipped INTEGER NOT NULL, problems TEXT NOT NULL,
            message TEXT NOT NULL, job_id TEXT, created_at INTEGER NOT NULL, created_by TEXT NOT NULL,
            decided_at INTEGER, decided_by TEXT NOT NULL, undone_at INTEGER, undone_by TEXT NOT NULL,
            CHECK (state IN ('reading', 'compared', 'unchanged', 'accepted', 'refused', 'discarded', 'undone')))
        """,
        "CREATE INDEX exchange_bundle_partner ON exchange_bundle (partner_id, id)",
        """
        CREATE TABLE exchange_bundle_file (
            bundle_id TEXT NOT NULL REFERENCES exchange_bundle (id), file TEXT NOT NULL, way TEXT NOT NULL,
            count_new INTEGER NOT NULL, count_known INTEGER NOT NULL, count_missing INTEGER NOT NULL,
            count_ended INTEGER NOT NULL, PRIMARY KEY (bundle_id, file))
        """,
        """
        CREATE TABLE exchange_bundle_row (
            bundle_id TEXT NOT NULL REFERENCES exchange_bundle (id), batch TEXT NOT NULL, row_number INTEGER NOT NULL,
            source_id TEXT NOT NULL, former_person_id TEXT, former_bundle_id TEXT,
            PRIMARY KEY (bundle_id, batch, row_number))
        """,
        """
        CREATE TABLE exchange_bundle_key (
            partner_id TEXT NOT NULL REFERENCES exchange_partner (id), source_id TEXT NOT NULL,
            person_id TEXT NOT NULL REFERENCES directory_person (id),
            bundle_id TEXT NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (partner_id, source_id))
        """,
        "CREATE INDEX exchange_bundle_key_person ON exchange_bundle_key (person_id)",
        "CREATE INDEX exchange_bundle_key_bundle ON exchange_bundle_key (bundle_id)",
    ]
    /// What a bundle calls organisations and homerooms: a later one may tell only what changed and mean the same.
    static let places = [
        """
        CREATE TABLE exchange_bundle_place (
            bundle_id TEXT NOT NULL REFERENCES exchange_bundle (id), file TEXT NOT NULL, source_id TEXT NOT NULL,
            code TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (bundle_id, file, source_id))
        """
    ]
}
