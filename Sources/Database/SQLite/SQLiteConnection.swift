import CSQLite
import Kernel

/// A connection to a SQLite file. Write connections begin with `BEGIN IMMEDIATE`: a deferred transaction that turns to
/// writing fails at once with SQLITE_BUSY_SNAPSHOT, whatever the busy timeout.
final class SQLiteConnection: Connection {
    private let handle: OpaquePointer
    private var statements: [String: OpaquePointer] = [:]
    private static let cacheLimit = 256
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(path: String, use: ConnectionUse, synchronous: SQLiteSynchronous) throws {
        let isReadOnly = use != .writes
        var handle: OpaquePointer?
        let flags =
            (isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK, let handle else {
            let text = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "cannot open"
            sqlite3_close_v2(handle)
            throw DatabaseError.connectionLost("\(path): \(text)")
        }
        self.handle = handle
        super.init(dialect: .sqlite)
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 10_000)
        if !isReadOnly { try script("PRAGMA journal_mode = WAL; PRAGMA synchronous = \(synchronous.rawValue)") }
        // A large transaction that does not fit the cache writes its pages again and again. Pages are mapped where each
        // read takes few of them; whoever goes through the whole file would hold all of it.
        let cache = use == .writes ? 32_000 : 8_000, mapped = use == .shortReads ? 134_217_728 : 0
        try script(
            """
            PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -\(cache); PRAGMA mmap_size = \(mapped);
            PRAGMA journal_size_limit = 67108864; PRAGMA trusted_schema = OFF
            """)
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    override var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }
    override func interrupt() { sqlite3_interrupt(handle) }

    override func script(_ text: String) throws {
        let code = sqlite3_exec(handle, text, nil, nil, nil)
        if code != SQLITE_OK { throw failure(code) }
    }

    // As statements of the cache: `script` would parse them anew each time.
    override func beginSnapshot() throws { try execute("BEGIN") }
    override func endSnapshot() throws { try execute("COMMIT") }

    override func run(_ sql: SQL, _ body: (borrowing Row) throws -> Void) throws -> Int {
        let (statement, isCached) = try prepared(sql.text)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
            if !isCached { sqlite3_finalize(statement) }
        }
        for (index, value) in sql.values.enumerated() { try bind(value, to: statement, at: Int32(index + 1)) }
        var hasRows = false
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                hasRows = true
                try body(Row(source: .sqlite(statement)))
            case SQLITE_DONE:
                return hasRows && sqlite3_stmt_readonly(statement) != 0 ? 0 : Int(sqlite3_changes(handle))
            case let code: throw failure(code)
            }
        }
    }

    /// The statement from the cache. One that is being stepped (a body that runs SQL for each row of an outer statement)
    /// is neither handed out again nor thrown out of the cache.
    private func prepared(_ text: String) throws -> (statement: OpaquePointer, isCached: Bool) {
        let known = statements[text]
        if let known, sqlite3_stmt_busy(known) == 0 { return (known, true) }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw failure(code) }
        if known != nil { return (statement, false) }
        if statements.count >= SQLiteConnection.cacheLimit {
            for (text, old) in statements where sqlite3_stmt_busy(old) == 0 {
                sqlite3_finalize(old)
                statements[text] = nil
            }
        }
        statements[text] = statement
        return (statement, true)
    }

    private func bind(_ value: DatabaseValue, to statement: OpaquePointer, at index: Int32) throws {
        let code: Int32
        switch value {
        case .null: code = sqlite3_bind_null(statement, index)
        case .integer(let number): code = sqlite3_bind_int64(statement, index, number)
        case .real(let number): code = sqlite3_bind_double(statement, index, number)
        case .text(var text):
            code = try text.withUTF8 { bytes in
                if bytes.contains(0) { throw DatabaseError.nulInText }
                guard let start = bytes.baseAddress else {
                    return sqlite3_bind_text(statement, index, "", 0, SQLiteConnection.transient)
                }
                return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                    sqlite3_bind_text(statement, index, $0, Int32(bytes.count), SQLiteConnection.transient)
                }
            }
        case .blob(let bytes):
            code = bytes.withUnsafeBytes { raw in
                guard let start = raw.baseAddress else { return sqlite3_bind_zeroblob(statement, index, 0) }
                return sqlite3_bind_blob64(statement, index, start, UInt64(raw.count), SQLiteConnection.transient)
            }
        }
        if code != SQLITE_OK { throw failure(code) }
    }

    private func failure(_ code: Int32) -> DatabaseError {
        let message = String(cString: sqlite3_errmsg(handle))
        switch code {
        case SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID:
            return .uniqueViolation(message)
        case SQLITE_CONSTRAINT_FOREIGNKEY: return .foreignKeyViolation(message)
        default: break
        }
        switch code & 0xFF {
        case SQLITE_CONSTRAINT, SQLITE_MISMATCH: return .ruleViolation(message)
        case SQLITE_FULL: return .full(message)
        case SQLITE_BUSY, SQLITE_LOCKED: return .serializationFailure(message)
        case SQLITE_INTERRUPT: return .interrupted
        case SQLITE_IOERR where code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_FSYNC: return .full(message)
        case SQLITE_CANTOPEN, SQLITE_NOTADB, SQLITE_CORRUPT: return .connectionLost(message)
        default: return .other(code: "sqlite \(code)", message: message)
        }
    }
}

/// `FULL` keeps an acknowledged write through power loss; `OFF` is for throw-away test databases.
package enum SQLiteSynchronous: String, Sendable { case full = "FULL", normal = "NORMAL", off = "OFF" }

// Codes that the C header spells as expressions, which Swift does not import.
private let SQLITE_CONSTRAINT_UNIQUE = SQLITE_CONSTRAINT | (8 << 8)
private let SQLITE_CONSTRAINT_PRIMARYKEY = SQLITE_CONSTRAINT | (6 << 8)
private let SQLITE_CONSTRAINT_ROWID = SQLITE_CONSTRAINT | (10 << 8)
private let SQLITE_CONSTRAINT_FOREIGNKEY = SQLITE_CONSTRAINT | (3 << 8)
private let SQLITE_IOERR_WRITE = SQLITE_IOERR | (3 << 8)
private let SQLITE_IOERR_FSYNC = SQLITE_IOERR | (4 << 8)
