import Contracts
import Database
import Directory
import Kernel
import Platform
import Web

/// 个人信息保护: who looked at what, what is held about whom, consent, retention, and the rights of people.
package struct PrivacyModule: Sendable {
    package static let migrations: [Migration] = [
        Migration(
            "privacy/0001-own-data",
            OwnDataSchema.statements + RightsRequestSchema.statements + RetentionSchema.statements)
    ]

    /// Where sealed values stand.
    package static let sealedColumns: [SealedColumn] = [
        SealedColumn("privacy_copy", "sealed", key: "id", name: "privacy_copy.sealed"),
        SealedColumn("privacy_request", "text", key: "id", name: "privacy_request.text"),
        SealedColumn("privacy_request", "answer", key: "id", name: "privacy_request.answer"),
    ]

    /// Columns that name people and follow when two records of one person become one.
    package static let personColumns: [PersonColumn] = [
        PersonColumn("privacy_request", "person_id", name: "privacy_request.person_id"),
        PersonColumn("privacy_request", "applicant_id", name: "privacy_request.applicant_id"),
        PersonColumn("privacy_hold", "person_id", name: "privacy_hold.person_id"),
    ]

    private let database: Database
    private let crypto: any CryptoProvider
    private let roleTitle: @Sendable (String) -> String
    private let collector: OwnDataCollector
    private let retention: RetentionService

    /// - Parameters:
    ///   - personalData: what each context keeps about people; the directory comes first, since it says whether somebody
    ///     may be made unknown.
    ///   - retained: contexts whose records end some day, besides this one and the platform.
    ///   - roleTitle: the word for the code of a role.
    package init(
        database: Database, crypto: any CryptoProvider, personalData: [any PersonalDataSource] = [],
        retained: [any RetentionSource] = [], roleTitle: @escaping @Sendable (String) -> String = { $0 }
    ) {
        (self.database, self.crypto, self.roleTitle) = (database, crypto, roleTitle)
        collector = OwnDataCollector(database: database, sources: personalData)
        retention = RetentionService(
            database: database, sources: retained + [OwnRetention(database: database, crypto: crypto)],
            now: { .now })
    }

    private var ownData: OwnDataRoutes {
        OwnDataRoutes(database: database, crypto: crypto, collector: collector, roleTitle: roleTitle)
    }

    package var jobs: [JobHandler] { [ownData.job] + retention.jobs }
    package var receivers: [EventReceiver] { [] }

    package func routes() -> [Route] {
        var routes = Routes(module: "privacy")
        AccessRecordRoutes(database: database, roleTitle: roleTitle).add(to: &routes)
        ownData.add(to: &routes)
        RightsRequestRoutes(database: database, crypto: crypto, collector: collector).add(to: &routes)
        RetentionRoutes(database: database, crypto: crypto, service: retention).add(to: &routes)
        return routes.all
    }
}
