import Web

/// A JSON value on its way out: claims, answers of the machine doors, the discovery document. Written by hand because a
/// coder costs more than signing what it wrote.
indirect enum ClaimValue: Sendable {
    case text(String)
    case number(Int64)
    case flag(Bool)
    case list([ClaimValue])
    case object([(name: String, value: ClaimValue)])

    static func texts(_ texts: [String]) -> ClaimValue { .list(texts.map(ClaimValue.text)) }

    var json: String {
        switch self {
        case .text(let text): JSONText.quote(text)
        case .number(let number): String(number)
        case .flag(let flag): flag ? "true" : "false"
        case .list(let items): "[" + items.map(\.json).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { JSONText.quote($0.name) + ":" + $0.value.json }.joined(separator: ",") + "}"
        }
    }

    var bytes: [UInt8] { Array(json.utf8) }
}

extension WebResponse {
    /// JSON that nobody may keep (RFC 6749, section 5.1).
    static func claims(_ value: ClaimValue, status: Int = 200) -> WebResponse {
        WebResponse.json(value.bytes, status: status).with(header: "cache-control", "no-store")
            .with(header: "pragma", "no-cache")
    }
}
