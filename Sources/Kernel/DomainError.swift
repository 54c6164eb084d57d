/// What rules and services throw. One place in `Web` turns it into a page or problem document; anything else is a 500.
package enum DomainError: Error, Sendable {
    /// The record does not exist, or the viewer may not know that it does (404).
    case notFound
    /// The viewer sees the record but may not do this to it (403). Never used to tell that a record exists.
    case forbidden(String)
    /// The state has moved on: someone was faster, or the deed was done before (409). The text is shown.
    case conflict(String)
    /// Input that breaks rules; each problem names its field (422).
    case invalid([FieldProblem])
    /// Nothing wrong with the request; the server cannot take it now (503), for example a full disk. The text is shown.
    case unavailable(String)
    /// Nobody can say whether the deed was done: the database was lost in the moment of saving (503). The same form sent
    /// again is done once. The text is shown.
    case uncertain(String)

    package static func invalid(_ field: String, _ message: String) -> DomainError {
        .invalid([FieldProblem(field: field, message: message)])
    }
}

/// One broken rule of one form field or cell.
package struct FieldProblem: Sendable, Equatable {
    /// The field's name as in the form or the API; empty for a problem of the whole form.
    package let field: String
    /// What is wrong and what to do, in Chinese.
    package let message: String

    package init(field: String, message: String) {
        (self.field, self.message) = (field, message)
    }
}
