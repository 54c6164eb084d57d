import Contracts
import Database
import Directory
import Kernel
import Web

/// 我的信息: what is held about a person, by whom it was told, who looked at it and who is told of it.
struct OwnData: Sendable {
    struct Section: Sendable {
        /// The module that keeps it.
        let source: String
        let items: [PersonalDatum]
    }

    let person: PersonRecord
    let sections: [Section]
    let recipients: [DataRecipient]
    /// At her sealed data, the newest first.
    let looks: [Look]
    /// Exports of data of her schools, which may hold hers.
    let exports: [Look]

    /// How many looks and exports are shown.
    static let shown = 200
}

/// Whose data are asked for: her own, or those of a child whose guardian she is.
struct OwnDataSubject: Sendable {
    let person: ID<Person>
    let isOwn: Bool
    let children: [PersonRecord]

    /// Throws `DomainError.notFound` for a child that is not hers today.
    init(_ user: CurrentUser, child text: String?, _ db: Connection, on day: LocalDate) throws {
        children = try GuardianshipStore(db).wards(of: user.person, on: day)
        guard let text, !text.isEmpty else {
            (person, isOwn) = (user.person, true)
            return
        }
        guard let child = children.first(where: { $0.id.rawValue == text }) else { throw DomainError.notFound }
        (person, isOwn) = (child.id, false)
    }

    /// The query of the pages about this person.
    var query: String { isOwn ? "" : "?child=\(person)" }
}

/// Asks every context what it keeps.
struct OwnDataCollector: Sendable {
    let database: Database
    let sources: [any PersonalDataSource]

    func collect(_ person: ID<Person>, on day: LocalDate) async throws -> OwnData {
        var sections: [OwnData.Section] = [], recipients: [DataRecipient] = []
        for source in sources {
            let items = try await source.items(of: person)
            if !items.isEmpty { sections.append(OwnData.Section(source: source.name, items: items)) }
            recipients += try await source.recipients(of: person)
        }
        let (record, looks, exports) = try await database.read { db in
            let store = LookStore(db)
            return (
                try PersonStore(db).find(person), try store.looks(at: person, limit: OwnData.shown),
                try store.exports(covering: person, on: day, limit: OwnData.shown)
            )
        }
        return OwnData(person: record, sections: sections, recipients: recipients, looks: looks, exports: exports)
    }

    /// Lets go what may go, context by context. A context that refuses stops it: nothing has gone before that, since the
    /// directory is asked first. Returns what went, in words.
    func erase(_ person: ID<Person>, wholly: Bool, by handler: String) async throws -> [String] {
        var gone: [String] = []
        for source in sources {
            gone += try await source.erase(person, wholly: wholly, by: handler)
        }
        return gone
    }
}
