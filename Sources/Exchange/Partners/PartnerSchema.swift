enum PartnerSchema {
    /// `busy_until` and `busy_by` keep two servers from working in one folder at the same time.
    static let statements = [
        """
        CREATE TABLE exchange_partner (
            id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, code TEXT NOT NULL UNIQUE,
            organisation_id TEXT NOT NULL REFERENCES directory_organisation (id), owners TEXT NOT NULL,
            accepts_alone INTEGER NOT NULL, format TEXT NOT NULL, is_sensitive INTEGER NOT NULL, reason TEXT NOT NULL,
            is_on INTEGER NOT NULL, busy_until INTEGER NOT NULL,
            busy_by TEXT NOT NULL DEFAULT '', failure TEXT NOT NULL, created_at INTEGER NOT NULL,
            created_by TEXT NOT NULL, revision INTEGER NOT NULL, CHECK (format IN ('csv', 'xlsx')))
        """,
        """
        CREATE TABLE exchange_partner_dataset (
            partner_id TEXT NOT NULL REFERENCES exchange_partner (id), dataset TEXT NOT NULL, rhythm TEXT NOT NULL,
            due_at INTEGER, is_full INTEGER NOT NULL, feed_cursor INTEGER NOT NULL, written_at INTEGER,
            PRIMARY KEY (partner_id, dataset), CHECK (rhythm IN ('never', 'hourly', 'daily', 'weekly')))
        """,
    ]
}
