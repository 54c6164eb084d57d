import Database
import Kernel
import Platform

/// Finds the people of notices that were sent to an account or to whoever holds a right. It may run twice for one notice;
/// it reaches nobody twice.
struct NoticeDelivery: Sendable {
    let database: Database
    let now: @Sendable () -> Timestamp

    var receiver: EventReceiver {
        let delivery = self
        return EventReceiver(NoticePosted.self) { try await delivery.deliver($0) }
    }

    func deliver(_ posted: NoticePosted) async throws {
        let day = now().day
        try await database.write { db in
            try Notices.send(
                posted.notice, to: try NoticeDelivery.people(posted.receiver, on: day, db), now: posted.at, on: db)
        }
    }

    /// Whose account has been closed, and a right that nobody holds, have nobody.
    private static func people(
        _ receiver: NoticeReceiver, on day: LocalDate, _ db: Connection
    ) throws -> [ID<Person>] {
        switch receiver {
        case .account(let account): try AccountStore(db).holder(of: account).map { [$0] } ?? []
        case .holders(let permission, let place):
            try AccessReviewStore(db).nearest(to: place, holding: permission, on: day)
        }
    }
}

extension AccountStore {
    /// Whom an account that is not closed belongs to.
    fileprivate func holder(of account: ID<Account>) throws -> ID<Person>? {
        try db.value("SELECT person_id FROM identity_account WHERE id = \(account) AND state <> 'closed'")
    }
}
