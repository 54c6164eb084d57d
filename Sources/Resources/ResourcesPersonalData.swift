import Contracts
import Database
import Kernel
import Platform

/// The resources that somebody made, and those that show her as a pupil.
package struct ResourcesPersonalData: PersonalDataSource {
    let database: Database
    package let name = "教学资源"

    package init(database: Database) { self.database = database }

    package func items(of person: ID<Person>) async throws -> [PersonalDatum] {
        try await database.read { db in
            let made = try ItemStore(db).made(by: person).map { item in
                PersonalDatum(
                    group: "教学资源", label: item.content.title, value: "\(item.typeTitle)，\(item.state.title)",
                    source: item.schoolName, since: item.createdAt.day, basis: .publicInterest,
                    isErasable: item.version == 0)
            }
            let shown = try ItemPupilStore(db).showing(person).map { one in
                PersonalDatum(
                    group: "教学资源", label: one.title, value: "用了作品、肖像或声音", source: one.school, since: one.at.day,
                    basis: .consent)
            }
            let kept = try SavedSearchStore(db).list(of: person).map { search in
                PersonalDatum(
                    group: "常用查找", label: search.name, value: search.address, source: "本人", since: search.createdAt.day,
                    isErasable: true)
            }
            let folders = try FolderStore(db).list(of: person, limit: 1_000).map { folder in
                PersonalDatum(
                    group: "导入文件夹", label: folder.name, value: folder.plan.words, source: "本人",
                    since: folder.sentAt.day, isErasable: true)
            }
            let (pushes, total) = try PushStore(db).sent(by: person, after: nil, limit: 1)
            let sent = pushes.map { push in
                PersonalDatum(
                    group: "上课资源", label: "向班级推送资源包", value: "\(total) 次", source: "本人", since: push.sentAt.day,
                    basis: .publicInterest)
            }
            let unnamed =
                try ContributionStore(db).isUnnamed(person)
                ? [PersonalDatum(group: "教学资源", label: "贡献榜", value: "不公开姓名", source: "本人", isErasable: true)] : []
            return made + shown + kept + folders + sent + unnamed
        }
    }

    package func recipients(of person: ID<Person>) async throws -> [DataRecipient] { [] }

    /// Drafts that nobody else works on go, and of the others her name. What was published stays with its author's name: the
    /// right to be named has no end (著作权法 2020, art. 22).
    package func erase(_ person: ID<Person>, wholly: Bool, by handler: String) async throws -> [String] {
        let actor = AuditActor(id: nil, name: handler, address: "")
        return try await database.write { db in
            let store = ItemStore(db)
            let unpublished = try store.made(by: person).filter { $0.version == 0 }
            let drafts = try unpublished.filter { try store.authors(of: $0.id).count == 1 }
            let shared = try unpublished.filter { try store.authors(of: $0.id).count > 1 }
            for item in shared {
                try ItemWritingStore(db).removeAuthor(person, of: item.id)
                try AuditLog.record("resource.author_erased", item.id.rawValue, by: actor, at: item.path, on: db)
            }
            for item in drafts {
                try ItemWritingStore(db).delete(item.id)
                try AuditLog.record("resource.erased", item.id.rawValue, by: actor, at: item.path, on: db)
            }
            try NextAuthors(db).forget(person)
            try ArchiveOrderStore(db).deleteAll(of: person)
            let searches = try SavedSearchStore(db).removeAll(of: person)
            let folders = try FolderStore(db).removeAll(of: person)
            // Whoever is erased wholly is named nowhere; otherwise what she asked for stays.
            if wholly { try ContributionStore(db).setUnnamed(false, person, now: .now) }
            return (drafts.isEmpty ? [] : ["\(drafts.count) 个没有发布的资源草稿"])
                + (shared.isEmpty ? [] : ["\(shared.count) 个合写草稿里的署名"])
                + (searches == 0 ? [] : ["\(searches) 个常用查找"])
                + (folders == 0 ? [] : ["\(folders) 次文件夹导入的记录"])
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
