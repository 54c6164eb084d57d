import Database
import Identity
import Kernel
import Platform

/// What Identity shows of WeChat without knowing it: the link on the sign-in page, the card on the page of an account.
/// Nothing where the city has no 服务号.
package enum WeChatPanel {
    package static func signInLinks(_ settings: WeChatSettings?) -> [SignInLink] {
        settings == nil ? [] : [SignInLink(title: "微信登录", path: WeChatPages.signInPath)]
    }

    package static func panels(
        _ settings: WeChatSettings?, database: Database, crypto: any CryptoProvider
    ) -> [AccountPanel] {
        guard let settings else { return [] }
        let panel = AccountPanel { account, viewer, page in
            let binding = try await database.read {
                try WeChatBindingStore(db: $0, crypto: crypto, appID: settings.appID).find(of: account)
            }
            return WeChatPages.card(binding, of: account, for: viewer, page)
        }
        return [panel]
    }
}
