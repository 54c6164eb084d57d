import Database
import Kernel

/// 征求同意的事项 for which something of a pupil is shown to the public, by the code of the purpose.
package struct PublicationPurpose: RawRepresentable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// 作品展示: a pupil's work with her name.
    package static let works = PublicationPurpose(rawValue: "works")
    /// 照片影像: pictures and recordings on which she can be recognised.
    package static let images = PublicationPurpose(rawValue: "images")
}

/// How the question for consent stands for one pupil and one purpose on a day.
package enum ConsentStanding: String, Sendable, CaseIterable {
    case allowed
    /// Refused or withdrawn.
    case refused
    case notAsked
    /// Somebody agreed before, but to an earlier text, or it was a guardian and the pupil decides herself by now.
    case askAgain

    package var title: String {
        switch self {
        case .allowed: "同意"
        case .refused: "不同意"
        case .notAsked: "未答复"
        case .askAgain: "需再次征求"
        }
    }
}

/// Answers whether something of pupils may be shown; an extension point, which
/// `ConsentGate` of Privacy fills.
package protocol PublicationConsent: Sendable {
    /// How it stands for each of the people on the day, as the transaction sees it. Of whoever is missing nothing may be
    /// shown: nothing is asked for the purpose, or she has left her last school.
    func standings(
        of people: [ID<Person>], for purpose: PublicationPurpose, on day: LocalDate, _ db: Connection
    ) throws -> [ID<Person>: ConsentStanding]
}

/// A pupil of whom something may be shown to the public for one purpose: on a page without sign-in, in a feed, by an
/// interface. Whatever publishes takes this and nothing else, so that nobody can forget to ask (儿童个人信息网络保护规定,
/// art. 9). It is good for the transaction in which it was made; it is never kept, so a withdrawal counts from the next
/// request on.
package struct PublishablePupil: Sendable, Equatable {
    package let person: ID<Person>
    package let name: String
    package let purpose: PublicationPurpose

    private init(_ record: PersonRecord, _ purpose: PublicationPurpose) {
        (person, name, self.purpose) = (record.id, record.name, purpose)
    }

    /// Those of the people of whom something may be shown now, in the order given; all others are left out. The day is
    /// always today: what was allowed once proves nothing.
    package static func among(
        _ people: [ID<Person>], for purpose: PublicationPurpose, by consent: any PublicationConsent, _ db: Connection
    ) throws -> [PublishablePupil] {
        try among(people, for: purpose, by: consent, at: .now, db)
    }

    /// With a clock of its own, for tests.
    static func among(
        _ people: [ID<Person>], for purpose: PublicationPurpose, by consent: any PublicationConsent, at now: Timestamp,
        _ db: Connection
    ) throws -> [PublishablePupil] {
        let standings = try consent.standings(of: people, for: purpose, on: now.day, db)
        let allowed = people.filter { standings[$0] == .allowed }
        let records = try PersonStore(db).find(allowed)
        return allowed.compactMap { records[$0] }.map { PublishablePupil($0, purpose) }
    }
}
