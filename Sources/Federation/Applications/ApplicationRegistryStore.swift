import Database
import Directory
import Foundation
import Kernel

/// All SQL of the registry: what people see and change of applications. `ApplicationStore` is what protocols ask.
struct ApplicationRegistryStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Throws `DomainError.notFound` when there is none in the scope.
    func find(_ id: ApplicationID, within scope: DataScope) throws -> ApplicationRecord {
        let found = try db.first(
            """
            SELECT \(ApplicationRecord.columns) FROM \(ApplicationStore.tables)
            WHERE a.id = \(id) AND \(SQL.within(scope, "o.path"))
            """, ApplicationRecord.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// What a list of applications may be asked for.
    struct Filter: Sendable {
        /// Part of the application's or its owner's name.
        var text = ""
        var level: ApplicationLevel?
        var state: ApplicationState?
        /// Only what waits for a decision, changes of active ones too.
        var isWaiting = false
    }

    /// Newest first, continued after the application `after`.
    func list(
        within scope: DataScope, _ filter: Filter, after: String?, limit: Int
    ) throws -> (rows: [ApplicationRecord], total: Int) {
        let matching = SQL.joined([SQL.within(scope, "o.path")] + conditions(filter), " AND ")
        let total: Int = try db.value("SELECT COUNT(*) FROM \(ApplicationStore.tables) WHERE \(matching)") ?? 0
        let rest: SQL = after.map { " AND a.id < \($0)" } ?? ""
        let rows = try db.rows(
            """
            SELECT \(ApplicationRecord.columns) FROM \(ApplicationStore.tables) WHERE \(matching)\(rest)
            ORDER BY a.id DESC LIMIT \(limit)
            """, ApplicationRecord.init)
        return (rows, total)
    }

    private func conditions(_ filter: Filter) -> [SQL] {
        var conditions: [SQL] = []
        if let level = filter.level { conditions.append("a.level = \(level)") }
        if let state = filter.state { conditions.append("a.state = \(state)") }
        if filter.isWaiting {
            conditions.append(
                """
                (a.state = 'submitted' OR a.id IN (
                    SELECT m.application_id FROM federation_amendment m WHERE m.state = 'submitted'))
                """)
        }
        if !filter.text.isEmpty {
            let part = ApplicationRegistryStore.like(filter.text)
            conditions.append("(a.name LIKE \(part) ESCAPE '!' OR o.name LIKE \(part) ESCAPE '!')")
        }
        return conditions
    }

    /// `%`, `_` and the escape sign itself lose their meaning.
    private static func like(_ text: String) -> String {
        var result = "%"
        for scalar in text.unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "!" { result += "!" }
            result.unicodeScalars.append(scalar)
        }
        return result + "%"
    }

    /// The active applications with a place to open whose owner is one of the places, by name.
    func launchable(ownedAt places: [OrganisationPath]) throws -> [ApplicationRecord] {
        try db.rows(
            """
            SELECT \(ApplicationRecord.columns) FROM \(ApplicationStore.tables)
            WHERE a.state = 'active' AND a.launch_url <> '' AND o.path IN \(in: places) ORDER BY o.path, a.name, a.id
            """, ApplicationRecord.init)
    }

    /// The whole content as it is in force.
    func content(of record: ApplicationRecord) throws -> ApplicationContent {
        let application = record.application, store = ApplicationStore(db)
        var content = ApplicationContent()
        (content.name, content.summary) = (application.name, application.summary)
        (content.contact, content.contactPhone) = (record.contact, record.contactPhone)
        (content.launchURL, content.logoutURL) = (application.launchURL, application.logoutURL)
        content.protocols = Array(application.protocols)
        content.scopes = Array(application.scopes)
        content.machineScopes = application.machineScopes.map(\.rawValue)
        content.audience = record.audience
        (content.isPublic, content.asksConsent) = (application.isPublic, application.asksConsent)
        content.logo = record.logo
        for kind in ApplicationAddressKind.allCases {
            content.setAddresses(kind, try store.addresses(kind, of: record.id))
        }
        return content.canonical
    }

    // MARK: Amendments and reviews

    /// The one that waits; there is one at most.
    func amendment(of id: ApplicationID) throws -> ApplicationAmendment? {
        try db.first(
            """
            SELECT id, content, step, submitted_by, submitted_name, submitted_at FROM federation_amendment
            WHERE application_id = \(id) AND state = 'submitted'
            """
        ) { row in
            let content = try JSONDecoder().decode(ApplicationContent.self, from: Data(row.text(1).utf8))
            return ApplicationAmendment(
                id: try row.get(0), content: content, step: try row.get(2), submittedBy: try row.get(3),
                submittedName: try row.get(4), submittedAt: try row.get(5))
        }
    }

    func insert(_ amendment: ApplicationAmendment, of id: ApplicationID) throws {
        let content = String(decoding: try JSONEncoder().encode(amendment.content), as: UTF8.self)
        try db.execute(
            """
            INSERT INTO federation_amendment (id, application_id, content, state, step, submitted_by, submitted_name,
                submitted_at)
            VALUES (\(amendment.id), \(id), \(content), 'submitted', \(amendment.step), \(amendment.submittedBy),
                \(amendment.submittedName), \(amendment.submittedAt))
            """)
    }

    /// Ends the amendment, or with a step hands it on. `false` when it does not wait at `step` any more.
    func move(_ amendment: ApplicationAmendment, to state: String, next: ApprovalStep?) throws -> Bool {
        try db.change(
            """
            UPDATE federation_amendment SET state = \(state), step = \(next)
            WHERE id = \(amendment.id) AND state = 'submitted' AND step = \(amendment.step)
            """) == 1
    }

    /// Oldest first.
    func reviews(of id: ApplicationID) throws -> [ApplicationReview] {
        try db.rows(
            """
            SELECT is_amendment, step, deed, remark, account_id, name, at FROM federation_review
            WHERE application_id = \(id) ORDER BY id
            """
        ) { row in
            ApplicationReview(
                isAmendment: try row.get(0), step: try row.get(1), deed: try row.get(2), remark: try row.get(3),
                account: try row.get(4), name: try row.get(5), at: try row.get(6))
        }
    }

    func insert(_ review: ApplicationReview, of id: ApplicationID) throws {
        try db.execute(
            """
            INSERT INTO federation_review (id, application_id, is_amendment, step, deed, remark, account_id, name, at)
            VALUES (\(Identifiers.next()), \(id), \(review.isAmendment), \(review.step), \(review.deed),
                \(review.remark), \(review.account), \(review.name), \(review.at))
            """)
    }

    // MARK: Applications

    func insert(
        _ id: ApplicationID, clientID: String, _ content: ApplicationContent, owner: OrganisationID,
        level: ApplicationLevel, applicant: (id: String, name: String), state: ApplicationState, at now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO federation_application (id, client_id, name, summary, level, owner_id, applicant, applicant_name,
                contact, contact_phone, launch_url, protocols, scopes, audience, is_public, asks_consent, logout_url,
                state, revision, created_at, changed_at)
            VALUES (\(id), \(clientID), '', '', \(level), \(owner), \(applicant.id), \(applicant.name), '', '', '', '',
                '', '', 0, 0, '', \(state), 0, \(now), \(now))
            """)
        try write(content, of: id, at: now)
    }

    /// Puts a content in force.
    func write(_ content: ApplicationContent, of id: ApplicationID, at now: Timestamp) throws {
        let content = content.canonical
        let protocols = content.protocols.map(\.rawValue).joined(separator: " ")
        try db.execute(
            """
            UPDATE federation_application SET name = \(content.name), summary = \(content.summary),
                contact = \(content.contact), contact_phone = \(content.contactPhone),
                launch_url = \(content.launchURL), logo = \(content.logo), protocols = \(protocols),
                scopes = \(content.scopes.joined(separator: " ")),
                machine_scopes = \(content.machineScopes.joined(separator: " ")),
                audience = \(content.audience.joined(separator: " ")), is_public = \(content.isPublic),
                asks_consent = \(content.asksConsent), logout_url = \(content.logoutURL), revision = revision + 1,
                changed_at = \(now) WHERE id = \(id)
            """)
        try db.execute("DELETE FROM federation_address WHERE application_id = \(id)")
        let rows = ApplicationAddressKind.allCases.flatMap { kind in
            content.addresses(kind).map { [id.databaseValue, kind.databaseValue, $0.databaseValue] }
        }
        try db.insert(into: "federation_address (application_id, kind, url)", rows: rows)
    }

    func place(_ id: ApplicationID, owner: OrganisationID, level: ApplicationLevel) throws {
        try db.execute(
            "UPDATE federation_application SET owner_id = \(owner), level = \(level) WHERE id = \(id)")
    }

    /// Moves the application on; `false` when it is in no such state, at no such step or has changed since `revision`.
    func move(
        _ record: ApplicationRecord, from states: [ApplicationState], to state: ApplicationState,
        step: ApprovalStep? = nil, at now: Timestamp
    ) throws -> Bool {
        try db.change(
            """
            UPDATE federation_application SET state = \(state), step = \(step), revision = revision + 1,
                changed_at = \(now)
            WHERE id = \(record.id) AND revision = \(record.revision) AND state IN \(in: states)
            """) == 1
    }

    func setApplicant(_ account: ID<Account>, name: String, of id: ApplicationID, at now: Timestamp) throws {
        try db.execute(
            """
            UPDATE federation_application SET applicant = \(account), applicant_name = \(name),
                revision = revision + 1, changed_at = \(now) WHERE id = \(id)
            """)
    }

    // MARK: Logos

    func keep(_ logo: ApplicationLogo, at now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO federation_logo (sha256, type, content, created_at)
            VALUES (\(logo.sha256), \(logo.kind), \(logo.content), \(now)) ON CONFLICT (sha256) DO NOTHING
            """)
    }

    func logo(_ sha256: String) throws -> ApplicationLogo? {
        try db.first("SELECT type, content FROM federation_logo WHERE sha256 = \(sha256)") {
            ApplicationLogo(kind: try $0.get(0), content: try $0.blob(1), sha256: sha256)
        }
    }
}
