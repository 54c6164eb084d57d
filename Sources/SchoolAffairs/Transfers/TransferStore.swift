import Database
import Directory
import Kernel
import Platform

/// All SQL of 转学. Every list names the viewer's scope; what lies outside does not exist.
package struct TransferStore {
    let db: Connection
    let crypto: any CryptoProvider

    package init(_ db: Connection, _ crypto: any CryptoProvider) { (self.db, self.crypto) = (db, crypto) }

    private static let tables: SQL =
        """
        school_affairs_transfer t JOIN directory_organisation r ON r.id = t.receiver_id
        JOIN directory_organisation ru ON ru.id = t.receiver_unit_id
        LEFT JOIN directory_organisation s ON s.id = t.sender_id
        LEFT JOIN directory_organisation su ON su.id = t.sender_unit_id
        """

    /// Which side of the viewer's schools.
    package enum Side: String, Sendable, CaseIterable { case both, receiving, sending }

    /// The receiving side sees its applications from the first, the sending side once it is its turn.
    private static func visible(_ scope: DataScope, _ side: Side) -> SQL {
        let receiving: SQL = SQL.within(scope, "r.path")
        let sending: SQL = "(t.has_reached_sender = 1 AND \(SQL.within(scope, "s.path")))"
        switch side {
        case .both: return "(\(receiving) OR \(sending))"
        case .receiving: return receiving
        case .sending: return sending
        }
    }

    /// Throws `DomainError.notFound` when there is none in the scope.
    package func find(_ id: ID<Transfer>, within scope: DataScope) throws -> Transfer {
        let found = try db.first(
            """
            SELECT \(Transfer.columns) FROM \(TransferStore.tables)
            WHERE t.id = \(id) AND \(TransferStore.visible(scope, .both))
            """, Transfer.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// The latest first, continued after `after`.
    package func list(
        within scope: DataScope, side: Side = .both, state: TransferState? = nil, after: String? = nil, limit: Int
    ) throws -> (rows: [Transfer], total: Int) {
        let ofState: SQL = state.map { " AND t.state = \($0)" } ?? .empty
        let condition: SQL = "\(TransferStore.visible(scope, side))\(ofState)"
        let rest: SQL = after.map { " AND t.id < \($0)" } ?? .empty
        let rows = try db.rows(
            """
            SELECT \(Transfer.columns) FROM \(TransferStore.tables)
            WHERE \(condition)\(rest) ORDER BY t.id DESC LIMIT \(limit)
            """, Transfer.init)
        let total: Int? = try db.value("SELECT COUNT(*) FROM \(TransferStore.tables) WHERE \(condition)")
        return (rows, total ?? 0)
    }

    /// What waits for somebody with the rights: at schools by the one, at counties and the bureau by the other. The most
    /// urgent first.
    package func waiting(applying schools: DataScope, approving units: DataScope, limit: Int) throws -> [Transfer] {
        let isBureau = units.contains(.city)
        let unmatched: SQL = isBureau ? " OR (t.state = 'sending_school' AND t.sender_id IS NULL)" : .empty
        return try db.rows(
            """
            SELECT \(Transfer.columns) FROM \(TransferStore.tables)
            WHERE (t.state = 'receiving_school' AND \(SQL.within(schools, "r.path")))
                OR (t.state = 'receiving_unit' AND \(SQL.within(units, "ru.path")))
                OR (t.state = 'sending_school' AND \(SQL.within(schools, "s.path")))
                OR (t.state = 'sending_unit' AND \(SQL.within(units, "su.path")))\(unmatched)
            ORDER BY t.due_on, t.id LIMIT \(limit)
            """, Transfer.init)
    }

    /// Those of a pupil that have come to her school and are not decided.
    func open(of person: ID<Person>) throws -> [Transfer] {
        try db.rows(
            """
            SELECT \(Transfer.columns) FROM \(TransferStore.tables)
            WHERE t.person_id = \(person) AND t.state IN \(in: TransferState.open) ORDER BY t.id
            """, Transfer.init)
    }

    /// What the parent has told.
    func claim(of id: ID<Transfer>) throws -> TransferClaim {
        let sealed: [UInt8]? = try db.value("SELECT sealed FROM school_affairs_transfer WHERE id = \(id)")
        guard let sealed else { throw DomainError.notFound }
        return try TransferClaim(text: crypto.openText(sealed, context: TransferStore.context(id)))
    }

    /// The names that stand in the claims.
    func names(of transfers: [Transfer]) throws -> [ID<Transfer>: String] {
        try transfers.reduce(into: [:]) { $0[$1.id] = try claim(of: $1.id).name }
    }

    /// Throws `DatabaseError.uniqueViolation` while the school has another open one for the number.
    func insert(
        _ id: ID<Transfer>, _ claim: TransferClaim, to school: OrganisationID, unit: OrganisationID,
        _ place: TransferPlace, by actor: AuditActor, due: LocalDate, at now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO school_affairs_transfer (id, state, receiver_id, receiver_unit_id, stage, entry_year, class_id,
                lookup, sealed, applicant, applicant_name, applied_at, due_on, has_reached_sender, changed_at, revision)
            VALUES (\(id), 'receiving_school', \(school), \(unit), \(place.stage), \(place.entryYear),
                \(place.classGroup), \(key(claim)), \(seal(claim, id)), \(actor.id ?? ""), \(actor.name), \(now), \(due),
                0, \(now), 1)
            """)
    }

    /// Puts a refused one on its way again with what is told now. Throws `DatabaseError.uniqueViolation` like `insert`.
    func restart(
        _ transfer: Transfer, _ claim: TransferClaim, _ place: TransferPlace, by actor: AuditActor, due: LocalDate,
        at now: Timestamp
    ) throws -> Bool {
        try db.change(
            """
            UPDATE school_affairs_transfer SET state = 'receiving_school', stage = \(place.stage),
                entry_year = \(place.entryYear), class_id = \(place.classGroup), lookup = \(key(claim)),
                sealed = \(seal(claim, transfer.id)), person_id = NULL, sender_id = NULL, sender_unit_id = NULL,
                has_reached_sender = 0, applicant = \(actor.id ?? ""), applicant_name = \(actor.name),
                applied_at = \(now), due_on = \(due), changed_at = \(now), revision = revision + 1
            WHERE id = \(transfer.id) AND state = 'refused' AND revision = \(transfer.revision)
            """) == 1
    }

    /// The conditional update is the lock: of two people who saw the same state, one is too late.
    func move(_ transfer: Transfer, to state: TransferState, due: LocalDate? = nil, at now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE school_affairs_transfer SET state = \(state), due_on = \(due ?? transfer.dueOn),
                has_reached_sender = \(transfer.hasReachedSender || state.isSending), changed_at = \(now),
                revision = revision + 1
            WHERE id = \(transfer.id) AND state = \(transfer.state) AND revision = \(transfer.revision)
            """) == 1
    }

    /// What keeps a pupil on the roll of a school, and whether it is interrupted.
    typealias Held = (enrolment: Enrolment, isSuspended: Bool)

    /// The enrolment of a person that holds on the day or later, else the one that her 休学 interrupts; `nil` for whoever is
    /// on no roll.
    static func held(by person: ID<Person>, on day: LocalDate, _ db: Connection) throws -> Held? {
        let enrolments = EnrolmentStore(db)
        if let standing = try enrolments.standing(of: person, after: day) { return (standing, false) }
        return try enrolments.suspended(person, on: day).map { ($0, true) }
    }

    /// Notes whom the claim means.
    func match(
        _ id: ID<Transfer>, _ person: ID<Person>, at school: OrganisationID, unit: OrganisationID
    ) throws {
        try db.execute(
            """
            UPDATE school_affairs_transfer SET person_id = \(person), sender_id = \(school), sender_unit_id = \(unit)
            WHERE id = \(id)
            """)
    }

    private func key(_ claim: TransferClaim) -> [UInt8] {
        crypto.lookupKey(claim.number.uppercased(), purpose: "school_affairs_transfer.lookup")
    }

    private func seal(_ claim: TransferClaim, _ id: ID<Transfer>) throws -> [UInt8] {
        try crypto.seal(claim.text, context: TransferStore.context(id))
    }

    private static func context(_ id: ID<Transfer>) -> String { "school_affairs_transfer.sealed/\(id)" }
}
