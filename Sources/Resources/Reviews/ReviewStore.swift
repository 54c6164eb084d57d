import Database
import Directory
import Kernel
import Platform

/// All SQL of reviews and their steps, but the lists of the desks. The questions name a resource that the caller has
/// found for its viewer before.
struct ReviewStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// The latest first.
    func reviews(of item: ID<Item>) throws -> [Review] {
        try db.rows(
            """
            SELECT \(Review.columns) FROM resources_review r WHERE r.item_id = \(item)
            ORDER BY r.submitted_at DESC, r.id DESC
            """, Review.init)
    }

    func find(_ id: ID<Review>) throws -> Review? {
        try db.first("SELECT \(Review.columns) FROM resources_review r WHERE r.id = \(id)", Review.init)
    }

    func open(of item: ID<Item>) throws -> Review? {
        try db.first(
            "SELECT \(Review.columns) FROM resources_review r WHERE r.item_id = \(item) AND r.state = 'open'",
            Review.init)
    }

    /// Of every review of the resource, in the order in which they were opened.
    func steps(of item: ID<Item>) throws -> [ReviewStep] {
        try db.rows(
            """
            SELECT \(ReviewStep.columns) FROM resources_review_step s WHERE s.item_id = \(item)
            ORDER BY s.opened_at, CASE s.level WHEN 'school' THEN 0 WHEN 'county' THEN 1 ELSE 2 END, s.id
            """, ReviewStep.init)
    }

    /// Where the resource waits; `nil` when nowhere.
    func step(of item: ID<Item>) throws -> ReviewStep? {
        try db.first(
            "SELECT \(ReviewStep.columns) FROM resources_review_step s WHERE s.item_id = \(item) AND s.state = 'open'",
            ReviewStep.init)
    }

    /// Where each of the resources waits.
    func steps(of items: [ID<Item>]) throws -> [ID<Item>: ReviewStep] {
        var found: [ID<Item>: ReviewStep] = [:]
        try db.each(
            """
            SELECT \(ReviewStep.columns) FROM resources_review_step s
            WHERE s.item_id IN \(in: items) AND s.state = 'open'
            """
        ) { row in
            let step = try ReviewStep(row)
            found[step.item] = step
        }
        return found
    }

    /// The levels that have passed exactly this content of the resource.
    func passed(_ digest: String, of item: ID<Item>) throws -> Set<ReviewLevel> {
        Set(
            try db.column(
                """
                SELECT s.level FROM resources_review_step s JOIN resources_review r ON r.id = s.review_id
                WHERE s.item_id = \(item) AND r.digest = \(digest) AND s.state IN ('passed', 'carried')
                """, as: ReviewLevel.self))
    }

    /// The lowest level that refused the resource; `nil` when none did.
    func refusal(of item: ID<Item>) throws -> ReviewLevel? {
        try db.column(
            "SELECT s.level FROM resources_review_step s WHERE s.item_id = \(item) AND s.state = 'refused'",
            as: ReviewLevel.self
        ).min()
    }

    func insert(
        _ id: ID<Review>, of item: ID<Item>, version: Int, digest: String, goal: ReviewLevel, by account: ID<Account>,
        now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO resources_review (id, item_id, version, digest, goal, state, submitted_at, submitted_by,
                is_checked)
            VALUES (\(id), \(item), \(version), \(digest), \(goal), 'open', \(now), \(account), 0)
            """)
    }

    /// - Parameters:
    ///   - area: stage and subject, `2-13`.
    ///   - due: the last day for the decision.
    func insertStep(
        _ level: ReviewLevel, of review: ID<Review>, for item: Item, version: Int, area: String, due: LocalDate,
        state: ReviewStep.State = .open, reason: String = "", now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO resources_review_step (id, review_id, item_id, version, level, state, path, unit_path, area,
                opened_at, due_on, claimed_name, decided_at, decided_name, reason)
            VALUES (\(ID<ReviewStep>.new()), \(review), \(item.id), \(version), \(level), \(state), \(item.path),
                \(item.path.unit ?? .city), \(area), \(now), \(due), '', \(state == .open ? nil : now), '', \(reason))
            """)
    }

    /// Ends the step when nobody was faster: the conditional update is the lock.
    func decide(
        _ step: ID<ReviewStep>, _ state: ReviewStep.State, by user: CurrentUser, rank: ReviewLevel?, _ reason: String,
        now: Timestamp
    ) throws -> Bool {
        try db.change(
            """
            UPDATE resources_review_step SET state = \(state), decided_at = \(now), decided_by = \(user.account),
                decided_name = \(user.name), rank = \(rank), reason = \(reason)
            WHERE id = \(step) AND state = 'open'
            """) > 0
    }

    func end(_ review: ID<Review>, _ state: Review.State, now: Timestamp) throws {
        try db.execute(
            """
            UPDATE resources_review SET state = \(state), ended_at = \(now) WHERE id = \(review) AND state = 'open'
            """)
    }

    /// Takes the step for somebody; `false` when it is decided, or claimed by another than the caller saw.
    func claim(_ step: ReviewStep, by user: CurrentUser?, now: Timestamp) throws -> Bool {
        let known: SQL = step.claimedBy.map { "s.claimed_by = \($0)" } ?? "s.claimed_by IS NULL"
        return try db.change(
            """
            UPDATE resources_review_step AS s SET claimed_by = \(user?.account), claimed_name = \(user?.name ?? ""),
                claimed_at = \(user.map { _ in now })
            WHERE s.id = \(step.id) AND s.state = 'open' AND \(known)
            """) > 0
    }

    /// Everybody who wrote on the version.
    func writers(of item: ID<Item>, version: Int) throws -> Set<ID<Person>> {
        Set(
            try db.column(
                "SELECT person_id FROM resources_item_writer WHERE item_id = \(item) AND version = \(version)",
                as: ID<Person>.self))
    }

    /// Where open steps stand after schools were moved in the tree.
    func follow() throws -> Int {
        let moved = try db.rows(
            """
            SELECT s.id, o.path FROM resources_review_step s JOIN resources_item i ON i.id = s.item_id
            JOIN directory_organisation o ON o.id = i.school_id WHERE s.state = 'open' AND s.path <> o.path
            """
        ) { (id: try $0.get(0, as: ID<ReviewStep>.self), path: try $0.get(1, as: OrganisationPath.self)) }
        for step in moved {
            try db.execute(
                """
                UPDATE resources_review_step SET path = \(step.path), unit_path = \(step.path.unit ?? .city)
                WHERE id = \(step.id)
                """)
        }
        return moved.count
    }

    /// Versions that were handed in before there were levels.
    func withoutReview() throws -> [(item: ID<Item>, version: Int, account: ID<Account>?)] {
        try db.rows(
            """
            SELECT v.item_id, v.number, v.submitted_by FROM resources_item_version v
            WHERE v.state = 'pending' AND NOT EXISTS (
                SELECT 1 FROM resources_review r WHERE r.item_id = v.item_id AND r.state = 'open')
            """
        ) { (try $0.get(0), try $0.get(1), try $0.get(2)) }
    }
}
