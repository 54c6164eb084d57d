import Kernel

package enum Dialect: String, Sendable { case sqlite, postgres }

/// One connection, used by one body at a time. Bodies given to `Database.read` and `.write` get it and use it only inside.
///
/// What is generic over the rows' type is inlinable here and in `Row` and `Column`, so that the calling module makes its
/// own copy for its type; shared copies would look up type metadata for every column of every row.
package class Connection {
    package let dialect: Dialect
    private struct InsertShape: Hashable { let table: String, width: Int, rows: Int }
    private var insertTexts: [InsertShape: String] = [:]
    private var insertBytes = 0
    private static let mostInsertBytes = 1 << 20

    init(dialect: Dialect) { self.dialect = dialect }

    /// Runs the statement and hands over each row; returns how many rows it changed.
    @discardableResult @usableFromInline
    func run(_ sql: SQL, _ body: (borrowing Row) throws -> Void) throws -> Int {
        preconditionFailure("a driver runs statements")
    }
    /// Statements without values, possibly several, as in migrations.
    func script(_ text: String) throws { preconditionFailure("a driver runs scripts") }
    /// Begins a transaction whose statements see one state of the data.
    func beginSnapshot() throws { preconditionFailure("a driver runs snapshots") }
    func endSnapshot() throws { preconditionFailure("a driver runs snapshots") }
    /// Stops what is running; called from another thread.
    func interrupt() {}
    /// Whether a transaction is open as the server sees it.
    var isInTransaction: Bool { false }
    /// Whether the connection can serve the next body.
    var isUsable: Bool { true }

    package func execute(_ sql: SQL) throws { try run(sql) { _ in } }

    /// Runs a change and returns how many rows it touched: the conditional update is the lock.
    package func change(_ sql: SQL) throws -> Int { try run(sql) { _ in } }

    @inlinable package func each(_ sql: SQL, _ body: (borrowing Row) throws -> Void) throws { try run(sql, body) }

    @inlinable package func rows<T>(_ sql: SQL, _ make: (borrowing Row) throws -> T) throws -> [T] {
        var all: [T] = []
        try run(sql) { all.append(try make($0)) }
        return all
    }

    @inlinable package func first<T>(_ sql: SQL, _ make: (borrowing Row) throws -> T) throws -> T? {
        var found: T?
        try run(sql) { row in if found == nil { found = try make(row) } }
        return found
    }

    /// The first column of all rows.
    @inlinable package func column<C: Column>(_ sql: SQL, as type: C.Type = C.self) throws -> [C] {
        try rows(sql) { try $0.get(0) }
    }

    /// The first column of the first row; `nil` without a row and for NULL, which is what `MAX` of nothing gives.
    @inlinable package func value<C: Column>(_ sql: SQL, as type: C.Type = C.self) throws -> C? {
        let found: C?? = try first(sql) { row -> C? in row.isNull(0) ? nil : try row.get(0, as: C.self) }
        return found ?? nil
    }

    /// Many rows in few statements. `table` names the table and its columns: `"audit_entry (id, at)"`.
    package func insert(into table: SQL, rows: [[DatabaseValue]]) throws {
        guard let width = rows.first?.count, width > 0 else { return }
        guard table.values.isEmpty, rows.allSatisfy({ $0.count == width }) else {
            throw DatabaseError.ruleViolation("rows of different width")
        }
        let most = min(200, 30_000 / width), name = table.text
        var start = 0
        while start < rows.count {
            let some = rows[start..<(start + Connection.portion(of: rows.count - start, most: most))]
            start += some.count
            var values: [DatabaseValue] = []
            values.reserveCapacity(some.count * width)
            for row in some { values += row }
            try execute(SQL(whole: insertText(InsertShape(table: name, width: width, rows: some.count)), values))
        }
    }

    /// As many rows as one statement takes, and of what is left a power of two: a score of texts serves all lengths, so that
    /// statements stay prepared. A few rows go at once.
    private static func portion(of rest: Int, most: Int) -> Int {
        if rest >= most { return most }
        return rest < 16 ? rest : 1 << (Int.bitWidth - 1 - rest.leadingZeroBitCount)
    }

    /// To put the text of hundreds of rows together takes as long as to write them.
    private func insertText(_ shape: InsertShape) -> String {
        if let known = insertTexts[shape] { return known }
        let text = SQL.inserting(into: shape.table, width: shape.width, rows: shape.rows)
        insertBytes += text.utf8.count
        if insertBytes > Connection.mostInsertBytes { (insertTexts, insertBytes) = ([:], text.utf8.count) }
        insertTexts[shape] = text
        return text
    }

    /// A savepoint: when the body throws, what it did is undone and the surrounding transaction goes on.
    package func attempt<T>(_ body: () throws -> T) throws -> T {
        try script("SAVEPOINT attempt")
        do {
            let value = try body()
            try script("RELEASE SAVEPOINT attempt")
            return value
        } catch {
            if isInTransaction { try script("ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt") }
            throw error
        }
    }
}
