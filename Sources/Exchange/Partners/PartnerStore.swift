import Database
import Directory
import Kernel
import Platform

/// All SQL of partners and of what is written for them.
struct PartnerStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    private static let columns: SQL =
        """
        p.id, p.name, p.code, p.organisation_id, o.name, o.path, p.owners, p.accepts_alone, p.format, p.is_sensitive,
        p.reason, p.is_on, p.failure, p.kept_days, p.revision
        """
    private static let tables: SQL =
        "exchange_partner p JOIN directory_organisation o ON o.id = p.organisation_id"

    private static func read(_ row: borrowing Row) throws -> Partner {
        var settings = PartnerSettings()
        settings.owners = Set(
            try row.text(6).split(separator: " ").compactMap { PersonField.Owner(rawValue: String($0)) })
        (settings.acceptsAlone, settings.format) = (try row.get(7), try row.get(8))
        (settings.isSensitive, settings.reason) = (try row.get(9), try row.get(10))
        settings.keptDays = try row.get(13)
        return Partner(
            id: try row.get(0), name: try row.get(1), code: try row.get(2), organisation: try row.get(3),
            organisationName: try row.get(4), path: try row.get(5), settings: settings, isOn: try row.get(11),
            failure: try row.get(12), revision: try row.get(14))
    }

    private static func text(_ owners: Set<PersonField.Owner>) -> String {
        owners.map(\.rawValue).sorted().joined(separator: " ")
    }

    func list(within scope: DataScope) throws -> [Partner] {
        try db.rows(
            """
            SELECT \(PartnerStore.columns) FROM \(PartnerStore.tables) WHERE \(SQL.within(scope, "o.path"))
            ORDER BY p.name, p.id
            """, PartnerStore.read)
    }

    /// Throws `DomainError.notFound` outside the scope.
    func find(_ id: PartnerID, within scope: DataScope) throws -> Partner {
        let found = try db.first(
            """
            SELECT \(PartnerStore.columns) FROM \(PartnerStore.tables)
            WHERE p.id = \(id) AND \(SQL.within(scope, "o.path"))
            """, PartnerStore.read)
        guard let found else { throw DomainError.notFound }
        return found
    }

    func isTaken(code: String) throws -> Bool {
        try db.value("SELECT COUNT(*) FROM exchange_partner WHERE code = \(code)", as: Int.self) ?? 0 > 0
    }

    func insert(
        _ id: PartnerID, name: String, code: String, organisation: OrganisationID, _ settings: PartnerSettings,
        by author: String, at now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO exchange_partner (id, name, code, organisation_id, owners, accepts_alone, format, is_sensitive,
                reason, kept_days, is_on, busy_until, failure, created_at, created_by, revision)
            VALUES (\(id), \(name), \(code), \(organisation), \(PartnerStore.text(settings.owners)),
                \(settings.acceptsAlone), \(settings.format), \(settings.isSensitive), \(settings.reason),
                \(settings.keptDays), 1, 0, '', \(now), \(author), 1)
            """)
    }

    /// `false` when the settings are no longer those of the revision.
    func change(_ id: PartnerID, name: String, _ settings: PartnerSettings, since revision: Int) throws -> Bool {
        try db.change(
            """
            UPDATE exchange_partner SET name = \(name), owners = \(PartnerStore.text(settings.owners)),
                accepts_alone = \(settings.acceptsAlone), format = \(settings.format),
                is_sensitive = \(settings.isSensitive), reason = \(settings.reason),
                kept_days = \(settings.keptDays), revision = revision + 1
            WHERE id = \(id) AND revision = \(revision)
            """) == 1
    }

    func setOn(_ isOn: Bool, _ id: PartnerID) throws {
        try db.execute(
            "UPDATE exchange_partner SET is_on = \(isOn), failure = '' WHERE id = \(id)")
    }

    func setFailure(_ failure: String, _ id: PartnerID) throws {
        try db.execute(
            "UPDATE exchange_partner SET failure = \(failure) WHERE id = \(id) AND failure <> \(failure)")
    }

    /// Takes the partner's folder for so many seconds; `false` while another server has it.
    func seize(_ id: PartnerID, by worker: String, for seconds: Int64, now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE exchange_partner SET busy_until = \(now.adding(seconds: seconds)), busy_by = \(worker)
            WHERE id = \(id) AND busy_until <= \(now)
            """) == 1
    }

    /// Only who has the folder gives it back.
    func release(_ id: PartnerID, by worker: String) throws {
        try db.execute("UPDATE exchange_partner SET busy_until = 0 WHERE id = \(id) AND busy_by = \(worker)")
    }

    /// `false` when another server has taken the folder meanwhile.
    func hold(_ id: PartnerID, by worker: String, for seconds: Int64, now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE exchange_partner SET busy_until = \(now.adding(seconds: seconds))
            WHERE id = \(id) AND busy_by = \(worker)
            """) == 1
    }

    // What is written for a partner

    func datasets(of id: PartnerID) throws -> [PartnerDataset] {
        let known = try db.rows(
            """
            SELECT dataset, rhythm, due_at, is_full, feed_cursor, written_at FROM exchange_partner_dataset
            WHERE partner_id = \(id)
            """
        ) { row in
            PartnerDataset(
                dataset: try row.get(0), rhythm: try row.get(1), due: try row.get(2), isFull: try row.get(3),
                cursor: try row.get(4), writtenAt: try row.get(5))
        }
        return FeedDataset.allCases.map { dataset in
            known.first { $0.dataset == dataset }
                ?? PartnerDataset(
                    dataset: dataset, rhythm: .never, due: nil, isFull: false, cursor: 0, writtenAt: nil)
        }
    }

    func set(_ rhythm: DropRhythm, of dataset: FeedDataset, for id: PartnerID, now: Timestamp) throws {
        let due: Timestamp? = rhythm == .never ? nil : now
        try db.execute(
            """
            INSERT INTO exchange_partner_dataset (partner_id, dataset, rhythm, due_at, is_full, feed_cursor)
            VALUES (\(id), \(dataset), \(rhythm), \(due), 0, 0)
            ON CONFLICT (partner_id, dataset) DO UPDATE SET rhythm = excluded.rhythm, due_at = excluded.due_at
            WHERE exchange_partner_dataset.rhythm <> excluded.rhythm
            """)
    }

    /// Has the data set written at the next look.
    func order(_ dataset: FeedDataset, isFull: Bool, for id: PartnerID, now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO exchange_partner_dataset (partner_id, dataset, rhythm, due_at, is_full, feed_cursor)
            VALUES (\(id), \(dataset), 'never', \(now), \(isFull), 0)
            ON CONFLICT (partner_id, dataset) DO UPDATE SET due_at = excluded.due_at, is_full = excluded.is_full
            """)
    }

    /// After a file, or after it turned out that there was nothing to write. What was ordered meanwhile is still to come.
    func advance(_ dataset: PartnerDataset, to cursor: Int, for id: PartnerID, wrote: Bool, now: Timestamp) throws {
        let written: SQL = wrote ? ", written_at = \(now)" : ""
        try db.execute(
            """
            UPDATE exchange_partner_dataset SET feed_cursor = \(cursor)\(written)
            WHERE partner_id = \(id) AND dataset = \(dataset.dataset)
            """)
        try db.execute(
            """
            UPDATE exchange_partner_dataset SET is_full = 0, due_at = \(dataset.rhythm.next(after: now))
            WHERE partner_id = \(id) AND dataset = \(dataset.dataset) AND due_at = \(dataset.due)
                AND is_full = \(dataset.isFull)
            """)
    }
}
