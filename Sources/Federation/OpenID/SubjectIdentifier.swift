import Database
import Kernel
import Platform

/// `sub`: by which name one application knows an account. Drawn at random for each pair of the two and kept, so that two
/// applications cannot find out that they speak of the same person, and no change of keys changes it.
package enum SubjectIdentifier {
    /// The subject, made the first time it is asked for. Part of the caller's writing transaction.
    package static func make(
        _ account: ID<Account>, for application: ApplicationID, on db: Connection
    ) throws -> String {
        if let known = try find(account, for: application, on: db) { return known }
        let subject = Base64URL.encode(SecureRandom.bytes(18))
        try db.execute(
            """
            INSERT INTO federation_openid_subject (application_id, account_id, subject)
            VALUES (\(application), \(account), \(subject))
            """)
        return subject
    }

    /// `nil` when the account never came to the application by this protocol.
    package static func find(
        _ account: ID<Account>, for application: ApplicationID, on db: Connection
    ) throws -> String? {
        try db.value(
            """
            SELECT subject FROM federation_openid_subject
            WHERE application_id = \(application) AND account_id = \(account)
            """)
    }
}

/// `sid`: the name of a person's time in one browser, as one application knows it.
enum SessionIdentifier {
    static func make(
        lineage: String, for application: ApplicationID, _ crypto: any CryptoProvider
    ) -> String {
        let key = crypto.lookupKey(lineage + " " + application.rawValue, purpose: "openid.sid")
        return Base64URL.encode(Array(key.prefix(16)))
    }
}
