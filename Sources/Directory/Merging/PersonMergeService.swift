import Database
import Foundation
import Kernel
import Platform

/// Makes one person of two records, and two again. Each runs inside the caller's transaction and leaves an audit entry at
/// every place concerned. Whether the actor may do it, the caller has asked: her right must reach over all `places` of
/// both.
package struct PersonMergeService {
    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    private let store: PersonMergeStore
    private let facts: PersonFactStore
    private let columns: [PersonColumn]
    private let listeners: [any PersonMergeListener]

    /// - Parameters:
    ///   - columns: the columns of other modules that name people.
    ///   - listeners: who else has records of people.
    package init(
        _ db: Connection, _ crypto: any CryptoProvider, by actor: AuditActor, now: Timestamp = .now,
        moving columns: [PersonColumn] = [], telling listeners: [any PersonMergeListener] = []
    ) {
        (self.db, self.actor, self.now) = (db, actor, now)
        (self.columns, self.listeners) = (PersonColumn.ofDirectory + columns, listeners)
        (store, facts) = (PersonMergeStore(db), PersonFactStore(db, crypto))
    }

    /// Where the person belongs today: her schools, her children's, and what the listeners know; when she belongs nowhere,
    /// where she was last, and else the city.
    package func places(of person: ID<Person>) throws -> [OrganisationPath] {
        var places = try store.places(of: person, on: now.day)
        for listener in listeners { places += try listener.places(of: person, on: now.day, db) }
        return places.isEmpty ? try store.lastPlaces(of: person) : Array(Set(places)).sorted()
    }

    /// Gives everything of `person` to `survivor`. Numbers the survivor has already stay with the record that goes and
    /// still lead to the survivor. Of two first guardians of a child one stays first (`settleOrders`). Throws `DomainError.conflict` when the two cannot be one: one is a guardian of the
    /// other, or one was merged before.
    /// - Returns: the key of the merge.
    @discardableResult
    package func merge(
        _ person: ID<Person>, into survivor: ID<Person>, _ choice: MergeChoice = MergeChoice()
    ) throws -> String {
        try check(person, survivor)
        let names = (from: try PersonStore(db).find(person).name, into: try PersonStore(db).find(survivor).name)
        let places = Set(try places(of: person) + places(of: survivor))
        var record = MergeRecord()
        record.cuts = try store.cutDoubles(of: person, survivor, takesEnrolment: choice.takesEnrolment, now)
        for column in columns { record.moves += try store.move(column, from: person, to: survivor, now) }
        record.orders = try store.settleOrders(of: survivor, moved: record.moves, now)
        record.numbers = try store.moveNumbers(from: person, to: survivor, taking: choice.numbers)
        record.facts = try adoptFacts(of: person, by: survivor, choice.facts)
        for listener in listeners {
            record.listeners[listener.name] = try listener.merge(person, into: survivor, by: actor, now: now, db)
        }
        try store.setMerged(person, into: survivor, now)
        for listener in listeners { try listener.settled([person, survivor], by: actor, now: now, db) }
        let id = Identifiers.next()
        try store.insert(id, person, survivor, try MergeRecordText.encode(record), by: actor.name, now)
        for place in places.sorted() {
            try AuditLog.record(
                "person.merged", survivor.rawValue, by: actor, at: place, "\(names.from) 并入 \(names.into)", now: now,
                on: db)
        }
        return id
    }

    /// Takes a merge back: every row that moved goes where it was. Throws `DomainError.notFound` when there is none, and
    /// `DomainError.conflict` when it was undone before or something that moved has changed since.
    package func undo(_ id: String) throws {
        guard let merge = try store.find(id) else { throw DomainError.notFound }
        guard merge.undoneAt == nil else { throw DomainError.conflict("这次合并已经撤销") }
        guard try store.mergedInto(merge.into) == nil, try store.mergedInto(merge.from) == merge.into else {
            throw DomainError.conflict("合并后的人又并入了别人，先撤销后一次合并")
        }
        let places = Set(try places(of: merge.into))
        let record = try MergeRecordText.decode(merge.record)
        for listener in listeners.reversed() {
            guard let text = record.listeners[listener.name] else { continue }
            try listener.undo(text, of: merge.from, from: merge.into, by: actor, now: now, db)
        }
        if let versions = record.facts { try restoreFacts(of: merge.into, versions) }
        try store.returnNumbers(record.numbers, from: merge.into, to: merge.from)
        let times = try store.times(since: merge)
        let known = Dictionary(uniqueKeysWithValues: columns.map { ($0.name, $0) })
        for move in record.moves.reversed() {
            guard let column = known[move.column] else { continue }
            try store.moveBack(move, column, from: merge.into, to: merge.from, times: times, now)
        }
        for cut in record.cuts.reversed() { try store.restore(cut, now) }
        try store.restore(record.orders ?? [], now)
        try store.setMerged(merge.from, into: nil, now)
        for listener in listeners { try listener.settled([merge.from, merge.into], by: actor, now: now, db) }
        guard try store.setUndone(id, by: actor.name, now) else { throw DomainError.conflict("这次合并已经撤销") }
        for place in places.union(try self.places(of: merge.from)).sorted() {
            try AuditLog.record(
                "person.merge_undone", merge.into.rawValue, by: actor, at: place,
                try PersonStore(db).find(merge.into).name,
                now: now, on: db)
        }
    }

    private func check(_ person: ID<Person>, _ survivor: ID<Person>) throws {
        guard person != survivor else { throw DomainError.conflict("这是同一条记录") }
        guard try store.mergedInto(person) == nil, try store.mergedInto(survivor) == nil else {
            throw DomainError.conflict("其中一人刚被合并过，请核对后再办理")
        }
        if try store.areRelated(person, survivor) { throw DomainError.conflict("一人是另一人的家长，不能合并") }
    }

    /// What the survivor takes over of what is known of the other, with its sources; the other's versions stay its own.
    private func adoptFacts(
        of person: ID<Person>, by survivor: ID<Person>, _ chosen: Set<String>
    ) throws -> MergeRecord.Facts? {
        let name = try PersonStore(db).find(survivor).name
        var other = try facts.latest(of: person)?.values ?? [:], own = try facts.latest(of: survivor)?.values ?? [:]
        let source = FactSource(.school, reference: "merge", at: now, by: actor.name)
        // Who was entered by name alone has no facts yet.
        if other["name"] == nil { other["name"] = PersonFact(try PersonStore(db).find(person).name, from: source) }
        if own["name"] == nil { own["name"] = PersonFact(name, from: source) }
        let adopted = other.filter { chosen.contains($0.key) || own[$0.key] == nil }.filter {
            own[$0.key]?.value != $0.value.value
        }
        guard !adopted.isEmpty else { return nil }
        let old = try store.openVersion(of: survivor)
        own.merge(adopted) { $1 }
        let new = try facts.replace(own, of: survivor, changing: Array(adopted.keys), from: now.day, source)
        return MergeRecord.Facts(new: new, old: old?.id, name: name)
    }

    private func restoreFacts(of person: ID<Person>, _ versions: MergeRecord.Facts) throws {
        guard try store.openVersion(of: person)?.id == versions.new else {
            throw DomainError.conflict("合并之后资料又有更改，不能撤销")
        }
        try store.dropVersion(versions.new, reopening: versions.old)
        try facts.showLatest(of: person, named: versions.name, at: now)
    }
}

enum MergeRecordText {
    static func encode(_ record: MergeRecord) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(record), as: UTF8.self)
    }

    static func decode(_ text: String) throws -> MergeRecord {
        try JSONDecoder().decode(MergeRecord.self, from: Data(text.utf8))
    }
}
