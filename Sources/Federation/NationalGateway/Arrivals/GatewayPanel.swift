import Database
import Identity
import Kernel
import Platform
import Web

/// What Identity shows of national and provincial platforms without knowing them: the card on the page of an account.
package enum GatewayPanel {
    /// Nothing where no platform is linked with the account.
    package static func panels(database: Database, crypto: any CryptoProvider) -> [AccountPanel] {
        let panel = AccountPanel { account, viewer, _ in
            let links = try await database.read { try CounterpartStore($0, crypto).links(of: account) }
            guard !links.isEmpty else { return "" }
            let list: HTML = "<ul>\(each: links, { "<li>\($0.name)，\($0.linkedAt.text) 关联</li>" })</ul>"
            let own: HTML = #"<p><a href="\#(url: "/gateway/links")">查看和解除</a></p>"#
            return UI.card("关联的平台", #"\#(list)\#(if: viewer == .owner, own)"#)
        }
        return [panel]
    }
}
