import Kernel
import Web

/// A refusal as RFC 7644, section 3.12, words it.
struct ScimError: Error, Equatable {
    enum Kind: String, Sendable {
        case invalidFilter, tooMany, uniqueness, mutability, invalidSyntax, invalidPath, noTarget, invalidValue
    }
    let status: Int
    let kind: Kind?
    /// For the people who run the other system; never holds personal data.
    let detail: String

    init(_ status: Int, _ kind: Kind?, _ detail: String) {
        (self.status, self.kind, self.detail) = (status, kind, detail)
    }
    init(_ status: Int, _ detail: String) { self.init(status, nil, detail) }

    static let notFound = ScimError(404, "Resource not found.")
    static func invalid(_ detail: String) -> ScimError { ScimError(400, .invalidValue, detail) }

    var response: WebResponse {
        let body = JSONValue.members([
            ("schemas", .texts(["urn:ietf:params:scim:api:messages:2.0:Error"])), ("status", .text(String(status))),
            ("scimType", kind.map { .text($0.rawValue) }), ("detail", .text(detail)),
        ])
        return .scim(body, status: status)
    }

    /// What a rule of the platform says, in the words of the protocol.
    init(_ error: DomainError) {
        switch error {
        case .notFound: self = .notFound
        case .forbidden(let text): self.init(403, text)
        case .conflict(let text): self.init(409, text)
        case .invalid(let problems): self.init(400, .invalidValue, problems.map(\.message).joined(separator: "；"))
        case .unavailable(let text), .uncertain(let text): self.init(503, text)
        }
    }
}

extension WebResponse {
    static func scim(_ value: JSONValue, status: Int = 200) -> WebResponse {
        WebResponse(
            status: status,
            headers: [("content-type", "application/scim+json; charset=utf-8"), ("cache-control", "no-store")],
            body: .bytes(value.bytes))
    }
}
