import Kernel

/// A value on its way into a statement.
@usableFromInline package enum DatabaseValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// A Swift type that stands in one column. Everything is stored in four kinds: TEXT, INTEGER, REAL and BLOB.
@usableFromInline package protocol Column {
    var databaseValue: DatabaseValue { get }
    /// Throws `DatabaseError.unexpectedValue` when the column holds something else.
    init(_ row: borrowing Row, _ index: Int) throws
}

extension String: Column {
    @inlinable package var databaseValue: DatabaseValue { .text(self) }
    @inlinable package init(_ row: borrowing Row, _ index: Int) throws { self = try row.text(index) }
}

extension Int64: Column {
    @inlinable package var databaseValue: DatabaseValue { .integer(self) }
    @inlinable package init(_ row: borrowing Row, _ index: Int) throws { self = try row.integer(index) }
}

extension Int: Column {
    @inlinable package var databaseValue: DatabaseValue { .integer(Int64(self)) }
    @inlinable package init(_ row: borrowing Row, _ index: Int) throws { self = Int(try row.integer(index)) }
}

extension Double: Column {
    @inlinable package var databaseValue: DatabaseValue { .real(self) }
    @inlinable package init(_ row: borrowing Row, _ index: Int) throws { self = try row.real(index) }
}

/// Stored as 0 or 1.
extension Bool: Column {
    @inlinable package var databaseValue: DatabaseValue { .integer(self ? 1 : 0) }
    @inlinable package init(_ row: borrowing Row, _ index: Int) throws { self = try row.integer(index) != 0 }
}

extension [UInt8]: Column {
    @inlinable package var databaseValue: DatabaseValue { .blob(self) }
    @inlinable package init(_ row: borrowing Row, _ index: Int) throws { self = try row.blob(index) }
}

extension Optional: Column where Wrapped: Column {
    @inlinable package var databaseValue: DatabaseValue { self?.databaseValue ?? .null }
    @inlinable package init(_ row: borrowing Row, _ index: Int) throws {
        self = row.isNull(index) ? nil : try Wrapped(row, index)
    }
}

extension ID: Column {
    @inlinable package var databaseValue: DatabaseValue { .text(rawValue) }
    @inlinable package init(_ row: borrowing Row, _ index: Int) throws { self.init(try row.text(index)) }
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
        guard let date = try row.withText(index, { LocalDate(iso: $0) }) else {
            throw DatabaseError.unexpectedValue(column: index)
        }
        self = date
    }
}

extension OrganisationPath: Column {
    package var databaseValue: DatabaseValue { .text(text) }
    package init(_ row: borrowing Row, _ index: Int) throws { self.init(try row.text(index)) }
}

/// An enumeration stored by its raw text or number: `enum Status: String, Column { … }`.
extension Column where Self: RawRepresentable, RawValue: Column {
    @inlinable package var databaseValue: DatabaseValue { rawValue.databaseValue }
    @inlinable package init(_ row: borrowing Row, _ index: Int) throws {
        guard let value = Self(rawValue: try RawValue(row, index)) else {
            throw Row.unexpectedValue(index)
        }
        self = value
    }
}
