import Kernel

/// A value on its way into a statement.
package enum DatabaseValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// A Swift type that stands in one column. Everything is stored in four kinds: TEXT, INTEGER, REAL and BLOB.
package protocol Column {
    var databaseValue: DatabaseValue { get }
    /// Throws `DatabaseError.unexpectedValue` when the column holds something else.
    init(_ row: borrowing Row, _ index: Int) throws
}

extension String: Column {
    package var databaseValue: DatabaseValue { .text(self) }
    package init(_ row: borrowing Row, _ index: Int) throws { self = try row.text(index) }
}

extension Int64: Column {
    package var databaseValue: DatabaseValue { .integer(self) }
    package init(_ row: borrowing Row, _ index: Int) throws { self = try row.integer(index) }
}

extension Int: Column {
    package var databaseValue: DatabaseValue { .integer(Int64(self)) }
    package init(_ row: borrowing Row, _ index: Int) throws { self = Int(try row.integer(index)) }
}

extension Double: Column {
    package var databaseValue: DatabaseValue { .real(self) }
    package init(_ row: borrowing Row, _ index: Int) throws { self = try row.real(index) }
}

/// Stored as 0 or 1.
extension Bool: Column {
    package var databaseValue: DatabaseValue { .integer(self ? 1 : 0) }
    package init(_ row: borrowing Row, _ index: Int) throws { self = try row.integer(index) != 0 }
}

extension [UInt8]: Column {
    package var databaseValue: DatabaseValue { .blob(self) }
    package init(_ row: borrowing Row, _ index: Int) throws { self = try row.blob(index) }
}

extension Optional: Column where Wrapped: Column {
    package var databaseValue: DatabaseValue { self?.databaseValue ?? .null }
    package init(_ row: borrowing Row, _ index: Int) throws {
        self = row.isNull(index) ? nil : try Wrapped(row, index)
    }
}

extension ID: Column {
    package var databaseValue: DatabaseValue { .text(rawValue) }
    package init(_ row: borrowing Row, _ index: Int) throws { self.init(try row.text(index)) }
}

/// UTC milliseconds.
extension Timestamp: Column {
    package var databaseValue: DatabaseValue { .integer(milliseconds) }
    package init(_ row: borrowing Row, _ index: Int) throws { self.init(milliseconds: try row.integer(index)) }
}

/// ISO text.
extension LocalDate: Column {
    package var databaseValue: DatabaseValue { .text(iso) }
    package init(_ row: borrowing Row, _ index: Int) throws {
        guard let date = LocalDate(iso: try row.text(index)) else { throw DatabaseError.unexpectedValue(column: index) }
        self = date
    }
}

extension OrganisationPath: Column {
    package var databaseValue: DatabaseValue { .text(text) }
    package init(_ row: borrowing Row, _ index: Int) throws { self.init(try row.text(index)) }
}

/// An enumeration stored by its raw text or number: `enum Status: String, Column { … }`.
extension Column where Self: RawRepresentable, RawValue: Column {
    package var databaseValue: DatabaseValue { rawValue.databaseValue }
    package init(_ row: borrowing Row, _ index: Int) throws {
        guard let value = Self(rawValue: try RawValue(row, index)) else {
            throw DatabaseError.unexpectedValue(column: index)
        }
        self = value
    }
}
