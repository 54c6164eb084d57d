import Database
import Kernel
import Platform

/// All writing SQL of resources.
struct ItemWritingStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    func insert(
        _ content: ItemContent, at school: OrganisationID, adapting parent: ID<Item>?, by name: String, now: Timestamp
    ) throws -> ID<Item> {
        let id = ID<Item>.new()
        try db.execute(
            """
            INSERT INTO resources_item (id, school_id, state, revision, version, content, title, words, type, type_group,
                visibility, origin, for_pupils, adapted_from, created_at, changed_at, changed_by, reason)
            VALUES (\(id), \(school), 'draft', 1, 0, '{}', '', '', '', '', 'school', '', 0, \(parent), \(now), \(now),
                \(name), '')
            """)
        try show(content, of: id)
        try insertVersion(1, content, of: id, by: name, now: now)
        return id
    }

    /// Puts the content where lists and readers find it.
    func show(_ content: ItemContent, of id: ID<Item>) throws {
        let group = ResourceGroup(type: content.type)?.rawValue ?? ""
        let isForPupils = content.audience.contains { $0 == "student" || $0 == "guardian" }
        try db.execute(
            """
            UPDATE resources_item SET content = \(content.json), title = \(content.title),
                words = \(ItemWords.of(content)), type = \(content.type), type_group = \(group),
                visibility = \(content.visibility), origin = \(content.origin), for_pupils = \(isForPupils)
            WHERE id = \(id)
            """)
        try db.execute("DELETE FROM resources_item_node WHERE item_id = \(id)")
        try db.insert(
            into: "resources_item_node (item_id, node_id)",
            rows: Set(content.nodes).sorted().map { [id.databaseValue, .text($0)] })
    }

    /// Takes the change when nobody was faster: the conditional update is the lock.
    func touch(_ known: Item, state: ItemState? = nil, by name: String, now: Timestamp) throws -> Bool {
        try SearchIndexStore(db).mark([known.id] + [known.adaptedFrom].compactMap { $0 }, now: now)
        // Their records name it.
        try PublicRecordStore(db).markAdaptations(of: known.id, now: now)
        if state == .takenDown || known.state == .takenDown { try FigureMark.bump(.items, on: db) }
        return try db.change(
            """
            UPDATE resources_item SET revision = revision + 1, changed_at = \(now), changed_by = \(name),
                state = \(state ?? known.state)
            WHERE id = \(known.id) AND revision = \(known.revision)
            """) > 0
    }

    func insertVersion(
        _ number: Int, _ content: ItemContent, of id: ID<Item>, by name: String, now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO resources_item_version (item_id, number, state, content, changed_at, changed_by, decided_by,
                remark)
            VALUES (\(id), \(number), 'draft', \(content.json), \(now), \(name), '', '')
            """)
    }

    func setContent(_ content: ItemContent, of id: ID<Item>, version: Int, by name: String, now: Timestamp) throws {
        try db.execute(
            """
            UPDATE resources_item_version SET content = \(content.json), changed_at = \(now), changed_by = \(name)
            WHERE item_id = \(id) AND number = \(version)
            """)
    }

    func submit(_ id: ID<Item>, version: Int, by account: ID<Account>, now: Timestamp) throws {
        try db.execute(
            """
            UPDATE resources_item_version SET state = 'pending', submitted_at = \(now), submitted_by = \(account),
                decided_by = '', remark = ''
            WHERE item_id = \(id) AND number = \(version)
            """)
    }

    func sendBack(_ id: ID<Item>, version: Int, by name: String, _ remark: String, now: Timestamp) throws {
        try db.execute(
            """
            UPDATE resources_item_version SET state = 'draft', decided_at = \(now), decided_by = \(name),
                remark = \(remark)
            WHERE item_id = \(id) AND number = \(version)
            """)
    }

    func publish(_ version: ItemVersion, of id: ID<Item>, by name: String, _ remark: String, now: Timestamp) throws {
        try db.execute(
            """
            UPDATE resources_item_version SET state = 'superseded' WHERE item_id = \(id) AND state = 'published'
            """)
        try db.execute(
            """
            UPDATE resources_item_version SET state = 'published', decided_at = \(now), decided_by = \(name),
                remark = \(remark)
            WHERE item_id = \(id) AND number = \(version.number)
            """)
        try db.execute(
            """
            UPDATE resources_item SET version = \(version.number), published_at = \(now), reason = '' WHERE id = \(id)
            """)
        try FigureMark.bump(.items, on: db)
        try show(version.content, of: id)
    }

    /// Keeps who wrote on a version, for good: nobody reviews what she wrote herself.
    func note(writers: [ID<Person>], of id: ID<Item>, version: Int) throws {
        let known = Set(
            try db.column(
                "SELECT person_id FROM resources_item_writer WHERE item_id = \(id) AND version = \(version)",
                as: ID<Person>.self))
        try db.insert(
            into: "resources_item_writer (id, item_id, version, person_id)",
            rows: Set(writers).subtracting(known).sorted().map {
                [.text(Identifiers.next()), id.databaseValue, .integer(Int64(version)), $0.databaseValue]
            })
    }

    /// Who finds the published version from now on. What becomes open to everybody keeps since when, since feeds stand in
    /// that order, and whether it may leave the site.
    func setReach(_ reach: ItemVisibility, _ content: ItemContent, of id: ID<Item>, now: Timestamp) throws {
        try FigureMark.bump(.items, on: db)
        try db.execute("UPDATE resources_item SET visibility = \(reach) WHERE id = \(id)")
        guard reach == .public else { return }
        let travels = (content.pupilUses ?? []).isEmpty
        try db.execute("UPDATE resources_item SET opened_at = \(now), travels = \(travels) WHERE id = \(id)")
    }

    func setReason(_ reason: String, of id: ID<Item>) throws {
        try db.execute("UPDATE resources_item SET reason = \(reason) WHERE id = \(id)")
    }

    /// Replaces the authors, in their order.
    func setAuthors(_ people: [ID<Person>], of id: ID<Item>) throws {
        try db.execute("DELETE FROM resources_item_author WHERE item_id = \(id)")
        try db.insert(
            into: "resources_item_author (id, item_id, person_id, position)",
            rows: people.enumerated().map { position, person in
                [.text(Identifiers.next()), id.databaseValue, person.databaseValue, .integer(Int64(position))]
            })
    }

    func removeAuthor(_ person: ID<Person>, of id: ID<Item>) throws {
        try db.execute("DELETE FROM resources_item_author WHERE item_id = \(id) AND person_id = \(person)")
    }

    func add(_ files: [NewItemFile], to id: ID<Item>, version: Int) throws {
        try db.insert(
            into: "resources_item_file (id, item_id, file_id, name, since)",
            rows: files.map {
                [
                    .text(Identifiers.next()), id.databaseValue, $0.file.databaseValue,
                    .text(String($0.name.prefix(200))), .integer(Int64(version)),
                ]
            })
    }

    /// From the version on it does not belong to the resource; what never was published is forgotten.
    func remove(_ file: ItemFile, version: Int) throws {
        if file.since == version {
            try db.execute("DELETE FROM resources_item_file WHERE id = \(file.id)")
            try forget([file.file])
        } else {
            try db.execute("UPDATE resources_item_file SET until = \(version) WHERE id = \(file.id)")
        }
    }

    /// The records of files that no resource has any more; their contents go with the next sweep.
    private func forget(_ files: [ID<StoredFile>]) throws {
        let kept: SQL = "SELECT f.file_id FROM resources_item_file f WHERE f.file_id IN \(in: files)"
        try FileStore.forget(files, besides: kept, on: db)
    }

    /// Deletes a resource that was never published, with everything of it.
    func delete(_ id: ID<Item>) throws {
        try db.execute(
            """
            DELETE FROM resources_review_finding
            WHERE review_id IN (SELECT r.id FROM resources_review r WHERE r.item_id = \(id))
            """)
        try db.execute("DELETE FROM resources_review_step WHERE item_id = \(id)")
        try db.execute("DELETE FROM resources_review WHERE item_id = \(id)")
        try db.execute("DELETE FROM resources_call_answer WHERE item_id = \(id)")
        try db.execute("DELETE FROM resources_item_pupil WHERE item_id = \(id)")
        try db.execute("DELETE FROM resources_item_writer WHERE item_id = \(id)")
        let files: [ID<StoredFile>] = try db.column(
            "SELECT DISTINCT file_id FROM resources_item_file WHERE item_id = \(id)")
        try db.execute("DELETE FROM resources_item_file WHERE item_id = \(id)")
        if !files.isEmpty { try forget(files) }
        try db.execute("DELETE FROM resources_item_author WHERE item_id = \(id)")
        try db.execute("DELETE FROM resources_item_node WHERE item_id = \(id)")
        try db.execute("DELETE FROM resources_item_version WHERE item_id = \(id)")
        try db.execute("DELETE FROM resources_item WHERE id = \(id)")
    }
}
