import Web

/// A refusal in the words of the standard (`imsx_StatusInfo`). The description is for the developer of the consumer.
struct OneRosterFault: Error, Sendable, Equatable {
    let status: Int
    /// `imsx_codeMinorFieldValue`
    let code: String
    let description: String

    init(_ status: Int, _ code: String, _ description: String) {
        (self.status, self.code, self.description) = (status, code, description)
    }

    static let unknown = OneRosterFault(404, "unknownobject", "there is no such record")
    static let unauthorised = OneRosterFault(401, "unauthorisedrequest", "the access token is missing or no good")
    static let busy = OneRosterFault(429, "server_busy", "too many requests, try again in a minute")
    static func forbidden(_ description: String) -> OneRosterFault { OneRosterFault(403, "forbidden", description) }
    static func invalid(_ description: String) -> OneRosterFault { OneRosterFault(422, "invaliddata", description) }
    static func malformed(_ description: String) -> OneRosterFault { OneRosterFault(400, "invaliddata", description) }

    var response: WebResponse {
        let minor: OneRosterValue = .object([
            OneRosterMember("imsx_codeMinorFieldName", "TargetEndSystem"),
            OneRosterMember("imsx_codeMinorFieldValue", code),
        ])
        let body: OneRosterValue = .object([
            OneRosterMember("imsx_codeMajor", "failure"), OneRosterMember("imsx_severity", "error"),
            OneRosterMember("imsx_description", description),
            OneRosterMember("imsx_CodeMinor", .object([OneRosterMember("imsx_codeMinorField", .list([minor]))])),
        ])
        let answer = WebResponse.json(body.bytes, status: status).with(header: "cache-control", "no-store")
        switch status {
        case 401: return answer.with(header: "www-authenticate", "Bearer realm=\"santong\"")
        case 429: return answer.with(header: "retry-after", "60")
        default: return answer
        }
    }
}
