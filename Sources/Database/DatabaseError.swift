/// What a database refuses, told alike for both drivers.
package enum DatabaseError: Error, Sendable, CustomStringConvertible {
    /// A UNIQUE or PRIMARY KEY rule; the text names the constraint or columns.
    case uniqueViolation(String)
    case foreignKeyViolation(String)
    /// A NOT NULL, CHECK or type rule.
    case ruleViolation(String)
    /// Another transaction got in the way; the pool has retried before this is seen.
    case serializationFailure(String)
    /// The disk or quota is full. Reads go on.
    case full(String)
    case connectionLost(String)
    /// The connection broke while the transaction was being made final: it may or may not be written.
    case outcomeUnknown(String)
    case interrupted
    /// Text with a NUL cannot be stored.
    case nulInText
    /// A column holds another type than the code expects.
    case unexpectedValue(column: Int)
    /// The queue of waiting work is full.
    case overloaded
    case closed
    case other(code: String, message: String)

    package var description: String {
        switch self {
        case .uniqueViolation(let text): "unique rule broken: \(text)"
        case .foreignKeyViolation(let text): "foreign key rule broken: \(text)"
        case .ruleViolation(let text): "rule broken: \(text)"
        case .serializationFailure(let text): "serialization failure: \(text)"
        case .full(let text): "no space: \(text)"
        case .connectionLost(let text): "connection lost: \(text)"
        case .outcomeUnknown(let text): "connection lost in the commit: \(text)"
        case .interrupted: "interrupted"
        case .nulInText: "NUL in text"
        case .unexpectedValue(let column): "unexpected value in column \(column)"
        case .overloaded: "too much waiting work"
        case .closed: "database closed"
        case .other(let code, let message): "[\(code)] \(message)"
        }
    }
}
