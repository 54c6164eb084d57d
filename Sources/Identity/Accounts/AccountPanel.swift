import Kernel
import Web

/// A card that another module puts on the page of an account.
package struct AccountPanel: Sendable {
    /// Who looks at the account.
    package enum Viewer: Sendable {
        case owner
        /// May change it.
        case manager
        /// Sees it only.
        case reader
    }

    let card: @Sendable (ID<Account>, Viewer, PageContext) async throws -> HTML

    package init(_ card: @escaping @Sendable (ID<Account>, Viewer, PageContext) async throws -> HTML) {
        self.card = card
    }
}

extension [AccountPanel] {
    func cards(of account: ID<Account>, for viewer: AccountPanel.Viewer, _ page: PageContext) async throws -> HTML {
        var all: HTML = ""
        for panel in self { all += try await panel.card(account, viewer, page) }
        return all
    }
}

extension AccountStore {
    /// The account, when the user may see and change it. Throws `DomainError.notFound` outside her organisations and
    /// `DomainError.forbidden` when somebody else manages it.
    package func managed(_ id: ID<Account>, by user: CurrentUser, at now: Timestamp) throws -> AccountRecord {
        try AccountAdministration(db, by: user, address: "", now: now).managed(id)
    }
}
