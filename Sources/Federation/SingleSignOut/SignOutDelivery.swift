import Contracts
import Database
import Foundation
import Kernel
import Platform
import Synchronization

/// 单点退出: tells every application that took part in a session that it is over. One job for each, so that a failure is
/// tried again, is seen by the operators and holds up nobody else.
struct SignOutDelivery: Sendable {
    static let kind = "federation.sign_out"
    /// Seconds in which an application that did not answer is not asked again for another session.
    static let rest: Int64 = 15

    let database: Database
    let outbound: any OutboundHTTP
    let messages: [SignOnProtocol: LogoutMessage]
    let silent: SilentApplications
    let now: @Sendable () -> Timestamp

    var receiver: EventReceiver {
        EventReceiver(SessionEnded.self) { event in
            let now = now()
            try await database.write { db in
                for ended in try ParticipationStore(db).end(lineage: event.lineage) where !ended.address.isEmpty {
                    try SignOutDelivery.order(ended, at: now, on: db)
                }
            }
        }
    }

    /// Part of the caller's transaction: the application will be told.
    static func order(_ ended: Participation, at now: Timestamp, on db: Connection) throws {
        guard let application = try ApplicationStore(db).find(ended.application) else { return }
        let payload = String(decoding: try JSONEncoder().encode(ended), as: UTF8.self)
        _ = try JobStore(db).add(
            kind: kind, title: "通知退出：\(application.name)", payload: payload, by: nil, at: application.ownerPath,
            due: now, now: now)
    }

    var job: JobHandler { JobHandler(SignOutDelivery.kind, run) }

    @Sendable private func run(_ context: JobContext) async throws -> String {
        let ended = try JSONDecoder().decode(Participation.self, from: Data(context.job.payload.utf8))
        let found = try await database.read { try ApplicationStore($0).find(ended.application) }
        guard let application = found, let message = messages[ended.kind] else { throw DomainError.notFound }
        let isLastTry = context.job.attempts >= JobStore.attempts
        if !isLastTry && silent.isResting(ended.application, at: now()) {
            throw DomainError.unavailable("\(application.name)刚才没有应答，稍后再通知")
        }
        let outcome: Outcome
        do {
            let answer = try await outbound.send(try await message(ended, now()))
            silent.heard(ended.application)
            outcome = Outcome(status: answer.status, ended.kind)
        } catch let error as OutboundError {
            silent.note(ended.application, until: now().adding(seconds: SignOutDelivery.rest))
            outcome = Outcome(text: error.description, isDelivered: false, mayPass: true)
        }
        try await note(outcome, ended, application)
        guard outcome.isDelivered else {
            let text = "\(application.name)：\(outcome.text)"
            throw outcome.mayPass ? DomainError.unavailable(text) : DomainError.conflict(text)
        }
        return "\(application.name)已收到"
    }

    private func note(_ outcome: Outcome, _ ended: Participation, _ application: Application) async throws {
        let now = now()
        try await database.write { db in
            try AuditLog.record(
                "application.sign_out_told", application.id.rawValue, by: .system, at: application.ownerPath,
                "\(application.name)，\(ended.kind.title)，账号 \(ended.account)，\(outcome.text)",
                succeeded: outcome.isDelivered, now: now, on: db)
        }
    }

    /// What became of one try.
    struct Outcome: Equatable {
        let text: String
        let isDelivered: Bool
        /// Whether another try may do better.
        let mayPass: Bool

        init(text: String, isDelivered: Bool, mayPass: Bool) {
            (self.text, self.isDelivered, self.mayPass) = (text, isDelivered, mayPass)
        }

        /// CAS has no word for a receipt, and its clients also send the caller on to a page; elsewhere a redirect mostly
        /// leads to the application's own sign-in page and means that nobody listened.
        init(status: Int, _ way: SignOnProtocol) {
            let receipts = way == .cas ? 200..<400 : 200..<300
            self.init(
                text: "应答 \(status)", isDelivered: receipts.contains(status),
                mayPass: status >= 500 || status == 408 || status == 425 || status == 429)
        }
    }
}

/// Applications that lately did not answer. While one rests, sign-outs meant for it wait in their jobs instead of each
/// holding a line for the whole time limit. Known to this process only.
final class SilentApplications: Sendable {
    private let until = Mutex<[ApplicationID: Timestamp]>([:])

    func isResting(_ application: ApplicationID, at now: Timestamp) -> Bool {
        until.withLock { $0[application].map { $0 > now } ?? false }
    }

    func note(_ application: ApplicationID, until end: Timestamp) { until.withLock { $0[application] = end } }

    func heard(_ application: ApplicationID) { until.withLock { $0[application] = nil } }
}
