import Contracts
import Database
import Directory
import Foundation
import Kernel
import Platform
import Web

/// 个人信息保护: who looked at what, what is held about whom, consent, retention, and the rights of people.
package struct PrivacyModule: Sendable {
    package static let migrations: [Migration] = [
        Migration(
            "privacy/0001-own-data",
            OwnDataSchema.statements + RightsRequestSchema.statements + RetentionSchema.statements),
        Migration("privacy/0002-consents", ConsentPurposeSchema.statements + ConsentAnswerSchema.statements),
        Migration("privacy/0003-consent-changes", ConsentAnswerSchema.changes),
        Migration("privacy/0004-retention-months", RetentionSchema.months),
        Migration("privacy/0005-incidents", IncidentSchema.statements),
        Migration("privacy/0006-people-named", RightsRequestSchema.named),
    ]

    /// What the pages of children show besides.
    package static func childPanels(_ crypto: any CryptoProvider) -> [any ChildPanelSource] {
        [ConsentChildPanel(crypto: crypto), OwnDataChildPanel()]
    }

    /// What waits for a pupil on the page she begins with.
    package static func today(_ crypto: any CryptoProvider) -> [any TodaySource] { [ConsentToday(crypto: crypto)] }

    /// Where sealed values stand.
    package static let sealedColumns: [SealedColumn] = [
        SealedColumn("privacy_copy", "sealed", key: "id", name: "privacy_copy.sealed"),
        SealedColumn("privacy_request", "text", key: "id", name: "privacy_request.text"),
        SealedColumn("privacy_request", "answer", key: "id", name: "privacy_request.answer"),
        SealedColumn("privacy_incident", "note", key: "id", name: "privacy_incident.note"),
        SealedColumn("privacy_consent_answer", "address", key: "id", name: "privacy_consent_answer.address"),
    ]

    /// Columns that name people and follow when two records of one person become one.
    package static let personColumns: [PersonColumn] = [
        PersonColumn("privacy_request", "person_id", name: "privacy_request.person_id", mayExpire: true),
        PersonColumn("privacy_request", "applicant_id", name: "privacy_request.applicant_id", mayExpire: true),
        PersonColumn("privacy_hold", "person_id", name: "privacy_hold.person_id"),
        PersonColumn(
            "privacy_consent_answer", "child_id", name: "privacy_consent_answer.child_id", mayExpire: true),
        PersonColumn(
            "privacy_consent_answer", "giver_id", name: "privacy_consent_answer.giver_id", mayExpire: true),
        PersonColumn(
            "privacy_consent_answer", "witness_id", name: "privacy_consent_answer.witness_id", mayExpire: true),
    ]

    private let database: Database
    private let crypto: any CryptoProvider
    private let roleTitle: @Sendable (String) -> String
    private let collector: OwnDataCollector
    private let retention: RetentionService
    private let exportFolder: String
    private let workDays: any WorkDays
    private let dataReceivers: [any DataReceiverSource]
    private let gate: any AccountGate
    private let census = ConsentCensus()

    /// - Parameters:
    ///   - personalData: what each context keeps about people; the directory comes first, since it says whether somebody
    ///     may be made unknown.
    ///   - gate: tells which guardians can sign in.
    ///   - workDays: by which the time for an answer to a request is counted.
    ///   - dataReceivers: who knows what other systems were told.
    ///   - retained: contexts whose records end some day, besides this one and the platform.
    ///   - roleTitle: the word for the code of a role.
    ///   - exportFolder: where files wait until they are sent.
    package init(
        database: Database, crypto: any CryptoProvider, gate: any AccountGate, workDays: any WorkDays,
        dataReceivers: [any DataReceiverSource] = [],
        personalData: [any PersonalDataSource] = [], retained: [any RetentionSource] = [],
        roleTitle: @escaping @Sendable (String) -> String = { $0 },
        exportFolder: String = FileManager.default.temporaryDirectory.path
    ) {
        (self.database, self.crypto, self.gate, self.roleTitle) = (database, crypto, gate, roleTitle)
        (self.exportFolder, self.workDays, self.dataReceivers) = (exportFolder, workDays, dataReceivers)
        collector = OwnDataCollector(database: database, sources: personalData)
        retention = RetentionService(
            database: database, sources: retained + [OwnRetention(database: database, crypto: crypto)],
            now: { .now })
    }

    /// The way from a class to its consents.
    package static let classPage = RelatedPage<RelatedClass>(
        "征求同意", path: { ClassConsentPages.path($0.classGroup.id) },
        isOpen: { subject, user in
            user.may(.consentManage, at: subject.classGroup.path)
                || (subject.isLed(by: user.person) && user.may(.classView, at: subject.classGroup.path))
        })

    private var ownData: OwnDataRoutes {
        OwnDataRoutes(
            database: database, crypto: crypto, collector: collector, roleTitle: roleTitle, exportFolder: exportFolder,
            days: workDays)
    }

    package var jobs: [JobHandler] { [ownData.job] + retention.jobs }
    package var receivers: [EventReceiver] { [] }

    /// Starts what has a rhythm. For an hourly job.
    package func tend() async throws { try await retention.tend() }

    package func routes() -> [Route] {
        var routes = Routes(module: "privacy")
        AccessRecordRoutes(database: database, roleTitle: roleTitle).add(to: &routes)
        ownData.add(to: &routes)
        RightsRequestRoutes(database: database, crypto: crypto, collector: collector).add(to: &routes)
        RetentionRoutes(database: database, crypto: crypto, service: retention).add(to: &routes)
        let now: @Sendable () -> Timestamp = { .now }
        ConsentRoutes(database: database, crypto: crypto, now: now).add(to: &routes)
        ClassConsentRoutes(database: database, crypto: crypto, gate: gate, now: now).add(to: &routes)
        ConsentPurposeRoutes(database: database, now: now).add(to: &routes)
        ConsentCountRoutes(database: database, census: census, now: now).add(to: &routes)
        MinorsReportRoutes(database: database, census: census, receivers: dataReceivers, now: now).add(to: &routes)
        IncidentRoutes(database: database, crypto: crypto, now: now).add(to: &routes)
        return routes.all
    }
}
