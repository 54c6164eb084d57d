import Kernel
import Platform

/// `keyInfo`: by it a caller of the gateway proves that it has the appKey. It is the hexadecimal HMAC-SHA1 of appId,
/// appKey and timeStamp one after the other, keyed with the appKey.
package enum GatewaySignature {
    /// Seconds by which the clock of a caller may differ.
    static let skew: Int64 = 300
    /// Seconds in which the same signature is answered again: callers with a clock of whole seconds and several workers
    /// send it more than once.
    static let repeatable: Int64 = 10

    /// - Parameter time: as it is sent.
    package static func text(appID: String, appKey: String, time: String) -> String {
        Hex.encode(code(appID, appKey, time)).uppercased()
    }

    /// Whether the text, in either case of letters, is the signature by one of the keys. The time taken tells neither
    /// where they differ nor which key it was.
    static func isValid(_ text: String, appID: String, keys: [String], time: String) -> Bool {
        let given = Hex.decode(text) ?? []
        return keys.reduce(false) { found, key in ConstantTime.equal(given, code(appID, key, time)) || found }
    }

    /// The moment of a `timeStamp` in seconds or milliseconds; `nil` when it is neither.
    static func moment(_ text: String) -> Timestamp? {
        guard (9...14).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int64(text)
        else { return nil }
        return Timestamp(milliseconds: text.utf8.count <= 11 ? number * 1000 : number)
    }

    static func isTimely(_ moment: Timestamp, at now: Timestamp) -> Bool {
        abs(moment.milliseconds - now.milliseconds) <= skew * 1000
    }

    private static func code(_ appID: String, _ appKey: String, _ time: String) -> [UInt8] {
        guard !appKey.isEmpty else { return [] }
        return HMAC<SHA1>(key: Array(appKey.utf8)).authenticate(appID + appKey + time)
    }
}
