import Database
import Kernel
import Platform

/// A person whose sealed data a user may see, and which there are.
struct LookSubject: Sendable {
    let person: PersonRecord
    let access: LookAccess
    /// Those the user may see and of which something is known.
    let items: [LookItem]
    let guardians: [PersonRecord]
    let children: [PersonRecord]
}

/// Showing sealed data. The record is written in the transaction in which the data are read: without it nothing is
/// shown.
package struct LookService {
    let db: Connection
    let crypto: any CryptoProvider
    let user: CurrentUser
    /// The network address of the user.
    let address: String
    let now: Timestamp

    /// How many looks an account has in an hour; whoever needs more exports, which others approve.
    package static let hourlyLimit = 100

    package init(
        _ db: Connection, _ crypto: any CryptoProvider, by user: CurrentUser, address: String, now: Timestamp = .now
    ) {
        (self.db, self.crypto, self.user, self.address, self.now) = (db, crypto, user, address, now)
    }

    /// Throws `DomainError.notFound` unless the user may see sealed data of the person today.
    func subject(_ id: ID<Person>) throws -> LookSubject {
        guard let access = try LookAccess.find(user, id, on: now.day, db) else { throw DomainError.notFound }
        let kinds = try PersonIdentifierStore(db, crypto).kinds(of: [id])[id] ?? []
        let facts = try PersonFactStore(db, crypto).latest(of: id)
        let items = LookItem.all.filter { item in
            access.admits(item)
                && (item.numbers.contains(where: kinds.contains) || item.fields.contains { facts?[$0.id] != nil })
        }
        let guardianships = GuardianshipStore(db)
        return LookSubject(
            person: try PersonStore(db).find(id), access: access, items: items,
            guardians: try guardianships.confirmedGuardians(of: [id], on: now.day)[id] ?? [],
            children: try guardianships.confirmedChildren(of: id, on: now.day))
    }

    /// The data of the item, each with its name, after the look is on record. Throws `DomainError.notFound` when the user
    /// may not see them or nothing is known, and `DomainError.conflict` after too many looks in an hour.
    package func show(
        _ item: LookItem, of id: ID<Person>, for reason: LookReason
    ) throws -> [(title: String, value: String)] {
        let subject = try subject(id)
        guard subject.items.contains(item) else { throw DomainError.notFound }
        try LookStore(db).checkLimit(of: user.account, now: now)
        let shown = try values(item, of: id), place = subject.access.place
        let permissions: [Permission] = subject.access.isOfOwnClass ? [.classLook] : [.personLook]
        try LookStore(db).insert(
            .page, by: Looker(user, using: permissions, at: place.path, address: address), of: id,
            named: subject.person.name, people: 1, shown.map(\.id), reason, at: place.organisation, now)
        try AuditLog.record(
            "person.looked", id.rawValue, by: AuditActor(user, address: address), at: place.path,
            "\(item.title)，\(CodeLists.lookReason.name(of: reason.code))", now: now, on: db)
        return shown.map { (LookItem.title(ofDatum: $0.id), $0.value) }
    }

    private func values(_ item: LookItem, of id: ID<Person>) throws -> [(id: String, value: String)] {
        var shown: [(id: String, value: String)] = []
        if !item.numbers.isEmpty {
            let texts = try PersonIdentifierStore(db, crypto).texts(of: [id], kinds: Set(item.numbers))[id] ?? [:]
            for kind in item.numbers { if let text = texts[kind] { shown.append((kind.rawValue, text)) } }
        }
        if !item.fields.isEmpty {
            let facts = try PersonFactStore(db, crypto).latest(of: id)
            for field in item.fields { if let value = facts?[field.id] { shown.append((field.id, field.text(value))) } }
        }
        return shown
    }
}
