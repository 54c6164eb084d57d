import Database
import Directory
import Foundation
import Kernel
import Platform

/// 差异报告: what a receiver has and what it should have, side by side.
struct ReceiverComparison: Sendable {
    static let kind = "exchange.comparison"
    private static let count = 100

    let database: Database
    let crypto: any CryptoProvider
    let gate: any AccountGate
    let outbound: any OutboundHTTP
    let now: @Sendable () -> Timestamp

    var job: JobHandler {
        JobHandler(ReceiverComparison.kind) { context in
            guard let id = ReceiverID(checking: context.job.payload) else { throw DomainError.notFound }
            let found = try await run(id) { try await context.report($0, of: $1, "正在比对") }
            return found == 0 ? "两边一致" : "有 \(found) 处不同"
        }
    }

    /// One thing that differs.
    struct Finding: Sendable, Equatable {
        enum Kind: String, Column, Sendable { case missing, extra, different }
        let kind: Kind
        let remoteID: String
        let person: ID<Person>?
        let detail: String
    }

    /// Reads everybody there and keeps what differs; returns how many differ. Throws `DomainError.unavailable` when the
    /// receiver does not answer.
    func run(_ id: ReceiverID, report: @Sendable (Int, Int) async throws -> Void = { _, _ in }) async throws -> Int {
        let crypto = crypto
        let (receiver, token, known) = try await database.read { db in
            let store = ReceiverStore(db, crypto)
            return (try store.find(id, within: .everything), try store.token(of: id), try store.known(id))
        }
        let client = ReceiverClient(baseURL: receiver.baseURL, token: token, outbound: outbound)
        var remote: [String: JSONValue] = [:], start = 1, total = 1
        while start <= total {
            let page: (users: [JSONValue], total: Int)
            do { page = try await client.page(start: start, count: ReceiverComparison.count) } catch let trouble
                as ReceiverClient.Trouble
            {
                throw DomainError.unavailable("\(receiver.name)没有应答：\(trouble)")
            }
            for user in page.users { if let id = user["id"]?.text { remote[id] = user } }
            total = page.total
            if page.users.isEmpty { break }
            start += page.users.count
            try await report(min(start - 1, total), total)
        }
        let gate = gate, today = now().day, there = remote
        let wanted = try await database.read { db in
            try ReceiverPerson.read(known.map(\.person), at: receiver.path, crypto, gate, today: today, db)
        }
        let findings = ReceiverComparison.compare(known.map { ($0.person, $0.remote) }, wanted, there)
        let now = now()
        try await database.write { try DifferenceStore($0).replace(id, findings, now: now) }
        return findings.count
    }

    static func compare(
        _ known: [(person: ID<Person>, remote: String?)], _ wanted: [ID<Person>: ReceiverPerson],
        _ remote: [String: JSONValue]
    ) -> [Finding] {
        var findings: [Finding] = [], ours: Set<String> = []
        for (person, remoteID) in known {
            let user = remoteID.flatMap { remote[$0] }
            if let remoteID { ours.insert(remoteID) }
            guard let person = wanted[person] else {
                if let user, user.member("active")?.flag ?? true {
                    findings.append(
                        Finding(kind: .different, remoteID: remoteID ?? "", person: person, detail: "已离开，对方还在用"))
                }
                continue
            }
            guard let user else {
                findings.append(
                    Finding(kind: .missing, remoteID: person.person.rawValue, person: person.person, detail: "对方没有这个人"))
                continue
            }
            if !person.isSame(as: user) {
                findings.append(
                    Finding(kind: .different, remoteID: remoteID ?? "", person: person.person, detail: "姓名、单位或状态不同"))
            }
        }
        for id in remote.keys.sorted() where !ours.contains(id) {
            findings.append(Finding(kind: .extra, remoteID: id, person: nil, detail: "对方多出的人"))
        }
        return findings
    }
}
