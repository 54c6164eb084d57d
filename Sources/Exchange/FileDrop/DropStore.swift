import Database
import Directory
import Kernel
import Platform

/// All SQL of exchanged files.
struct DropStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    private static let tables: SQL = "exchange_drop_file f JOIN exchange_partner p ON p.id = f.partner_id"

    private func first(_ condition: SQL) throws -> DropFile? {
        try db.first(
            """
            SELECT \(DropFile.columns) FROM \(DropStore.tables) WHERE \(condition) ORDER BY f.id DESC LIMIT 1
            """, DropFile.init)
    }

    /// Throws `DomainError.notFound` outside the scope.
    func find(_ id: DropFileID, within scope: DataScope) throws -> DropFile {
        guard let found = try first("f.id = \(id) AND \(SQL.within(scope, "f.organisation_path"))") else {
            throw DomainError.notFound
        }
        return found
    }

    /// The latest first, continued after the file `after`.
    func list(
        of partner: PartnerID, within scope: DataScope, after: String?, limit: Int
    ) throws -> (rows: [DropFile], total: Int) {
        let matching: SQL = "f.partner_id = \(partner) AND \(SQL.within(scope, "f.organisation_path"))"
        let total: Int = try db.value("SELECT COUNT(*) FROM exchange_drop_file f WHERE \(matching)") ?? 0
        let rest: SQL = after.map { " AND f.id < \($0)" } ?? .empty
        let rows = try db.rows(
            """
            SELECT \(DropFile.columns) FROM \(DropStore.tables) WHERE \(matching)\(rest)
            ORDER BY f.id DESC LIMIT \(limit)
            """, DropFile.init)
        return (rows, total)
    }

    /// A file of the partner that came in with this name and content.
    func known(_ name: String, _ sm3: String, from partner: PartnerID) throws -> DropFile? {
        try first("f.partner_id = \(partner) AND f.direction = 'in' AND f.name = \(name) AND f.sm3 = \(sm3)")
    }

    /// Whether a file of the name went out before.
    func wasWritten(_ name: String, for partner: PartnerID) throws -> Bool {
        try first("f.partner_id = \(partner) AND f.direction = 'out' AND f.name = \(name)") != nil
    }

    /// The latest file of the name that came in.
    func latest(_ name: String, from partner: PartnerID) throws -> DropFile? {
        try first("f.partner_id = \(partner) AND f.direction = 'in' AND f.name = \(name)")
    }

    /// An earlier file with the same content that was taken.
    func twin(of file: DropFile) throws -> DropFile? {
        try first(
            """
            f.partner_id = \(file.partner) AND f.direction = 'in' AND f.sm3 = \(file.sm3) AND f.id <> \(file.id)
                AND f.organisation_path = \(file.path) AND f.state IN ('unchanged', 'accepted')
            """)
    }

    /// An accepted file of the data set and organisation that tells of a later moment.
    func later(than file: DropFile) throws -> DropFile? {
        // Names of one data set and organisation differ in their moment only.
        guard let dataset = file.dataset else { return nil }
        return try first(
            """
            f.partner_id = \(file.partner) AND f.direction = 'in' AND f.dataset = \(dataset)
                AND f.organisation_path = \(file.path) AND f.state = 'accepted' AND f.name > \(file.name)
            """)
    }

    func inState(_ states: [DropFile.State], of partner: PartnerID) throws -> [DropFile] {
        try db.rows(
            """
            SELECT \(DropFile.columns) FROM \(DropStore.tables)
            WHERE f.partner_id = \(partner) AND f.state IN \(in: states) ORDER BY f.id
            """, DropFile.init)
    }

    /// Files whose report does not tell their present state.
    func untold(of partner: PartnerID) throws -> [DropFile] {
        try db.rows(
            """
            SELECT \(DropFile.columns) FROM \(DropStore.tables)
            WHERE f.partner_id = \(partner) AND f.direction = 'in' AND f.is_told = 0 AND f.state <> 'reading'
            ORDER BY f.id LIMIT 500
            """, DropFile.init)
    }

    /// Files that stood in the partner's folder at the last look.
    func waiting(for partner: PartnerID) throws -> [DropFile] {
        try db.rows(
            """
            SELECT \(DropFile.columns) FROM \(DropStore.tables)
            WHERE f.partner_id = \(partner) AND f.state = 'sent' AND f.left_at IS NULL ORDER BY f.id LIMIT 500
            """, DropFile.init)
    }

    func hasWaiting(for partner: PartnerID) throws -> Bool {
        try first("f.partner_id = \(partner) AND f.state = 'sent' AND f.left_at IS NULL") != nil
    }

    /// Returns whether this call ended it.
    func setExpired(_ id: DropFileID) throws -> Bool {
        try db.change("UPDATE exchange_drop_file SET is_expired = 1 WHERE id = \(id) AND is_expired = 0") == 1
    }

    func setLeft(_ id: DropFileID, now: Timestamp) throws {
        try db.execute("UPDATE exchange_drop_file SET left_at = \(now) WHERE id = \(id) AND left_at IS NULL")
    }

    /// Entries that nobody has worked on since, with their batches.
    func old(_ before: Timestamp) throws -> [(id: String, batches: [String])] {
        try db.rows(
            """
            SELECT id, batch FROM exchange_drop_file
            WHERE state NOT IN ('reading', 'writing', 'recorded', 'written')
                AND COALESCE(undone_at, decided_at, seen_at) < \(before) ORDER BY id
            """
        ) { row in
            let batch = try row.text(1)
            return (id: try row.text(0), batches: batch.isEmpty ? [] : [batch])
        }
    }

    func delete(_ ids: [DropFileID]) throws {
        guard !ids.isEmpty else { return }
        try db.execute("DELETE FROM exchange_drop_file WHERE id IN \(in: ids)")
    }

    func setTold(_ id: DropFileID) throws {
        try db.execute("UPDATE exchange_drop_file SET is_told = 1 WHERE id = \(id)")
    }

    /// A file on its way onto record.
    struct New {
        let partner: PartnerID
        let direction: DropFile.Direction
        let name: String
        var dataset: FeedDataset?
        let path: OrganisationPath
        var sm3 = ""
        var size = 0
        let state: DropFile.State
        var batch = ""
        var isFull = false
        var message = ""
    }

    @discardableResult
    func insert(_ new: New, now: Timestamp) throws -> DropFileID {
        let id = DropFileID.new()
        try db.execute(
            """
            INSERT INTO exchange_drop_file (id, partner_id, direction, name, dataset, organisation_path, sm3, size,
                state, batch, count_new, count_changed, count_unchanged, count_doubtful, count_refused, count_cells,
                digest, rows_told, is_full, message, is_told, seen_at, decided_by, undone_by)
            VALUES (\(id), \(new.partner), \(new.direction), \(new.name), \(new.dataset?.rawValue ?? ""), \(new.path),
                \(new.sm3), \(new.size), \(new.state), \(new.batch), 0, 0, 0, 0, 0, 0, '', 0, \(new.isFull),
                \(new.message), 0, \(now), '', '')
            """)
        return id
    }

    /// Makes an entry that was refused into what the file is to become now.
    func renew(_ id: DropFileID, as new: New) throws {
        try db.execute(
            """
            UPDATE exchange_drop_file SET dataset = \(new.dataset?.rawValue ?? ""), organisation_path = \(new.path),
                size = \(new.size), state = \(new.state), batch = \(new.batch), message = \(new.message), is_told = 0
            WHERE id = \(id) AND state = 'refused'
            """)
    }

    /// The conditional update is the lock. Returns whether this call moved the file.
    func move(
        _ id: DropFileID, from states: [DropFile.State], to state: DropFile.State, message: String = ""
    ) throws -> Bool {
        try db.change(
            """
            UPDATE exchange_drop_file SET state = \(state), message = \(message), is_told = 0
            WHERE id = \(id) AND state IN \(in: states)
            """) == 1
    }

    /// What both kinds of intake keep alike.
    var ledger: IntakeLedger { IntakeLedger(db: db, table: "exchange_drop_file") }

    func setRecorded(_ id: DropFileID, sm3: String, size: Int, rows: Int) throws -> Bool {
        try db.change(
            """
            UPDATE exchange_drop_file SET state = 'recorded', sm3 = \(sm3), size = \(size), rows_told = \(rows)
            WHERE id = \(id) AND state IN ('writing', 'recorded')
            """) == 1
    }

    /// Makes a file that was begun one with everything.
    func setFull(_ id: DropFileID) throws {
        try db.execute("UPDATE exchange_drop_file SET is_full = 1 WHERE id = \(id)")
    }
}
