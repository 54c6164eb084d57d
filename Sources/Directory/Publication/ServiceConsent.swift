import Database
import Kernel

/// 征求同意的事项 for which data of a pupil serve herself and nothing becomes public, by the code of the purpose.
package struct ServicePurpose: RawRepresentable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// 微信绑定: a pupil's account is tied to her WeChat.
    package static let wechat = ServicePurpose(rawValue: "wechat")
}

/// Answers whether data of a pupil may be used for a service; an extension point, which `ConsentGate` of Privacy fills.
package protocol ServiceConsent: Sendable {
    /// Whether somebody agreed and nobody refused, as the transaction sees it today. Whoever is no pupil decides by using
    /// the service and is not asked.
    func allows(_ purpose: ServicePurpose, of person: ID<Person>, on day: LocalDate, _ db: Connection) throws -> Bool
}
