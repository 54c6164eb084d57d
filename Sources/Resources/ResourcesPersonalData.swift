import Contracts
import Database
import Kernel
import Platform

/// The resources that somebody made.
package struct ResourcesPersonalData: PersonalDataSource {
    let database: Database
    package let name = "教学资源"

    package init(database: Database) { self.database = database }

    package func items(of person: ID<Person>) async throws -> [PersonalDatum] {
        try await database.read { db in
            try ItemStore(db).made(by: person).map { item in
                PersonalDatum(
                    group: "教学资源", label: item.content.title, value: "\(item.typeTitle)，\(item.state.title)",
                    source: item.schoolName, since: item.createdAt.day, basis: .publicInterest,
                    isErasable: item.version == 0)
            }
        }
    }

    package func recipients(of person: ID<Person>) async throws -> [DataRecipient] { [] }

    /// Drafts that nobody else works on go. What was published stays with its author's name: the right to be named has
    /// no end (著作权法 2020, art. 22).
    package func erase(_ person: ID<Person>, wholly: Bool, by handler: String) async throws -> [String] {
        let actor = AuditActor(id: nil, name: handler, address: "")
        return try await database.write { db in
            let store = ItemStore(db)
            let drafts = try store.made(by: person).filter { item in
                try item.version == 0 && store.authors(of: item.id).count == 1
                    && store.adaptations(of: item.id, for: ResourceViewer(nil)).total == 0
            }
            for item in drafts {
                try ItemWritingStore(db).delete(item.id)
                try AuditLog.record("resource.erased", item.id.rawValue, by: actor, at: item.path, on: db)
            }
            return drafts.isEmpty ? [] : ["\(drafts.count) 个没有发布的资源草稿"]
        }
    }
}

extension ItemStore {
    /// Everything somebody made, for the record kept about her.
    fileprivate func made(by person: ID<Person>) throws -> [Item] {
        try db.rows(
            """
            SELECT \(Item.columns) FROM \(Item.source)
            JOIN resources_item_author w ON w.item_id = i.id WHERE w.person_id = \(person) ORDER BY i.id
            """, Item.init)
    }
}
