import Database
import Directory
import Kernel
import Platform

/// All SQL of requests of people about their data.
struct RightsRequestStore {
    let db: Connection
    let crypto: any CryptoProvider

    init(_ db: Connection, _ crypto: any CryptoProvider) { (self.db, self.crypto) = (db, crypto) }

    private static let columns: SQL =
        """
        r.id, r.kind, r.person_id, p.name, r.applicant_id, a.name, o.name, o.path, r.text, r.asked_at, r.due_on, r.state,
        r.answer, r.answered_by, r.answered_at
        """
    private static let tables: SQL =
        """
        privacy_request r JOIN directory_person p ON p.id = r.person_id
        JOIN directory_person a ON a.id = r.applicant_id JOIN directory_organisation o ON o.id = r.organisation_id
        """

    func insert(
        _ kind: RightsRequest.Kind, _ text: String, about person: ID<Person>, by applicant: ID<Person>,
        at organisation: OrganisationID, due: LocalDate, now: Timestamp
    ) throws -> ID<RightsRequest> {
        let id = ID<RightsRequest>.new()
        let sealed = try crypto.seal(text, context: "privacy_request.text/\(id)")
        try db.execute(
            """
            INSERT INTO privacy_request (id, kind, person_id, applicant_id, organisation_id, text, asked_at, due_on,
                state, answered_by)
            VALUES (\(id), \(kind), \(person), \(applicant), \(organisation), \(sealed), \(now), \(due), 'open', '')
            """)
        return id
    }

    func openCount(by applicant: ID<Person>) throws -> Int {
        try db.value(
            "SELECT COUNT(*) FROM privacy_request WHERE applicant_id = \(applicant) AND state = 'open'") ?? 0
    }

    /// What the applicant has asked about the person, the newest first.
    func own(of person: ID<Person>, by applicant: ID<Person>) throws -> [RightsRequest] {
        try db.rows(
            """
            SELECT \(RightsRequestStore.columns) FROM \(RightsRequestStore.tables)
            WHERE r.person_id = \(person) AND r.applicant_id = \(applicant) ORDER BY r.id DESC LIMIT 100
            """
        ) { try read($0) }
    }

    /// In the state, the first due first; without one, the newest first.
    func list(within scope: DataScope, state: RightsRequest.State?, limit: Int) throws -> [RightsRequest] {
        let condition: SQL = state.map { " AND r.state = \($0)" } ?? ""
        let order: SQL = state == .open ? "r.due_on, r.id" : "r.id DESC"
        return try db.rows(
            """
            SELECT \(RightsRequestStore.columns) FROM \(RightsRequestStore.tables)
            WHERE \(SQL.within(scope, "o.path"))\(condition) ORDER BY \(order) LIMIT \(limit)
            """
        ) { try read($0) }
    }

    /// Throws `DomainError.notFound` when there is none in the scope.
    func find(_ id: ID<RightsRequest>, within scope: DataScope) throws -> RightsRequest {
        let found = try db.first(
            """
            SELECT \(RightsRequestStore.columns) FROM \(RightsRequestStore.tables)
            WHERE r.id = \(id) AND \(SQL.within(scope, "o.path"))
            """
        ) { try read($0) }
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// Returns whether it was open.
    func answer(
        _ id: ID<RightsRequest>, _ state: RightsRequest.State, _ text: String, by name: String, now: Timestamp
    ) throws -> Bool {
        let sealed = try crypto.seal(text, context: "privacy_request.answer/\(id)")
        return try db.change(
            """
            UPDATE privacy_request SET state = \(state), answer = \(sealed), answered_by = \(name), answered_at = \(now)
            WHERE id = \(id) AND state = 'open'
            """) == 1
    }

    /// Puts on record what was erased, without any value.
    func note(erased what: [String], of request: RightsRequest, by name: String, now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO privacy_erasure (id, request_id, person_id, what, at, by_name)
            VALUES (\(Identifiers.next()), \(request.id), \(request.person), \(what.joined(separator: "、")), \(now),
                \(name))
            """)
    }

    private static func old(_ before: Timestamp, _ spared: Set<ID<Person>>) -> SQL {
        let kept: SQL = spared.isEmpty ? "" : " AND person_id NOT IN \(in: spared.sorted())"
        return "answered_at < \(before)\(kept)"
    }

    func countOld(_ before: Timestamp, sparing people: Set<ID<Person>>) throws -> Int {
        try db.value("SELECT COUNT(*) FROM privacy_request WHERE \(RightsRequestStore.old(before, people))") ?? 0
    }

    func deleteOld(_ before: Timestamp, sparing people: Set<ID<Person>>, atMost limit: Int) throws -> Int {
        try db.change(
            """
            DELETE FROM privacy_request WHERE id IN (
                SELECT id FROM privacy_request WHERE \(RightsRequestStore.old(before, people)) ORDER BY id LIMIT \(limit))
            """)
    }

    private func read(_ row: borrowing Row) throws -> RightsRequest {
        let id: ID<RightsRequest> = try row.get(0)
        let answer: [UInt8]? = try row.get(12)
        return RightsRequest(
            id: id, kind: try row.get(1), person: try row.get(2), personName: try row.get(3),
            applicant: try row.get(4), applicantName: try row.get(5), organisationName: try row.get(6),
            path: try row.get(7), text: try crypto.openText(try row.blob(8), context: "privacy_request.text/\(id)"),
            askedAt: try row.get(9), due: try row.get(10), state: try row.get(11),
            answer: try answer.map { try crypto.openText($0, context: "privacy_request.answer/\(id)") } ?? "",
            answeredBy: try row.get(13), answeredAt: try row.get(14))
    }
}
