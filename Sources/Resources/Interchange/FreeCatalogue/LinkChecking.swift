import Database
import Kernel
import Platform

/// 链接检查: looks from time to time whether the links of the city's catalogue still open. One host is asked by one request
/// at a time and not often; what fails again and again is hidden and listed for the curator.
struct LinkChecking: Sendable {
    let database: Database
    let outbound: any OutboundHTTP
    let pause: @Sendable (Int) async throws -> Void
    let now: @Sendable () -> Timestamp

    static let job = "resources.links"
    /// Failures in a row after which an entry is hidden.
    static let mostFailures = 3
    /// Entries of one go.
    private static let batch = 100
    /// Requests to one host in one go.
    private static let perHost = 20
    /// Days between two looks at a link that opens, and at one that does not.
    private static let goodDays: Int64 = 7
    private static let badDays: Int64 = 1
    private static let timeout = 15
    /// Bytes of a page that are read; more says nothing new.
    private static let byteLimit = 64 << 10
    private static let mostRedirects = 4

    struct Due: Sendable, Equatable {
        let id: ID<ExternalEntry>
        let link: String
        let failures: Int
    }

    /// What a look found.
    struct Finding: Sendable, Equatable {
        let state: LinkState
        var target = ""
    }

    /// Looks at what is due; returns how many were looked at and how many of them failed.
    func run(alive: @Sendable (Int) async throws -> Void) async throws -> (looked: Int, failed: Int) {
        let moment = now()
        let due = try await database.read { try LinkCheckStore($0).due(now: moment, limit: LinkChecking.batch) }
        var asked: [String: Int] = [:], looked = 0, failed = 0
        for entry in due {
            guard let link = WebLink(entry.link) else { continue }
            let times = asked[link.host, default: 0]
            // The rest of a host has its turn the next time.
            guard times < LinkChecking.perHost else { continue }
            asked[link.host] = times + 1
            if times > 0 { try await pause(1) }
            try await alive(looked)
            let finding = try await look(link)
            looked += 1
            if !finding.state.isGood { failed += 1 }
            try await save(finding, of: entry)
        }
        return (looked, failed)
    }

    private func save(_ finding: Finding, of entry: Due) async throws {
        let moment = now(), isGood = finding.state.isGood, failures = isGood ? 0 : entry.failures + 1
        let due = moment.adding(days: isGood ? LinkChecking.goodDays : LinkChecking.badDays)
        try await database.write { db in
            try LinkCheckStore(db).set(
                finding, of: entry, failures: failures, isHidden: failures >= LinkChecking.mostFailures, at: moment,
                due: due)
        }
    }

    /// By `HEAD`, and by `GET` where that says nothing good: many servers refuse the one and answer the other.
    func look(_ link: WebLink) async throws -> Finding {
        let head = try await ask(.head, link)
        return head.state.isGood ? head : try await ask(.get, link)
    }

    private func ask(_ method: OutboundRequest.Method, _ link: WebLink) async throws -> Finding {
        var place = link, isMoved = false
        for _ in 0...LinkChecking.mostRedirects {
            let request = OutboundRequest(
                method: method, url: place.text, headers: [("user-agent", "Santong link checker"), ("accept", "*/*")],
                timeout: LinkChecking.timeout, byteLimit: LinkChecking.byteLimit)
            let answer: OutboundResponse
            do { answer = try await outbound.send(request) } catch OutboundError.tooLarge {
                return LinkChecking.found(place, link, isMoved)
            } catch OutboundError.timeout { return Finding(state: .timeout) } catch is OutboundError {
                return Finding(state: .failing)
            }
            switch answer.status {
            case 200..<300: return LinkChecking.found(place, link, isMoved)
            case 301, 302, 303, 307, 308:
                guard let next = answer.header("location").flatMap({ place.following($0) }) else {
                    return Finding(state: .failing)
                }
                if answer.status == 301 || answer.status == 308 { isMoved = true }
                place = next
            case 404, 410: return Finding(state: .gone)
            default: return Finding(state: .failing)
            }
        }
        return Finding(state: .failing)
    }

    private static func found(_ place: WebLink, _ link: WebLink, _ isMoved: Bool) -> Finding {
        isMoved && place != link ? Finding(state: .moved, target: place.text) : Finding(state: .ok)
    }
}

/// All SQL of the checking of links.
struct LinkCheckStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    func due(now: Timestamp, limit: Int) throws -> [LinkChecking.Due] {
        try db.rows(
            """
            SELECT e.id, e.link, e.failures FROM resources_external e
            WHERE e.source_id = '' AND e.is_removed = 0 AND e.check_due <= \(now) ORDER BY e.check_due LIMIT \(limit)
            """
        ) { LinkChecking.Due(id: try $0.get(0), link: try $0.get(1), failures: try $0.get(2)) }
    }

    /// Not for one whose link was changed meanwhile.
    func set(
        _ finding: LinkChecking.Finding, of entry: LinkChecking.Due, failures: Int, isHidden: Bool, at now: Timestamp,
        due: Timestamp
    ) throws {
        try db.execute(
            """
            UPDATE resources_external SET link_state = \(finding.state), link_target = \(finding.target),
                checked_at = \(now), failures = \(failures), is_hidden = \(isHidden), check_due = \(due)
            WHERE id = \(entry.id) AND link = \(entry.link)
            """)
    }

    /// Lets everything be looked at with the next go.
    func setAllDue(now: Timestamp) throws {
        try db.execute(
            "UPDATE resources_external SET check_due = \(now) WHERE source_id = '' AND is_removed = 0 AND check_due > \(now)"
        )
    }

    func counts() throws -> [LinkState: Int] {
        var counts: [LinkState: Int] = [:]
        try db.each(
            """
            SELECT link_state, COUNT(*) FROM resources_external WHERE source_id = '' AND is_removed = 0
            GROUP BY link_state
            """
        ) { counts[try $0.get(0)] = try $0.get(1) }
        return counts
    }
}

/// The checking as a job.
struct LinkCheckJob: Sendable {
    let outbound: any OutboundHTTP

    var handler: JobHandler {
        let outbound = outbound
        return JobHandler(LinkChecking.job) { context in
            let checking = LinkChecking(
                database: context.database, outbound: outbound,
                pause: { try await Task.sleep(for: .seconds($0)) }, now: { .now })
            let (looked, failed) = try await checking.run { try await context.report($0, of: 0, "检查链接") }
            return "检查了 \(looked) 个链接，\(failed) 个打不开"
        }
    }

    /// Adds a job when something is due and none is on its way.
    static func tend(_ db: Connection, now: Timestamp) throws {
        guard try !LinkCheckStore(db).due(now: now, limit: 1).isEmpty else { return }
        _ = try JobStore(db).addUnlessOpen(kind: LinkChecking.job, title: "检查免费资源的链接", due: now, now: now)
    }
}
