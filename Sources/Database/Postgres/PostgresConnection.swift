import CPostgres
import Kernel

/// A blocking libpq connection. Statements are prepared once per connection and kept under a name.
final class PostgresConnection: Connection {
    private let handle: OpaquePointer
    private var statements: [String: String] = [:]
    private static let cacheLimit = 256

    init(conninfo: String) throws {
        guard let handle = PQconnectdb(conninfo) else { throw DatabaseError.connectionLost("out of memory") }
        self.handle = handle
        super.init(dialect: .postgres)
        guard PQstatus(handle) == CONNECTION_OK else {
            throw DatabaseError.connectionLost(String(cString: PQerrorMessage(handle)))
        }
        // The default receiver prints notices to standard error.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        try script("SET client_encoding = 'UTF8'; SET timezone = 'UTC'; SET bytea_output = 'hex'")
    }

    deinit { PQfinish(handle) }

    override var isUsable: Bool { PQstatus(handle) == CONNECTION_OK }
    override var isInTransaction: Bool {
        let status = PQtransactionStatus(handle)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    override func interrupt() {
        guard let cancel = PQgetCancel(handle) else { return }
        var text = [CChar](repeating: 0, count: 256)
        PQcancel(cancel, &text, 256)
        PQfreeCancel(cancel)
    }

    override func script(_ text: String) throws {
        guard let result = PQexec(handle, text) else { throw lost() }
        defer { PQclear(result) }
        try check(result)
        // COMMIT of a transaction that failed before answers ROLLBACK without an error.
        if text == "COMMIT", String(cString: PQcmdStatus(result)) == "ROLLBACK" {
            throw DatabaseError.other(code: "25P02", message: "the transaction had failed before its end")
        }
    }

    override func beginSnapshot() throws { try script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") }
    override func endSnapshot() throws { try script("ROLLBACK") }

    override func run(_ sql: SQL, _ body: (borrowing Row) throws -> Void) throws -> Int {
        let name = try prepared(sql)
        var buffers: [UnsafeMutablePointer<CChar>?] = []
        buffers.reserveCapacity(sql.values.count)
        defer { for buffer in buffers { buffer?.deallocate() } }
        for value in sql.values { buffers.append(try PostgresConnection.parameter(value)) }
        let pointers = buffers.map { UnsafePointer($0) }
        guard let result = PQexecPrepared(handle, name, Int32(pointers.count), pointers, nil, nil, 0) else {
            throw lost()
        }
        defer { PQclear(result) }
        try check(result)
        for row in 0..<PQntuples(result) { try body(Row(source: .postgres(result, row: row))) }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    /// Prepared per text and kinds of values, so that `$1` has a type even where the statement alone does not give one.
    private func prepared(_ sql: SQL) throws -> String {
        let text = sql.text
        let key = sql.values.isEmpty ? text : text + "\u{1}" + String(sql.values.map(PostgresConnection.letter))
        if let name = statements[key] { return name }
        if statements.count >= PostgresConnection.cacheLimit {
            try script("DEALLOCATE ALL")
            statements.removeAll()
        }
        let name = "s\(statements.count)"
        let types = sql.values.map(PostgresConnection.type)
        guard let result = PQprepare(handle, name, text, Int32(types.count), types) else { throw lost() }
        defer { PQclear(result) }
        try check(result)
        statements[key] = name
        return name
    }

    private static func letter(_ value: DatabaseValue) -> Character {
        switch value {
        case .null: "n"
        case .integer: "i"
        case .real: "r"
        case .text: "t"
        case .blob: "b"
        }
    }

    /// Object identifiers of `pg_type`; 0 lets the server infer.
    private static func type(_ value: DatabaseValue) -> Oid {
        switch value {
        case .null: 0
        case .integer: 20
        case .real: 701
        case .text: 25
        case .blob: 17
        }
    }

    /// The value in text form as a C string. A NUL would cut it silently, so it is refused.
    private static func parameter(_ value: DatabaseValue) throws -> UnsafeMutablePointer<CChar>? {
        switch value {
        case .null: return nil
        case .integer(let number): return cString(String(number).utf8)
        case .real(let number): return cString("\(number)".utf8)
        case .text(let text):
            if text.utf8.contains(0) { throw DatabaseError.nulInText }
            return cString(text.utf8)
        case .blob(let bytes):
            let digits = Array("0123456789abcdef".utf8)
            var hex: [UInt8] = [0x5C, 0x78]
            hex.reserveCapacity(bytes.count * 2 + 2)
            for byte in bytes { hex += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
            return cString(hex)
        }
    }

    private static func cString(_ bytes: some Collection<UInt8>) -> UnsafeMutablePointer<CChar> {
        let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
        var index = 0
        for byte in bytes {
            buffer[index] = CChar(bitPattern: byte)
            index += 1
        }
        buffer[index] = 0
        return buffer
    }

    private func lost() -> DatabaseError { .connectionLost(String(cString: PQerrorMessage(handle))) }

    private func check(_ result: OpaquePointer) throws {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return
        default: break
        }
        if PQstatus(handle) != CONNECTION_OK { throw lost() }
        // 'C' is PG_DIAG_SQLSTATE.
        let state = PQresultErrorField(result, 0x43).map { String(cString: $0) } ?? ""
        let message = String(cString: PQresultErrorMessage(result))
        switch state {
        case "23505": throw DatabaseError.uniqueViolation(message)
        case "23503": throw DatabaseError.foreignKeyViolation(message)
        case "23502", "23514", "22003", "22P02", "22001", "42804": throw DatabaseError.ruleViolation(message)
        case "40001", "40P01", "55P03": throw DatabaseError.serializationFailure(message)
        case "53100", "53200": throw DatabaseError.full(message)
        case "57014": throw DatabaseError.interrupted
        case "57P01", "57P02", "57P03": throw DatabaseError.connectionLost(message)
        default: throw DatabaseError.other(code: state, message: message)
        }
    }
}
