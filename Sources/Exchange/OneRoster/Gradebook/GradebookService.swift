import Contracts
import Database
import Directory
import Kernel
import Platform

/// What another system does to the gradebook. One transaction each, with its audit entry, which never has a mark in it.
/// All deeds throw `OneRosterFault`.
struct GradebookService: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let caller: MachineCaller
    /// Where the request came from.
    let address: String
    let view: OneRosterView

    /// Enters a record, or puts it in the place of the one with its key.
    /// - Returns: whether it is new.
    func put(_ body: [UInt8], as id: String, in collection: OneRosterCollection) async throws -> Bool {
        guard (1...255).contains(id.utf8.count), !GradebookModel.isUsualCategory(id) else {
            throw OneRosterFault.forbidden("the record belongs to the platform")
        }
        let sent = try GradebookRecord(body, collection, id: id)
        let service = self
        return try await database.write { db in
            let store = service.store(collection, on: db)
            let standing = try store.standing(id)
            if let standing { try service.check(standing) }
            let (record, owner, classKey) = try service.placed(sent, collection, on: db)
            try store.put(record, as: id, owner: owner, classKey: classKey, by: service.caller.application)
            let isNew = standing?.isDeleted ?? true
            try service.note(isNew ? "exchange.grade_entered" : "exchange.grade_replaced", id, collection, owner, db)
            return isNew
        }
    }

    /// Enters records at the place that the address names, all or none.
    /// - Returns: the key of each, beside the one in the sender's words.
    func post(
        _ body: [UInt8], in collection: OneRosterCollection, of place: (property: String, key: String)
    ) async throws -> [(supplied: String, allocated: String)] {
        let sent = try GradebookRecord.list(body, collection, of: place), service = self
        let (property, key) = place
        return try await database.write { db in
            let store = service.store(collection, on: db)
            var pairs: [(supplied: String, allocated: String)] = [], owners: Set<OrganisationID> = []
            for one in sent {
                let (record, owner, classKey) = try service.placed(one.record, collection, on: db)
                if property == "school", owner.rawValue != key {
                    throw OneRosterFault.invalid("class refers to a class of another school")
                }
                let id = try service.allocated(one.id, store)
                try store.put(record, as: id, owner: owner, classKey: classKey, by: service.caller.application)
                pairs.append((one.id ?? id, id))
                owners.insert(owner)
            }
            for owner in owners.sorted() {
                try service.note("exchange.grade_entered", key, collection, owner, db, "\(sent.count) 条")
            }
            return pairs
        }
    }

    /// The sender's own key, unless it cannot be one or somebody has it.
    private func allocated(_ supplied: String?, _ store: GradebookStore) throws -> String {
        guard let supplied, (1...255).contains(supplied.utf8.count), !GradebookModel.isUsualCategory(supplied),
            try store.standing(supplied) == nil
        else { return Identifiers.next() }
        return supplied
    }

    /// Takes a record back, of a line item its results as well.
    func delete(_ id: String, in collection: OneRosterCollection) async throws {
        let service = self
        try await database.write { db in
            let store = service.store(collection, on: db)
            guard let standing = try store.standing(id), !standing.isDeleted else { throw OneRosterFault.unknown }
            try service.check(standing)
            try store.delete(id)
            if collection == .lineItems { try store.deleteResults(of: id) }
            try service.note("exchange.grade_removed", id, collection, standing.ownerID, db)
        }
    }

    private func store(_ collection: OneRosterCollection, on db: Connection) -> GradebookStore {
        GradebookStore(db: db, view: view, collection: collection, crypto: crypto)
    }

    private func check(_ standing: GradebookStore.Standing) throws {
        guard view.scope.contains(standing.owner) else {
            throw OneRosterFault.forbidden("the record belongs to an organisation outside the client's reach")
        }
    }

    /// The record with what follows from its class, and whose it is. All it refers to must be there and within reach.
    private func placed(
        _ sent: GradebookRecord, _ collection: OneRosterCollection, on db: Connection
    ) throws -> (record: GradebookRecord, owner: OrganisationID, classKey: String?) {
        if collection == .categories { return (sent, view.root, nil) }
        var record = sent
        for (name, target) in [
            ("category", OneRosterCollection.categories), ("scoreScale", .scoreScales), ("lineItem", .lineItems),
        ] {
            guard let key = record[name] else { continue }
            var selection = OneRosterSelection()
            selection.only = key
            guard try store(target, on: db).keys(selection).count > 0 else {
                throw OneRosterFault.invalid("\(name) refers to no record")
            }
        }
        var classKey = record["class"]
        if collection == .results, let lineItem = record["lineItem"] {
            try checkStudent(record["student"] ?? "", on: db)
            classKey = try store(.lineItems, on: db).standing(lineItem)?.classKey
            record.values["class"] = classKey.map(OneRosterValue.text)
        }
        guard let classKey, let school = try store(collection, on: db).school(ofClass: classKey) else {
            throw OneRosterFault.invalid("class refers to no record")
        }
        if collection == .lineItems { record.values["school"] = .text(school.rawValue) }
        return (record, school, classKey)
    }

    private func checkStudent(_ key: String, on db: Connection) throws {
        var selection = OneRosterSelection()
        (selection.only, selection.role, selection.includesEnded) = (key, .student, true)
        guard try OneRosterUserStore(db: db, view: view).keys(selection).count > 0 else {
            throw OneRosterFault.invalid("student refers to no record")
        }
    }

    private func note(
        _ action: String, _ id: String, _ collection: OneRosterCollection, _ owner: OrganisationID, _ db: Connection,
        _ words: String? = nil
    ) throws {
        let path = try OrganisationStore(db).find(owner, within: .everything).path
        try AuditLog.record(
            action, String(id.prefix(64)), by: AuditActor(id: nil, name: caller.name, address: address), at: path,
            [collection.rawValue, words].compactMap { $0 }.joined(separator: "，"), now: view.now, on: db)
    }
}
