import Foundation
import Platform
import Web

/// Whom WeChat says it is.
struct WeChatIdentity: Codable, Sendable, Equatable {
    /// The person as this 服务号 knows her.
    let openID: String
    /// The person as all of the city's accounts at WeChat know her; only where they are joined at WeChat.
    let unionID: String?
}

/// Why WeChat did not say who it is.
enum WeChatError: Error, Equatable, Sendable {
    /// The code is wrong or too old.
    case refusedCode
    /// The code was redeemed before.
    case usedCode
    /// WeChat only showed a picture of our page and invented a person for it.
    case snapshot
    /// No answer, or no sensible one; another try may do better.
    case unreachable
    /// WeChat does not let the 服务号 do this: secret, rights, quota. Only the operator can help.
    case refusedService(code: Int)

    /// For the audit log.
    var note: String {
        switch self {
        case .refusedCode: "授权码无效"
        case .usedCode: "授权码已用过"
        case .snapshot: "快照页"
        case .unreachable: "微信没有应答"
        case .refusedService(let code): "微信拒绝了公众号，错误码 \(code)"
        }
    }
}

/// WeChat's side of 网页授权: the address where a person agrees, and the exchange of the code she comes back with.
struct WeChatClient: Sendable {
    let settings: WeChatSettings
    let outbound: any OutboundHTTP

    /// WeChat looks at the order of the parameters.
    /// - Parameters:
    ///   - back: absolute, under a domain that is entered at WeChat.
    ///   - state: at most 128 letters and digits.
    func authorizeAddress(back: String, state: String) -> String {
        settings.openURL + "/connect/oauth2/authorize?appid=\(settings.appID)&redirect_uri=\(URLCoding.encode(back))"
            + "&response_type=code&scope=snsapi_base&state=\(state)#wechat_redirect"
    }

    /// Throws `WeChatError`.
    func redeem(_ code: String) async throws -> WeChatIdentity {
        guard WeChatText.isWord(code) else { throw WeChatError.refusedCode }
        let address =
            settings.apiURL + "/sns/oauth2/access_token?appid=\(settings.appID)&secret=\(settings.appSecret)"
            + "&code=\(code)&grant_type=authorization_code"
        let response: OutboundResponse
        do {
            response = try await outbound.send(OutboundRequest(url: address, byteLimit: 64 << 10))
        } catch is OutboundError {
            throw WeChatError.unreachable
        }
        guard response.status == 200 else { throw WeChatError.unreachable }
        return try WeChatClient.identity(response.body)
    }

    private struct Answer: Decodable {
        let errcode: Int?
        let openid: String?
        let unionid: String?
        let isSnapshot: Int?

        enum CodingKeys: String, CodingKey {
            case errcode, openid, unionid
            case isSnapshot = "is_snapshotuser"
        }
    }

    static func identity(_ body: [UInt8]) throws -> WeChatIdentity {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(body)) else {  // else it is no answer
            throw WeChatError.unreachable
        }
        if let code = answer.errcode, code != 0 { throw error(code) }
        guard let openID = answer.openid, WeChatText.isWord(openID) else { throw WeChatError.unreachable }
        if answer.isSnapshot == 1 { throw WeChatError.snapshot }
        return WeChatIdentity(openID: openID, unionID: answer.unionid.flatMap { WeChatText.isWord($0) ? $0 : nil })
    }

    private static func error(_ code: Int) -> WeChatError {
        switch code {
        case 40029, 41008, 42003: .refusedCode
        case 40163: .usedCode
        case -1: .unreachable
        default: .refusedService(code: code)
        }
    }
}
