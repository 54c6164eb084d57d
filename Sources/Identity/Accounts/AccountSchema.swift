enum AccountSchema {
    static let statements = [
        """
        CREATE TABLE identity_account (
            id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL UNIQUE REFERENCES directory_person (id),
            login_name TEXT NOT NULL UNIQUE, password_hash TEXT NOT NULL, must_change_password INTEGER NOT NULL,
            password_changed_at INTEGER NOT NULL, state TEXT NOT NULL, last_sign_in_at INTEGER,
            last_sign_in_address TEXT NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL,
            CHECK (state IN ('active', 'suspended', 'closed')), CHECK (must_change_password IN (0, 1)))
        """,
        """
        CREATE TABLE identity_grant (
            id TEXT NOT NULL PRIMARY KEY, account_id TEXT NOT NULL REFERENCES identity_account (id), role TEXT NOT NULL,
            organisation_id TEXT NOT NULL REFERENCES directory_organisation (id), valid_from TEXT NOT NULL, valid_to TEXT,
            created_at INTEGER NOT NULL, created_by TEXT NOT NULL)
        """,
        "CREATE INDEX identity_grant_account ON identity_grant (account_id, valid_from)",
        "CREATE INDEX identity_grant_organisation ON identity_grant (organisation_id, account_id)",
        """
        CREATE TABLE identity_password_history (
            id TEXT NOT NULL PRIMARY KEY, account_id TEXT NOT NULL REFERENCES identity_account (id),
            password_hash TEXT NOT NULL)
        """,
        "CREATE INDEX identity_password_history_account ON identity_password_history (account_id, id)",
    ]

    /// When the account was last taken out of suspension; from then on its holder has time to use it again.
    /// Which rights ended because people left a school together, so that they can be given back.
    static let leavings = [
        """
        CREATE TABLE identity_grant_leaving (
            grant_id TEXT NOT NULL REFERENCES identity_grant (id), at INTEGER NOT NULL, ended_on TEXT NOT NULL,
            was_until TEXT, PRIMARY KEY (grant_id, at))
        """
    ]

    /// By what beginnings an account is found, made from names and login names and made anew from them at any time; and in
    /// which order accounts were last used.
    static let index = [
        """
        CREATE TABLE identity_account_entry (
            number INTEGER NOT NULL PRIMARY KEY, account_id TEXT NOT NULL UNIQUE REFERENCES identity_account (id),
            name TEXT NOT NULL, initials TEXT NOT NULL, login_name TEXT NOT NULL)
        """,
        "CREATE TABLE identity_account_term (term TEXT NOT NULL, initials TEXT NOT NULL, entry INTEGER NOT NULL)",
        "CREATE UNIQUE INDEX identity_account_term_term ON identity_account_term (term, initials, entry)",
        // Up to where changes of names have been taken over.
        """
        CREATE TABLE identity_account_cursor (
            source TEXT NOT NULL PRIMARY KEY, changed_at INTEGER NOT NULL, id TEXT NOT NULL)
        """,
        "CREATE INDEX identity_account_last ON identity_account ((COALESCE(last_sign_in_at, 0)), id)",
    ]

    static let resumption = ["ALTER TABLE identity_account ADD COLUMN resumed_at INTEGER"]
}
