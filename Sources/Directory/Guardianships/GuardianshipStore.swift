import Database
import Kernel

/// A guardian relation that is to be entered.
package struct NewGuardianship: Sendable {
    package let guardian: ID<Person>
    package let child: ID<Person>
    /// Code of 监护人关系; `nil` when nobody has told it.
    package let relation: String?
    /// 1 or 2; `nil` when nobody has told it.
    package let order: Int?

    package init(guardian: ID<Person>, child: ID<Person>, relation: String? = nil, order: Int? = nil) {
        (self.guardian, self.child, self.relation, self.order) = (guardian, child, relation, order)
    }
}

/// All SQL of guardian relations. The questions name people whom the caller has found within a scope before.
package struct GuardianshipStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    private static let tables: SQL =
        """
        directory_guardianship g JOIN directory_person c ON c.id = g.child_id
        JOIN directory_person p ON p.id = g.guardian_id
        """

    private static func holding(on day: LocalDate) -> SQL {
        "g.valid_from <= \(day) AND (g.valid_to IS NULL OR g.valid_to > \(day)) AND g.state <> 'refused'"
    }

    /// What gives a guardian access: confirmed, not ended, the child a minor. See `Guardianship.givesAccess`.
    private static func giving(on day: LocalDate) -> SQL {
        """
        \(holding(on: day)) AND g.state = 'confirmed'
        AND (c.birth_date IS NULL OR c.birth_date > \(Majority.latestBirth(ofAgeOn: day)))
        """
    }

    // MARK: Questions

    /// The guardian relations of each child that hold on the day, pending ones included: the first guardian first, then
    /// in the order in which they were told. Children without any are not in it.
    package func guardians(
        of children: [ID<Person>], on day: LocalDate
    ) throws -> [ID<Person>: [Guardianship]] {
        var found: [Guardianship] = []
        for chunk in children.chunks {
            found += try db.rows(
                """
                SELECT \(Guardianship.columns) FROM \(GuardianshipStore.tables)
                WHERE g.child_id IN \(in: chunk) AND \(GuardianshipStore.holding(on: day))
                ORDER BY COALESCE(g.ordinal, 3), g.id
                """, Guardianship.init)
        }
        return Dictionary(grouping: found, by: \.child)
    }

    /// The guardian relations of a guardian that hold on the day, pending ones included, by the names of the children.
    package func children(of guardian: ID<Person>, on day: LocalDate) throws -> [Guardianship] {
        try db.rows(
            """
            SELECT \(Guardianship.columns) FROM \(GuardianshipStore.tables)
            WHERE g.guardian_id = \(guardian) AND \(GuardianshipStore.holding(on: day))
            ORDER BY c.initials, c.name, g.id
            """, Guardianship.init)
    }

    /// The confirmed guardians of each child on the day, in the order of `guardians`.
    package func confirmedGuardians(
        of children: [ID<Person>], on day: LocalDate
    ) throws -> [ID<Person>: [PersonRecord]] {
        var found: [ID<Person>: [PersonRecord]] = [:]
        for chunk in children.chunks {
            try db.each(
                """
                SELECT \(PersonRecord.columns), g.child_id FROM directory_guardianship g
                JOIN directory_person p ON p.id = g.guardian_id
                WHERE g.child_id IN \(in: chunk) AND \(GuardianshipStore.holding(on: day)) AND g.state = 'confirmed'
                ORDER BY COALESCE(g.ordinal, 3), g.id
                """
            ) { found[try $0.get(PersonRecord.columnCount), default: []].append(try PersonRecord($0)) }
        }
        return found
    }

    /// The children of a guardian on the day, by confirmed relations; those who are of age by now among them.
    package func confirmedChildren(of guardian: ID<Person>, on day: LocalDate) throws -> [PersonRecord] {
        try db.rows(
            """
            SELECT \(PersonRecord.columns) FROM directory_guardianship g JOIN directory_person p ON p.id = g.child_id
            WHERE g.guardian_id = \(guardian) AND \(GuardianshipStore.holding(on: day)) AND g.state = 'confirmed'
            ORDER BY p.initials, p.id
            """, PersonRecord.init)
    }

    /// The children whom a guardian may see and decide for on the day.
    package func wards(of guardian: ID<Person>, on day: LocalDate) throws -> [PersonRecord] {
        let minors = Set(try children(of: guardian, on: day).filter { $0.givesAccess(on: day) }.map(\.child))
        return try confirmedChildren(of: guardian, on: day).filter { minors.contains($0.id) }
    }

    /// The schools on whose roll the children of each guardian are on the day or later, those in 休学 included, by
    /// relations that give access.
    package func schools(of guardians: [ID<Person>], on day: LocalDate) throws -> [ID<Person>: Set<OrganisationID>] {
        var schools: [ID<Person>: Set<OrganisationID>] = [:]
        for chunk in guardians.chunks {
            try db.each(
                """
                SELECT DISTINCT g.guardian_id, e.school_id FROM directory_guardianship g
                JOIN directory_person c ON c.id = g.child_id JOIN directory_enrolment e ON e.person_id = g.child_id
                WHERE g.guardian_id IN \(in: chunk) AND \(GuardianshipStore.giving(on: day))
                    AND \(GuardianshipStore.onRoll(on: day))
                """
            ) { schools[try $0.get(0), default: []].insert(try $0.get(1)) }
        }
        return schools
    }

    /// Over `directory_enrolment e`: a pupil on the day or later, or in 休学.
    private static func onRoll(on day: LocalDate) -> SQL {
        """
        (e.valid_to IS NULL OR (e.valid_to > \(day) AND e.valid_to > e.valid_from)
            OR (e.reason = \(LeavingReason.suspension) AND NOT EXISTS (
                SELECT 1 FROM directory_enrolment later WHERE later.person_id = e.person_id AND later.id <> e.id
                    AND later.valid_from >= e.valid_to
                    AND (later.reason IS NULL OR later.reason <> \(LeavingReason.undone)))))
        """
    }

    /// Everybody who is or was a guardian of one of the children, or says so.
    package func everyGuardian(of children: [ID<Person>]) throws -> [ID<Person>] {
        var all: Set<ID<Person>> = []
        for chunk in children.chunks {
            all.formUnion(
                try db.column(
                    """
                    SELECT DISTINCT guardian_id FROM directory_guardianship
                    WHERE child_id IN \(in: chunk)
                    """))
        }
        return all.sorted()
    }

    /// A relation of the child. Throws `DomainError.notFound` when it is another child's, or there is none.
    package func find(_ id: ID<Guardianship>, of child: ID<Person>) throws -> Guardianship {
        let found = try db.first(
            """
            SELECT \(Guardianship.columns) FROM \(GuardianshipStore.tables) WHERE g.id = \(id) AND g.child_id = \(child)
            """, Guardianship.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// The relation of two people that nobody has ended; `nil` without one.
    package func open(_ guardian: ID<Person>, _ child: ID<Person>) throws -> Guardianship? {
        try db.first(
            """
            SELECT \(Guardianship.columns) FROM \(GuardianshipStore.tables)
            WHERE g.guardian_id = \(guardian) AND g.child_id = \(child) AND g.valid_to IS NULL
            """, Guardianship.init)
    }

    /// Whether somebody is 18 on the day; who was born on an unknown day is not.
    package func isOfAge(_ person: ID<Person>, on day: LocalDate) throws -> Bool {
        let found: Int? = try db.value(
            """
            SELECT 1 FROM directory_person WHERE id = \(person) AND birth_date <= \(Majority.latestBirth(ofAgeOn: day))
            """)
        return found != nil
    }

    /// The relations of each child that nobody has ended, in the order in which they were told.
    package func open(of children: [ID<Person>]) throws -> [ID<Person>: [Guardianship]] {
        var found: [Guardianship] = []
        for chunk in children.chunks {
            found += try db.rows(
                """
                SELECT \(Guardianship.columns) FROM \(GuardianshipStore.tables)
                WHERE g.child_id IN \(in: chunk) AND g.valid_to IS NULL ORDER BY g.id
                """, Guardianship.init)
        }
        return Dictionary(grouping: found, by: \.child)
    }

    /// What schools have ended or refused of each child: nothing but a school's own hand brings it back. What an import or
    /// a merge took back is not among them.
    package func closed(of children: [ID<Person>]) throws -> [ID<Person>: [Guardianship]] {
        var found: [Guardianship] = []
        for chunk in children.chunks {
            found += try db.rows(
                """
                SELECT \(Guardianship.columns) FROM \(GuardianshipStore.tables)
                WHERE g.child_id IN \(in: chunk) AND (g.ended_by IS NOT NULL OR g.state = 'refused') ORDER BY g.id
                """, Guardianship.init)
        }
        return Dictionary(grouping: found, by: \.child)
    }

    /// The confirmed children of a guardian with the schools on whose rolls they are on the day or later.
    func places(ofChildrenOf guardian: ID<Person>, on day: LocalDate) throws -> [(name: String, path: OrganisationPath)]
    {
        try db.rows(
            """
            SELECT DISTINCT c.name, o.path FROM directory_guardianship g JOIN directory_person c ON c.id = g.child_id
            JOIN directory_enrolment e ON e.person_id = g.child_id JOIN directory_organisation o ON o.id = e.school_id
            WHERE g.guardian_id = \(guardian) AND \(GuardianshipStore.holding(on: day)) AND g.state = 'confirmed'
                AND \(GuardianshipStore.onRoll(on: day))
            ORDER BY c.name, o.path
            """
        ) { (try $0.get(0), try $0.get(1)) }
    }

    /// What waits for a school's word, of the pupils on its roll on the day, the oldest first.
    func pending(at school: OrganisationID, on day: LocalDate) throws -> [(Guardianship, classGroup: ID<ClassGroup>)] {
        try db.rows(
            """
            SELECT \(Guardianship.columns), e.class_id FROM \(GuardianshipStore.tables)
            JOIN directory_enrolment e ON e.person_id = g.child_id
            WHERE g.state = 'pending' AND g.valid_to IS NULL AND e.school_id = \(school)
                AND \(GuardianshipStore.onRoll(on: day))
            ORDER BY g.id
            """
        ) { (try Guardianship($0), try $0.get(Guardianship.columnCount)) }
    }

    /// How many wait for a school's word. Nothing is read of the pupils for whom nobody waits.
    func pendingCount(at school: OrganisationID, on day: LocalDate) throws -> Int {
        try db.value(
            """
            SELECT COUNT(*) FROM directory_enrolment e JOIN directory_guardianship g ON g.child_id = e.person_id
            WHERE g.state = 'pending' AND g.valid_to IS NULL AND e.school_id = \(school)
                AND \(GuardianshipStore.onRoll(on: day))
            """) ?? 0
    }

    /// Declarations that no school has decided since before the moment.
    func waiting(since limit: Timestamp) throws -> [Guardianship] {
        try db.rows(
            """
            SELECT \(Guardianship.columns) FROM \(GuardianshipStore.tables)
            WHERE g.state = 'pending' AND g.valid_to IS NULL AND g.origin = 'declared' AND g.recorded_at < \(limit)
            ORDER BY g.id
            """, Guardianship.init)
    }

    /// Whether somebody is known to be younger than 18 on the day.
    func isMinor(_ person: ID<Person>, on day: LocalDate) throws -> Bool {
        let found: Int? = try db.value(
            """
            SELECT 1 FROM directory_person WHERE id = \(person) AND birth_date > \(Majority.latestBirth(ofAgeOn: day))
            """)
        return found != nil
    }

    /// What schools have refused to the guardian since then, the latest first.
    package func refused(to guardian: ID<Person>, since start: Timestamp) throws -> [Guardianship] {
        try db.rows(
            """
            SELECT \(Guardianship.columns) FROM \(GuardianshipStore.tables)
            WHERE g.guardian_id = \(guardian) AND g.state = 'refused' AND g.decided_at >= \(start)
            ORDER BY g.decided_at DESC, g.id DESC
            """, Guardianship.init)
    }

    // MARK: Writes

    /// Enters relations that hold from the day on; between none of the pairs there is one that is open. Confirmed ones
    /// are confirmed by the author.
    package func insert(
        _ new: [NewGuardianship], _ state: GuardianshipState, _ origin: GuardianshipOrigin, from day: LocalDate,
        by author: String, at now: Timestamp
    ) throws {
        let isDecided = state != .pending
        try db.insert(
            into:
                """
                directory_guardianship (id, guardian_id, child_id, relation, ordinal, state, origin, valid_from,
                    decided_at, decided_by, recorded_at, recorded_by, changed_at)
                """,
            rows: new.map { one in
                [
                    ID<Guardianship>.new().databaseValue, one.guardian.databaseValue, one.child.databaseValue,
                    one.relation.databaseValue, one.order.databaseValue, state.databaseValue, origin.databaseValue,
                    day.databaseValue, (isDecided ? now : nil).databaseValue, (isDecided ? author : nil).databaseValue,
                    now.databaseValue, .text(author), now.databaseValue,
                ]
            })
    }

    /// Says what the relation is; `nil` leaves it open again.
    package func set(_ relation: String?, _ order: Int?, of id: ID<Guardianship>, at now: Timestamp) throws {
        try db.execute(
            """
            UPDATE directory_guardianship SET relation = \(relation), ordinal = \(order), changed_at = \(now)
            WHERE id = \(id)
            """)
    }

    /// Lets nobody else be the child's first, or second, guardian.
    func clear(_ order: Int, of child: ID<Person>, except id: ID<Guardianship>?, at now: Timestamp) throws {
        try db.execute(
            """
            UPDATE directory_guardianship SET ordinal = NULL, changed_at = \(now)
            WHERE child_id = \(child) AND ordinal = \(order) AND valid_to IS NULL AND id <> \(id?.rawValue ?? "")
            """)
    }

    /// Confirms a relation that is pending; it holds from the day on. Returns whether it still was pending.
    package func confirm(_ id: ID<Guardianship>, from day: LocalDate, by author: String, at now: Timestamp) throws
        -> Bool
    {
        try db.change(
            """
            UPDATE directory_guardianship SET state = 'confirmed', valid_from = \(day), decided_at = \(now),
                decided_by = \(author), changed_at = \(now)
            WHERE id = \(id) AND state = 'pending' AND valid_to IS NULL
            """) == 1
    }

    /// Refuses a relation that is pending: it never has been. Returns whether it still was pending.
    func refuse(_ id: ID<Guardianship>, _ reason: String, by author: String, at now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE directory_guardianship SET state = 'refused', valid_to = valid_from, reason = \(reason),
                decided_at = \(now), decided_by = \(author), changed_at = \(now)
            WHERE id = \(id) AND state = 'pending' AND valid_to IS NULL
            """) == 1
    }

    /// Ends a relation on the day; one that begins later has never been. Returns whether it still was open.
    func end(_ id: ID<Guardianship>, on day: LocalDate, by author: String, at now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE directory_guardianship SET valid_to = CASE WHEN valid_from > \(day) THEN valid_from ELSE \(day) END,
                ended_by = \(author), changed_at = \(now)
            WHERE id = \(id) AND valid_to IS NULL
            """) == 1
    }

    // MARK: Declarations

    /// How many children somebody has declared since then.
    func claims(by person: ID<Person>, since start: Timestamp) throws -> Int {
        try db.value(
            "SELECT COUNT(*) FROM directory_guardian_claim WHERE person_id = \(person) AND at >= \(start)") ?? 0
    }

    /// The days on which somebody has declared a child, the latest first.
    package func claims(by person: ID<Person>) throws -> [Timestamp] {
        try db.column("SELECT at FROM directory_guardian_claim WHERE person_id = \(person) ORDER BY at DESC, id DESC")
    }

    /// A declaration that a school has decided is not one that waits.
    func forgetClaim(of id: ID<Guardianship>) throws {
        try db.execute(
            """
            DELETE FROM directory_guardian_claim WHERE EXISTS (
                SELECT 1 FROM directory_guardianship g WHERE g.id = \(id)
                    AND g.guardian_id = directory_guardian_claim.person_id
                    AND g.recorded_at = directory_guardian_claim.at)
            """)
    }

    /// Forgets declarations from before the moment.
    func forgetClaims(before limit: Timestamp) throws {
        try db.execute("DELETE FROM directory_guardian_claim WHERE at < \(limit)")
    }

    /// Notes a declaration and forgets those from before `limit`.
    func noteClaim(by person: ID<Person>, at now: Timestamp, forgettingBefore limit: Timestamp) throws {
        try db.execute("DELETE FROM directory_guardian_claim WHERE person_id = \(person) AND at < \(limit)")
        try db.execute(
            """
            INSERT INTO directory_guardian_claim (id, person_id, at) VALUES (\(Identifiers.next()), \(person), \(now))
            """)
    }
}

extension [ID<Person>] {
    /// As many at a time as a statement takes.
    fileprivate var chunks: [[ID<Person>]] {
        stride(from: 0, to: count, by: 512).map { Array(self[$0..<Swift.min($0 + 512, count)]) }
    }
}
