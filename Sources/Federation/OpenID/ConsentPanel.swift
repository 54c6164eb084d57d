import Database
import Identity
import Kernel
import Web

/// What Identity shows of a person's consents without knowing them: a card on the page of her own account.
package enum ConsentPanel {
    /// Nothing for others, and nothing while no application may read her data.
    package static func panels(database: Database) -> [AccountPanel] {
        let panel = AccountPanel { account, viewer, _ in
            guard viewer == .owner else { return "" }
            let consents = try await database.read { try ConsentStore($0).list(of: account, at: .now) }
            guard !consents.isEmpty else { return "" }
            let names = consents.map(\.applicationName).joined(separator: "、")
            return UI.card(
                "已授权的应用",
                #"<p>\#(names)</p><p><a href="\#(url: OpenIDPaths.own)">查看和取消</a></p>"#)
        }
        return [panel]
    }
}
