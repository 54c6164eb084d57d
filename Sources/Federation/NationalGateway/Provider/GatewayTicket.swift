import Foundation
import Kernel
import Platform

/// A ticket: the Base64 of three letters or digits, a UUID and 13 digits of milliseconds, as applications know it. The
/// UUID is random: the person's own, which others put there, would make a ticket easy to guess.
enum GatewayTicket {
    /// Seconds a ticket may be used.
    static let life: Int64 = 60
    /// Seconds a token of an application is good.
    static let tokenLife: Int64 = 7200
    /// Seconds of a person's session at an application, if her session here does not end before.
    static let sessionLife: Int64 = 12 * 3600
    /// Seconds in which a person may sign in on the way from an application and back.
    static let accessLife: Int64 = 600

    static func random(at now: Timestamp) -> String {
        let letters = Hex.encode(SecureRandom.bytes(2)).prefix(3)
        let bytes = SecureRandom.bytes(16)
        let groups = [bytes[..<4], bytes[4..<6], bytes[6..<8], bytes[8..<10], bytes[10...]]
        let uuid = groups.map { Hex.encode($0) }.joined(separator: "-")
        return Data("\(letters)\(uuid)\(now.milliseconds)".utf8).base64EncodedString()
    }

    /// The key of a session, 32 hexadecimal digits.
    static func newSession() -> String { Hex.encode(SecureRandom.bytes(16)) }
}
