import CPostgres
import CSQLite
import Kernel

/// One row of a result, readable only while the statement stands on it. Columns are read by position.
@usableFromInline package struct Row: ~Copyable {
    enum Source {
        case sqlite(OpaquePointer)
        case postgres(OpaquePointer, row: Int32)
    }
    let source: Source

    @inlinable package func get<C: Column>(_ index: Int) throws -> C { try C(self, index) }
    @inlinable package func get<C: Column>(_ index: Int, as type: C.Type) throws -> C { try C(self, index) }

    @usableFromInline package func isNull(_ index: Int) -> Bool {
        switch source {
        case .sqlite(let statement): sqlite3_column_type(statement, Int32(index)) == SQLITE_NULL
        case .postgres(let result, let row): PQgetisnull(result, row, Int32(index)) == 1
        }
    }

    @usableFromInline package func integer(_ index: Int) throws -> Int64 {
        switch source {
        case .sqlite(let statement):
            guard sqlite3_column_type(statement, Int32(index)) == SQLITE_INTEGER else {
                throw DatabaseError.unexpectedValue(column: index)
            }
            return sqlite3_column_int64(statement, Int32(index))
        case .postgres:
            guard let number = Int64(try text(index)) else {
                throw DatabaseError.unexpectedValue(column: index)
            }
            return number
        }
    }

    @usableFromInline package func real(_ index: Int) throws -> Double {
        switch source {
        case .sqlite(let statement):
            let type = sqlite3_column_type(statement, Int32(index))
            guard type == SQLITE_FLOAT || type == SQLITE_INTEGER else {
                throw DatabaseError.unexpectedValue(column: index)
            }
            return sqlite3_column_double(statement, Int32(index))
        case .postgres:
            guard let number = Double(try text(index)) else {
                throw DatabaseError.unexpectedValue(column: index)
            }
            return number
        }
    }

    @usableFromInline package func text(_ index: Int) throws -> String {
        try withText(index) { String(decoding: $0, as: UTF8.self) }
    }

    /// The column's UTF-8 bytes, which are gone after the body.
    func withText<T>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> T) throws -> T {
        switch source {
        case .sqlite(let statement):
            guard let start = sqlite3_column_text(statement, Int32(index)) else {
                throw DatabaseError.unexpectedValue(column: index)
            }
            let count = Int(sqlite3_column_bytes(statement, Int32(index)))
            return try body(UnsafeBufferPointer(start: start, count: count))
        case .postgres(let result, let row):
            guard PQgetisnull(result, row, Int32(index)) == 0, let start = PQgetvalue(result, row, Int32(index)) else {
                throw DatabaseError.unexpectedValue(column: index)
            }
            let count = Int(PQgetlength(result, row, Int32(index)))
            return try start.withMemoryRebound(to: UInt8.self, capacity: count) {
                try body(UnsafeBufferPointer(start: $0, count: count))
            }
        }
    }

    @usableFromInline package func blob(_ index: Int) throws -> [UInt8] {
        switch source {
        case .sqlite(let statement):
            let count = Int(sqlite3_column_bytes(statement, Int32(index)))
            guard let start = sqlite3_column_blob(statement, Int32(index)) else {
                if isNull(index) { throw DatabaseError.unexpectedValue(column: index) }
                return []
            }
            return Array(UnsafeRawBufferPointer(start: start, count: count))
        case .postgres(let result, let row):
            var count = 0
            guard PQgetisnull(result, row, Int32(index)) == 0,
                let value = PQgetvalue(result, row, Int32(index)),
                let raw = PQunescapeBytea(UnsafeRawPointer(value).assumingMemoryBound(to: UInt8.self), &count)
            else { throw DatabaseError.unexpectedValue(column: index) }
            defer { PQfreemem(raw) }
            return Array(UnsafeBufferPointer(start: raw, count: count))
        }
    }

    @usableFromInline
    static func unexpectedValue(_ column: Int) -> any Error { DatabaseError.unexpectedValue(column: column) }
}
