import Database
import Kernel
import Platform

/// All SQL of applications.
package struct ApplicationStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    static let columns: SQL =
        """
        a.id, a.client_id, a.name, a.summary, a.level, a.owner_id, o.path, a.launch_url, a.protocols, a.scopes,
        a.is_public, a.asks_consent, a.logout_url, a.state, a.machine_scopes
        """

    static let tables: SQL = "federation_application a JOIN directory_organisation o ON o.id = a.owner_id"

    static func application(_ row: borrowing Row) throws -> Application {
        Application(
            id: try row.get(0), clientID: try row.get(1), name: try row.get(2), summary: try row.get(3),
            level: try row.get(4), owner: try row.get(5), ownerPath: try row.get(6), launchURL: try row.get(7),
            protocols: Set(words(try row.text(8)).compactMap(SignOnProtocol.init)),
            scopes: Set(words(try row.text(9))), isPublic: try row.get(10), asksConsent: try row.get(11),
            logoutURL: try row.get(12), state: try row.get(13),
            machineScopes: Set(words(try row.text(14)).compactMap(MachineScope.init)))
    }

    static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    /// The application of a `client_id` or `appId`, whatever its state.
    package func find(clientID: String) throws -> Application? {
        try db.first(
            "SELECT \(ApplicationStore.columns) FROM \(ApplicationStore.tables) WHERE a.client_id = \(clientID)",
            ApplicationStore.application)
    }

    package func find(_ id: ApplicationID) throws -> Application? {
        try db.first(
            "SELECT \(ApplicationStore.columns) FROM \(ApplicationStore.tables) WHERE a.id = \(id)",
            ApplicationStore.application)
    }

    /// The active applications that speak a protocol.
    package func active(_ way: SignOnProtocol) throws -> [Application] {
        try db.rows(
            "SELECT \(ApplicationStore.columns) FROM \(ApplicationStore.tables) WHERE a.state = 'active' ORDER BY a.id",
            ApplicationStore.application
        ).filter { $0.speaks(way) }
    }

    package func addresses(_ kind: ApplicationAddressKind, of id: ApplicationID) throws -> [String] {
        try db.column(
            "SELECT url FROM federation_address WHERE application_id = \(id) AND kind = \(kind) ORDER BY url")
    }

    /// Whether the text is a client secret of the application that is still good.
    package func isSecret(_ text: String, of id: ApplicationID, at now: Timestamp) throws -> Bool {
        let hash = SHA256.hash(Array(text.utf8))
        let found: Int? = try db.value(
            """
            SELECT 1 FROM federation_secret WHERE application_id = \(id) AND kind = 'client_secret' AND hash = \(hash)
                AND (expires_at IS NULL OR expires_at > \(now))
            """)
        return found != nil
    }

    /// The appKeys of the application that are still good, newest first. Handle with care: they sign.
    package func appKeys(of id: ApplicationID, at now: Timestamp, _ crypto: any CryptoProvider) throws -> [String] {
        try db.rows(
            """
            SELECT id, sealed FROM federation_secret WHERE application_id = \(id) AND kind = 'app_key'
                AND (expires_at IS NULL OR expires_at > \(now)) ORDER BY created_at DESC, id DESC
            """
        ) { row in try crypto.openText(row.blob(1), context: "federation_secret.sealed/" + row.text(0)) }
    }
}
