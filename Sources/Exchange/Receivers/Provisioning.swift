import Database
import Directory
import Kernel
import Platform

/// Brings what changed to every receiver: one job with a rhythm of its own. Each person is noted for herself, so that a
/// stop at any moment loses and doubles nothing.
struct Provisioning: Sendable {
    static let kind = "exchange.provisioning"
    /// Seconds between two turns.
    static let rhythm: Int64 = 30
    private static let batch = 100
    private static let width = 4

    let database: Database
    let crypto: any CryptoProvider
    let gate: any AccountGate
    let outbound: any OutboundHTTP
    let now: @Sendable () -> Timestamp
    /// Requests a second to one receiver.
    let rate: Int

    var job: JobHandler {
        JobHandler(Provisioning.kind) { context in
            let count = try await run { try await context.report($0, of: 0, "已下发 \($0) 人") }
            let now = now()
            try await database.write { try Provisioning.order($0, after: context.job.id, now: now) }
            return "已下发 \(count) 人"
        }
    }

    /// The next turn; part of the caller's transaction.
    static func order(_ db: Connection, after job: ID<Job>? = nil, now: Timestamp) throws {
        let due = job == nil ? now : now.adding(seconds: rhythm)
        _ = try JobStore(db).addUnlessOpen(kind: kind, title: "向接收系统下发人员", due: due, besides: job, now: now)
    }

    /// One turn for every receiver that is on. Returns how many people were taken.
    func run(report: @Sendable (Int) async throws -> Void = { _ in }) async throws -> Int {
        let crypto = crypto
        let receivers = try await database.read { try ReceiverStore($0, crypto).list(within: .everything) }
        var count = 0
        for receiver in receivers where receiver.isOn {
            while try await plan(receiver) {}
            guard receiver.restsUntil <= now() else { continue }
            let before = count
            let taken = try await deliver(receiver) { try await report(before + $0) }
            count += taken
            if taken > 0 { try await note(taken, receiver) }
        }
        return count
    }

    /// Puts those who changed since the last time in the line; returns whether there may be more.
    func plan(_ receiver: Receiver) async throws -> Bool {
        let now = now(), crypto = crypto
        try await FeedCollection(database).collect(.staff, now: now)
        return try await database.write { db in
            let store = ReceiverStore(db, crypto), feed = FeedStore(db)
            let cursor = try store.find(receiver.id, within: .everything).cursor
            let slice = try feed.slice(.staff, within: DataScope([receiver.path]), after: cursor, limit: 1000)
            try store.queue(slice.entries.map { ID($0.id) }, for: receiver.id, now: now)
            try store.advance(receiver.id, to: slice.end)
            return slice.hasMore
        }
    }

    private func deliver(
        _ receiver: Receiver, report: @Sendable (Int) async throws -> Void
    ) async throws -> Int {
        let crypto = crypto, token = try await database.read { try ReceiverStore($0, crypto).token(of: receiver.id) }
        let client = ReceiverClient(baseURL: receiver.baseURL, token: token, outbound: outbound)
        var count = 0
        while true {
            let now = now()
            let due = try await database.read {
                try ReceiverStore($0, crypto).due(receiver.id, now: now, limit: Provisioning.batch)
            }
            if due.isEmpty { return count }
            let wanted = try await read(due.map(\.person), receiver)
            let began = ContinuousClock.now
            let outcomes = try await send(due, wanted, client)
            let closed = try await keep(outcomes, receiver)
            let taken = outcomes.filter { $0.trouble == nil }.count
            count += taken
            try await report(count)
            // Nobody taken: the other side is down or wants no more; the next turn tries again.
            if closed || taken == 0 { return count }
            let least = Duration.seconds(Double(due.count) / Double(rate)), spent = ContinuousClock.now - began
            if spent < least { try await Task.sleep(for: least - spent) }
        }
    }

    private func read(_ people: [ID<Person>], _ receiver: Receiver) async throws -> [ID<Person>: ReceiverPerson] {
        let crypto = crypto, gate = gate, today = now().day
        return try await database.read { db in
            try ReceiverPerson.read(people, at: receiver.path, crypto, gate, today: today, db)
        }
    }

    struct Outcome: Sendable {
        let delivery: Delivery
        var remote: String?
        var digest = ""
        var isActive = false
        var trouble: ReceiverClient.Trouble?
    }

    private func send(
        _ due: [Delivery], _ wanted: [ID<Person>: ReceiverPerson], _ client: ReceiverClient
    ) async throws -> [Outcome] {
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            var outcomes: [Outcome] = [], rest = due[...]
            for _ in 0..<Provisioning.width {
                guard let next = rest.popFirst() else { break }
                group.addTask { try await Provisioning.send(next, wanted[next.person], client) }
            }
            while let outcome = try await group.next() {
                outcomes.append(outcome)
                if let next = rest.popFirst() {
                    group.addTask { try await Provisioning.send(next, wanted[next.person], client) }
                }
            }
            return outcomes
        }
    }

    private static func send(
        _ delivery: Delivery, _ person: ReceiverPerson?, _ client: ReceiverClient
    ) async throws -> Outcome {
        var outcome = Outcome(delivery: delivery, remote: delivery.remoteID)
        do {
            if let person {
                (outcome.digest, outcome.isActive) = (person.digest, person.isActive)
                if delivery.remoteID != nil && delivery.digest == person.digest { return outcome }
                outcome.remote = try await bring(person, known: delivery, client)
            } else if let remote = delivery.remoteID {
                // Gone there already is as good.
                do { try await client.patch(remote, ReceiverPerson.deactivated) } catch ReceiverClient.Trouble.gone {}
                outcome.digest = ""
            }
        } catch let trouble as ReceiverClient.Trouble { outcome.trouble = trouble }
        return outcome
    }

    /// Returns the id she has there.
    private static func bring(
        _ person: ReceiverPerson, known delivery: Delivery, _ client: ReceiverClient
    ) async throws -> String {
        if let remote = delivery.remoteID {
            try await client.patch(remote, person.changed)
            return remote
        }
        // A try that ended without an answer may have been done.
        if delivery.attempts > 0,
            let found = try await client.find(externalID: person.person.rawValue, userName: person.userName)
        {
            try await client.patch(found, person.changed)
            return found
        }
        do { return try await client.create(person.created) } catch ReceiverClient.Trouble.taken {
            guard let found = try await client.find(externalID: person.person.rawValue, userName: person.userName)
            else {
                throw ReceiverClient.Trouble.refused("对方已有同名账号，又找不到它")
            }
            try await client.patch(found, person.changed)
            return found
        }
    }

    /// Notes what became of each; returns whether the receiver takes nothing for now.
    private func keep(_ outcomes: [Outcome], _ receiver: Receiver) async throws -> Bool {
        let now = now(), crypto = crypto
        return try await database.write { db in
            let store = ReceiverStore(db, crypto)
            var closed = ""
            for outcome in outcomes {
                let delivery = outcome.delivery, pause = ReceiverRules.pause(after: delivery.attempts + 1)
                switch outcome.trouble {
                case nil:
                    try store.took(
                        delivery, receiver.id, remote: outcome.remote, digest: outcome.digest,
                        isActive: outcome.isActive, now: now)
                case .passing(let text, let after):
                    let wait = max(pause, min(after ?? 0, 3600))
                    try store.missed(delivery, receiver.id, again: now.adding(seconds: wait), text, now: now)
                case .closed(let text):
                    closed = text
                    try store.missed(delivery, receiver.id, again: now.adding(seconds: 600), text, now: now)
                case .gone: try store.forgetRemote(delivery, receiver.id, now: now)
                case .refused(let text): try store.missed(delivery, receiver.id, again: nil, text, now: now)
                case .taken: try store.missed(delivery, receiver.id, again: nil, "对方已有同名账号", now: now)
                }
            }
            if !closed.isEmpty { try store.rest(receiver.id, until: now.adding(seconds: 600), closed) }
            return !closed.isEmpty
        }
    }

    private func note(_ count: Int, _ receiver: Receiver) async throws {
        let now = now(), crypto = crypto
        try await database.write { db in
            let failed = try ReceiverStore(db, crypto).counts(receiver.id).failed
            let run = ExchangeRun(
                id: Identifiers.next(), way: .provisioning, system: receiver.name,
                dataset: FeedDataset.staff.rawValue, at: now, rows: count, changed: count, flagged: 0, refused: failed,
                note: "")
            try ExchangeRunStore(db).insert(run, at: receiver.path)
        }
    }
}
