import Kernel
import Platform

/// `resumptionToken`: where a list stands, told by the harvester itself and signed, so that nothing is kept here between two
/// requests and nobody can make one up.
struct OAIToken: Sendable {
    let crypto: any CryptoProvider

    /// Seconds that a list may be gone on with; each page gives a new token.
    static let lifetime: Int64 = 24 * 3600
    private static let purpose = "resources.oai.token"
    private static let longest = 1000

    func encode(_ list: OAIList, now: Timestamp) -> String {
        let fields = [
            "1", list.verb.rawValue, list.format.rawValue, list.from.map { String($0.milliseconds) } ?? "",
            list.until.map { String($0.milliseconds) } ?? "", list.set ?? "", list.after, String(list.cursor),
            String(list.total ?? 0), String((list.begun ?? now).milliseconds), String(now.milliseconds),
        ]
        let text = fields.joined(separator: "|")
        return Base64URL.encode(Array(text.utf8)) + "." + signature(text)
    }

    /// Throws `OAIError` for a token that is not ours, of another verb, or too old.
    func decode(_ token: String, for verb: OAIList.Verb, now: Timestamp) throws -> OAIList {
        let bad = OAIError(.badResumptionToken, "The resumptionToken is not valid or has expired.")
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= OAIToken.longest, parts.count == 2, let bytes = Base64URL.decode(parts[0]),
            let text = String(validating: bytes, as: UTF8.self), isSame(String(parts[1]), signature(text))
        else { throw bad }
        let fields = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 11, fields[0] == "1", fields[1] == verb.rawValue,
            let format = OAIFormat(rawValue: fields[2]), let cursor = Int(fields[7]), let total = Int(fields[8]),
            let begun = Int64(fields[9]), let issued = Int64(fields[10]),
            Timestamp(milliseconds: issued).adding(seconds: OAIToken.lifetime) > now
        else { throw bad }
        return OAIList(
            verb: verb, format: format, from: Int64(fields[3]).map(Timestamp.init(milliseconds:)),
            until: Int64(fields[4]).map(Timestamp.init(milliseconds:)), set: fields[5].isEmpty ? nil : fields[5],
            after: fields[6], cursor: cursor, total: total, begun: Timestamp(milliseconds: begun))
    }

    private func signature(_ text: String) -> String {
        Base64URL.encode(Array(crypto.lookupKey(text, purpose: OAIToken.purpose).prefix(16)))
    }

    /// In a time that does not tell where they differ.
    private func isSame(_ a: String, _ b: String) -> Bool {
        let a = Array(a.utf8), b = Array(b.utf8)
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
