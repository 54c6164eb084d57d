import Database
import Kernel

/// Tells people what happened to their work. Each call is part of the transaction of the deed: what is rolled back is told
/// to nobody, and what is done is told though the server stops the next moment.
package enum Notices {
    /// To people that the deed knows.
    package static func send(
        _ notice: NoticeDraft, to people: [ID<Person>], now: Timestamp, on db: Connection
    ) throws {
        try NoticeStore(db).add(notice, to: people, now: now)
    }

    /// To people that the deed does not know: they are found a moment later, and get it with the time of the deed.
    package static func post(
        _ notice: NoticeDraft, to receiver: NoticeReceiver, now: Timestamp, on db: Connection
    ) throws {
        try Outbox.post(NoticePosted(notice, to: receiver, at: now), now: now, on: db)
    }

    /// Lets go of what is old; to be called every hour or so.
    package static func forgetOld(_ database: Database, now: Timestamp = .now) async throws {
        while try await database.write({ try NoticeStore($0).deleteExpired(at: now, atMost: slice) }) == slice {}
    }

    private static let slice = 1_000
}

/// People whom only another context can name.
package enum NoticeReceiver: Sendable, Equatable, Codable {
    /// Whoever the account belongs to.
    case account(ID<Account>)
    /// Whoever holds the right at the place; when nobody does there, at the nearest place above where somebody does.
    case holders(of: Permission, at: OrganisationPath)

    private enum CodingKeys: String, CodingKey { case account, permission, place }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        if let account = try values.decodeIfPresent(String.self, forKey: .account) {
            self = .account(ID(account))
        } else {
            self = .holders(
                of: Permission(try values.decode(String.self, forKey: .permission)),
                at: OrganisationPath(try values.decode(String.self, forKey: .place)))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .account(let account): try values.encode(account.rawValue, forKey: .account)
        case .holders(let permission, let place):
            try values.encode(permission.name, forKey: .permission)
            try values.encode(place.text, forKey: .place)
        }
    }
}

/// A notice that waits for its receivers to be found.
package struct NoticePosted: DomainEvent {
    package static let kind = "platform.notice.posted"
    package let notice: NoticeDraft
    package let receiver: NoticeReceiver
    private let milliseconds: Int64

    /// When it happened.
    package var at: Timestamp { Timestamp(milliseconds: milliseconds) }

    package init(_ notice: NoticeDraft, to receiver: NoticeReceiver, at: Timestamp) {
        (self.notice, self.receiver, milliseconds) = (notice, receiver, at.milliseconds)
    }
}
