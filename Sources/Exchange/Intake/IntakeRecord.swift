import Database
import Directory
import Kernel
import Web

/// What is kept alike of everything that comes in and waits for somebody's word: how its dry run came out, who decided, and
/// who took it back. Files of a folder and bundles both carry these columns.
struct IntakeDecided: Sendable {
    let decidedAt: Timestamp?
    let decidedBy: String
    let undoneAt: Timestamp?
    let undoneBy: String

    /// The columns of the table `name`, in the order in which `init` reads them.
    static func columns(_ name: SQL) -> SQL {
        "\(name).decided_at, \(name).decided_by, \(name).undone_at, \(name).undone_by"
    }

    init(_ row: borrowing Row, at column: Int) throws {
        (decidedAt, decidedBy) = (try row.get(column), try row.get(column + 1))
        (undoneAt, undoneBy) = (try row.get(column + 2), try row.get(column + 3))
    }

    /// As the pages tell it.
    var facts: [(String, HTML)] {
        var rows: [(String, HTML)] = []
        if let at = decidedAt { rows.append(("决定", HTML(text: "\(decidedBy)，\(at.text)"))) }
        if let at = undoneAt { rows.append(("撤销", HTML(text: "\(undoneBy)，\(at.text)"))) }
        return rows
    }
}

extension IntakeOutcome {
    /// The columns of the table `name`, in the order in which `init` reads them.
    static func columns(_ name: SQL) -> SQL {
        """
        \(name).count_new, \(name).count_changed, \(name).count_unchanged, \(name).count_doubtful,
        \(name).count_refused, \(name).count_cells, \(name).digest
        """
    }

    init(_ row: borrowing Row, at column: Int) throws {
        self.init()
        (new, changed, unchanged) = (try row.get(column), try row.get(column + 1), try row.get(column + 2))
        (doubtful, refused, cells) = (try row.get(column + 3), try row.get(column + 4), try row.get(column + 5))
        digest = try row.get(column + 6)
    }

    /// Rows of the dry run.
    var rows: Int { written + unchanged + doubtful + refused }
}

/// The SQL of what is kept alike.
struct IntakeLedger {
    let db: Connection
    let table: SQL

    func set(_ outcome: IntakeOutcome, _ id: some Column) throws {
        try db.execute(
            """
            UPDATE \(table) SET count_new = \(outcome.new), count_changed = \(outcome.changed),
                count_unchanged = \(outcome.unchanged), count_doubtful = \(outcome.doubtful),
                count_refused = \(outcome.refused), count_cells = \(outcome.cells), digest = \(outcome.digest)
            WHERE id = \(id)
            """)
    }

    func setDecided(_ id: some Column, by name: String, now: Timestamp) throws {
        try db.execute("UPDATE \(table) SET decided_at = \(now), decided_by = \(name) WHERE id = \(id)")
    }

    func setUndone(_ id: some Column, by name: String, now: Timestamp) throws {
        try db.execute("UPDATE \(table) SET undone_at = \(now), undone_by = \(name) WHERE id = \(id)")
    }
}
