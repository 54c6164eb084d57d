import Contracts
import Kernel

enum ConsentPurposeSchema {
    /// `is_while_enrolled`: nothing becomes public, or stays so, once the pupil has left her last school.
    static let statements =
        [
            """
            CREATE TABLE privacy_consent_purpose (
                code TEXT NOT NULL PRIMARY KEY, basis TEXT NOT NULL, is_publication INTEGER NOT NULL,
                is_while_enrolled INTEGER NOT NULL, position INTEGER NOT NULL, ended_on TEXT)
            """,
            """
            CREATE TABLE privacy_consent_version (
                purpose TEXT NOT NULL REFERENCES privacy_consent_purpose (code), version INTEGER NOT NULL,
                title TEXT NOT NULL, aim TEXT NOT NULL, data TEXT NOT NULL, place TEXT NOT NULL, term TEXT NOT NULL,
                safety TEXT NOT NULL, refusal TEXT NOT NULL, withdrawal TEXT NOT NULL, complaint TEXT NOT NULL,
                published_on TEXT NOT NULL, published_by TEXT NOT NULL, PRIMARY KEY (purpose, version))
            """,
        ] + ShippedPurposes.all.enumerated().flatMap { shipped($1, position: $0 + 1) }

    /// The first texts come with the schema: like it they never change, and every city has them. What follows, the city
    /// writes itself.
    private static func shipped(_ purpose: ShippedPurposes.Purpose, position: Int) -> [String] {
        let texts = [purpose.text.title] + ConsentText.Part.allCases.map { purpose.text[$0] }
        let quoted = texts.map { "'\($0)'" }.joined(separator: ", ")
        let columns = (["title"] + ConsentText.Part.allCases.map(\.rawValue)).joined(separator: ", ")
        return [
            """
            INSERT INTO privacy_consent_purpose (code, basis, is_publication, is_while_enrolled, position)
            VALUES ('\(purpose.code)', '\(purpose.basis.rawValue)', \(purpose.isPublication ? 1 : 0),
                \(purpose.isWhileEnrolled ? 1 : 0), \(position))
            """,
            """
            INSERT INTO privacy_consent_version (purpose, version, \(columns), published_on, published_by)
            VALUES ('\(purpose.code)', 1, \(quoted), '\(ShippedPurposes.publishedOn)', '系统')
            """,
        ]
    }
}
