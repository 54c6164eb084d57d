import Foundation
import Kernel
import Platform

/// A person's way to WeChat and back. Only her own browser holds it, sealed, so nobody else's answer from WeChat fits.
struct WeChatAttempt: Codable, Sendable, Equatable {
    /// 64 letters and digits; WeChat brings it back.
    let state: String
    /// Milliseconds since 1970.
    let until: Int64
    /// The path the person was on her way to.
    let way: String
    /// The account that a WeChat is to be bound to; `nil` to sign in.
    let account: String?
}

/// A WeChat that nobody's account is bound to yet, until its holder has shown by password who she is.
struct WeChatArrival: Codable, Sendable, Equatable {
    let identity: WeChatIdentity
    /// Milliseconds since 1970.
    let until: Int64
    let way: String
}

/// Puts both into cookies that only this server can write and read.
struct WeChatCookies: Sendable {
    /// Seconds that an attempt, and then an arrival, is good for.
    static let life: Int64 = 600
    static let attempt = "santong_wechat"
    static let arrival = "santong_wechat_arrival"
    private static let byteLimit = 3500

    let crypto: any CryptoProvider
    /// Whether browsers reach the site by https only.
    let isSecure: Bool

    func line(_ attempt: WeChatAttempt) throws -> String { try line(WeChatCookies.attempt, attempt) }
    func line(_ arrival: WeChatArrival) throws -> String { try line(WeChatCookies.arrival, arrival) }

    /// A cookie line that takes the cookie away.
    func removal(_ name: String) -> String { head(name, "") + "; Max-Age=0" }

    func attempt(_ header: String?, at now: Timestamp) -> WeChatAttempt? {
        let found: WeChatAttempt? = value(WeChatCookies.attempt, header)
        return found.flatMap { now.milliseconds < $0.until ? $0 : nil }
    }

    func arrival(_ header: String?, at now: Timestamp) -> WeChatArrival? {
        let found: WeChatArrival? = value(WeChatCookies.arrival, header)
        return found.flatMap { now.milliseconds < $0.until ? $0 : nil }
    }

    private func line(_ name: String, _ value: some Encodable) throws -> String {
        let sealed = try crypto.seal(Array(JSONEncoder().encode(value)), context: "cookie/" + name)
        return head(name, Base64URL.encode(sealed)) + "; Max-Age=\(WeChatCookies.life)"
    }

    private func head(_ name: String, _ value: String) -> String {
        "\(name)=\(value); Path=/wechat; HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
    }

    private func value<Value: Decodable>(_ name: String, _ header: String?) -> Value? {
        let parts = (header ?? "").split(separator: ";").map { $0.drop { $0 == " " } }
        guard let part = parts.first(where: { $0.hasPrefix(name + "=") }), part.utf8.count <= WeChatCookies.byteLimit,
            let sealed = Base64URL.decode(String(part.dropFirst(name.count + 1)))
        else { return nil }
        // What does not open is not ours.
        guard let plain = try? crypto.open(sealed, context: "cookie/" + name) else { return nil }
        return try? JSONDecoder().decode(Value.self, from: Data(plain))  // an older release wrote another shape
    }
}
