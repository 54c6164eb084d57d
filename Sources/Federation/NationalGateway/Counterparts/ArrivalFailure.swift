/// Why somebody who arrives from another platform does not get in.
package enum ArrivalFailure: Error, Equatable, Sendable {
    /// No counterpart sends such people here.
    case unknownCounterpart
    /// Used, expired or forged.
    case ticketDead
    /// The counterpart does not take us for who we are.
    case tokenRefused
    case unreachable
    /// The answer is not what the flavour says.
    case malformed
    case personUnknown
    /// The person has to prove her name at the address first, when there is one.
    case realNameMissing(certificate: String?)

    /// For the audit log.
    var word: String {
        switch self {
        case .unknownCounterpart: "没有接入的平台"
        case .ticketDead: "票据失效"
        case .tokenRefused: "对方拒绝本平台"
        case .unreachable: "对方没有应答"
        case .malformed: "对方的应答不正确"
        case .personUnknown: "对方不认识这个用户"
        case .realNameMissing: "没有实名认证"
        }
    }

    var title: String {
        switch self {
        case .unknownCounterpart: "没有接入这个平台"
        case .ticketDead: "登录链接已失效"
        case .tokenRefused: "暂时不能从对方平台登录"
        case .unreachable: "对方平台没有应答"
        case .malformed: "对方平台的应答有误"
        case .personUnknown: "对方平台没有你的信息"
        case .realNameMissing: "先完成实名认证"
        }
    }

    /// What a person reads; `name` is the counterpart's.
    func text(_ name: String) -> String {
        switch self {
        case .unknownCounterpart: "你来自的平台没有接入本平台。可以直接用本平台的账号登录。"
        case .ticketDead: "这个链接只能用一次，几分钟内有效。请回到\(name)，重新打开本平台。"
        case .tokenRefused: "\(name)没有接受本平台的身份。请告诉市局管理员；现在可以直接用本平台的账号登录。"
        case .unreachable: "\(name)没有应答，不能确认你的身份。请稍后从\(name)重新打开，或者直接用本平台的账号登录。"
        case .malformed: "\(name)给出的信息不完整，不能确认你的身份。请告诉市局管理员；现在可以直接用本平台的账号登录。"
        case .personUnknown: "\(name)没有给出你的信息。请核对你在\(name)的账号，或者直接用本平台的账号登录。"
        case .realNameMissing: "你在\(name)的账号还没有实名认证。完成认证后，再从\(name)打开本平台。"
        }
    }

    var status: Int {
        switch self {
        case .unknownCounterpart, .ticketDead, .personUnknown, .realNameMissing: 403
        case .tokenRefused, .malformed: 502
        case .unreachable: 503
        }
    }
}
