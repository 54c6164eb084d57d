import Kernel

/// A statement whose interpolated values are bound, never pasted: `"SELECT name FROM school WHERE id = \(id)"`.
/// Another `SQL` interpolates as a fragment with its own values. The text is the same for both databases.
package struct SQL: ExpressibleByStringInterpolation, Sendable {
    /// Text between the values; one more than there are values.
    private(set) var pieces: [String]
    private(set) var values: [DatabaseValue]
    /// The whole text, where it was put together before; such a statement is no fragment of another.
    private var whole: String?

    package init(stringLiteral text: String) {
        pieces = [text]
        values = []
    }

    package init(stringInterpolation: StringInterpolation) {
        pieces = stringInterpolation.pieces
        values = stringInterpolation.values
    }

    /// A statement whose text, with its marks, was put together before.
    init(whole text: String, _ values: [DatabaseValue]) {
        (pieces, self.values, whole) = ([], values, text)
    }

    /// Text made by this module: schema statements and the like.
    init(trusted text: String) {
        pieces = [text]
        values = []
    }

    package static let empty = SQL(trusted: "")

    /// The statement with `$1 … $n` where the values go; both databases take these marks.
    var text: String {
        if let whole { return whole }
        if values.isEmpty { return pieces[0] }
        var text = ""
        text.reserveCapacity(pieces.reduce(values.count * 3) { $0 + $1.utf8.count })
        for index in pieces.indices {
            text += pieces[index]
            if index < values.count { text += "$\(index + 1)" }
        }
        return text
    }

    package static func + (a: SQL, b: SQL) -> SQL { "\(a)\(b)" }

    /// Fragments with a separator between, `a AND b`.
    package static func joined(_ parts: [SQL], _ separator: StaticString) -> SQL {
        var interpolation = StringInterpolation(literalCapacity: 0, interpolationCount: 0)
        for (index, part) in parts.enumerated() {
            if index > 0 { interpolation.appendLiteral(separator.description) }
            interpolation.appendInterpolation(part)
        }
        return SQL(stringInterpolation: interpolation)
    }

    /// `INSERT INTO table VALUES ($1, $2), ($3, $4)`: the text for so many rows.
    static func inserting(into table: String, width: Int, rows: Int) -> String {
        var text = "INSERT INTO \(table) VALUES "
        text.reserveCapacity(table.utf8.count + 24 + rows * width * 8)
        for row in 0..<rows {
            text += row > 0 ? ", (" : "("
            for column in 0..<width {
                if column > 0 { text += ", " }
                text += "$"
                text += String(row * width + column + 1)
            }
            text += ")"
        }
        return text
    }

    /// The rows whose organisation path lies in the scope, as index ranges.
    package static func within(_ scope: DataScope, _ column: SQL) -> SQL {
        if scope.isEmpty { return "(1 = 0)" }
        if scope.roots.first?.text.isEmpty == true { return "(1 = 1)" }
        let ranges = scope.roots.map { "(\(column) >= \($0) AND \(column) < \($0.end))" as SQL }
        return "(\(SQL.joined(ranges, " OR ")))"
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        var pieces = [""]
        var values: [DatabaseValue] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            values.reserveCapacity(interpolationCount)
        }
        package mutating func appendLiteral(_ text: String) { pieces[pieces.count - 1] += text }
        package mutating func appendInterpolation(_ value: some Column) { bind(value.databaseValue) }
        package mutating func appendInterpolation<C: Column>(_ value: C?) { bind(value.databaseValue) }
        package mutating func appendInterpolation(_ value: DatabaseValue) { bind(value) }
        package mutating func appendInterpolation(_ fragment: SQL) {
            pieces[pieces.count - 1] += fragment.pieces[0]
            for (index, value) in fragment.values.enumerated() {
                bind(value)
                pieces[pieces.count - 1] += fragment.pieces[index + 1]
            }
        }
        /// `id IN \(in: ids)`. Padded to a power of two, so a handful of texts serve all lengths; an empty list matches nothing.
        package mutating func appendInterpolation<C: Column>(in list: [C]) {
            guard let last = list.last else { return appendLiteral("(NULL)") }
            var padded = list.map(\.databaseValue)
            var size = 1
            while size < padded.count { size *= 2 }
            padded += Array(repeating: last.databaseValue, count: size - padded.count)
            appendLiteral("(")
            for (index, value) in padded.enumerated() {
                if index > 0 { appendLiteral(", ") }
                bind(value)
            }
            appendLiteral(")")
        }

        private mutating func bind(_ value: DatabaseValue) {
            values.append(value)
            pieces.append("")
        }
    }
}
