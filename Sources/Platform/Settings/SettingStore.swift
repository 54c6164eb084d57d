import Database
import Kernel

enum SettingSchema {
    static let statements = [
        """
        CREATE TABLE platform_setting (
            name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, changed_at INTEGER NOT NULL, changed_by TEXT NOT NULL)
        """
    ]
}

/// The city's choices that are not in the configuration file: short texts by name, with who chose and when.
package struct SettingStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    package func all() throws -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: try db.rows("SELECT name, value FROM platform_setting ORDER BY name") {
                (try $0.text(0), try $0.text(1))
            })
    }

    /// The value of a setting inside a statement of another module; NULL when nobody has chosen.
    package static func scalar(_ name: String) -> SQL {
        "(SELECT value FROM platform_setting WHERE name = \(name))"
    }

    package func value(_ name: String) throws -> String? {
        try db.value("SELECT value FROM platform_setting WHERE name = \(name)")
    }

    package func set(_ name: String, to value: String, by actor: AuditActor, now: Timestamp = .now) throws {
        let old = try self.value(name)
        guard old != value else { return }
        try db.execute(
            """
            INSERT INTO platform_setting (name, value, changed_at, changed_by)
            VALUES (\(name), \(value), \(now), \(actor.name))
            ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at,
                changed_by = excluded.changed_by
            """)
        try AuditLog.record("setting.changed", name, by: actor, "\(old ?? "—") → \(value)", now: now, on: db)
    }
}
