import Kernel
import Platform
import Web

/// How a request of the city interface proves who sent it: HMAC-SM3 over method, path, sorted query, the hash of the body,
/// time and a number used once (domain conventions of the data exchange, 3.28).
struct RequestSignature: Sendable, Equatable {
    let application: String
    /// Seconds since 1970.
    let time: Int64
    let nonce: String
    let code: [UInt8]

    /// Seconds by which the clocks may differ, and for which a nonce is remembered twice over.
    static let window: Int64 = 300

    /// Any time from 1970 to the year 9999; differences of such times stay in range.
    private static let times: Range<Int64> = 0..<253_402_300_800

    /// `nil` when a header is missing or cannot be one.
    init?(_ headers: WebHeaders) {
        guard let application = headers["x-app"], (1...128).contains(application.utf8.count),
            let time = headers["x-ts"].flatMap({ Int64($0) }), RequestSignature.times.contains(time),
            let nonce = headers["x-nonce"],
            (8...64).contains(nonce.utf8.count), nonce.utf8.allSatisfy(RequestSignature.isPlain),
            let code = headers["x-sign"].flatMap({ Hex.decode($0) }), code.count == 32
        else { return nil }
        (self.application, self.time, self.nonce, self.code) = (application, time, nonce, code)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }

    func isInTime(_ now: Timestamp) -> Bool { abs(now.milliseconds / 1000 - time) <= RequestSignature.window }

    func isValid(by secrets: [String], method: String, path: String, query: FormValues, body: [UInt8]) -> Bool {
        let text = RequestSignature.text(
            method: method, path: path, query: query, body: body, time: time, nonce: nonce)
        return secrets.contains { !$0.isEmpty && HMAC<SM3>(key: Array($0.utf8)).isValid(code, for: Array(text.utf8)) }
    }

    /// What is signed. The query stands in the order of its names, then values, both percent-coded.
    static func text(
        method: String, path: String, query: FormValues, body: [UInt8], time: Int64, nonce: String
    ) -> String {
        let pairs = query.pairs.map { URLCoding.encode($0.name) + "=" + URLCoding.encode($0.value) }.sorted()
        return [
            method, path, pairs.joined(separator: "&"), Hex.encode(SM3.hash(body)), String(time), nonce,
        ].joined(separator: "\n")
    }
}
