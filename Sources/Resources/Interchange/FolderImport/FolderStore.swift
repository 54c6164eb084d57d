import Database
import Directory
import Foundation
import Kernel
import Platform

/// 资源文件夹: an archive with a workbook that a teacher sent, with what would become of it. Only she sees it.
struct FolderImport: Sendable, Equatable {
    enum State: String, Column, Sendable {
        case open, accepted, discarded

        var title: String {
            switch self {
            case .open: "待接受"
            case .accepted: "已接受"
            case .discarded: "已放弃"
            }
        }
    }

    let id: ID<FolderImport>
    let school: OrganisationID
    let name: String
    /// `nil` once it is accepted or discarded.
    let file: ID<StoredFile>?
    let state: State
    let plan: FolderPlan
    let revision: Int
    let sentAt: Timestamp

    static let columns: SQL = "b.id, b.school_id, b.name, b.file_id, b.state, b.plan, b.revision, b.sent_at"

    init(_ row: borrowing Row) throws {
        (id, school, name, file) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        state = try row.get(4)
        let text: String = try row.get(5)
        plan = try JSONDecoder().decode(FolderPlan.self, from: Data(text.utf8))
        (revision, sentAt) = (try row.get(6), try row.get(7))
    }
}

enum FolderSchema {
    static let statements = [
        """
        CREATE TABLE resources_folder (
            id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES directory_person (id), school_id TEXT NOT NULL, name TEXT NOT NULL,
            file_id TEXT REFERENCES platform_file (id), state TEXT NOT NULL, plan TEXT NOT NULL,
            revision INTEGER NOT NULL, sent_at INTEGER NOT NULL,
            CHECK (state IN ('open', 'accepted', 'discarded')))
        """,
        "CREATE INDEX resources_folder_person ON resources_folder (person_id, id)",
        "CREATE INDEX resources_folder_sent ON resources_folder (state, sent_at)",
        """
        CREATE TABLE resources_folder_item (
            school_id TEXT NOT NULL, key TEXT NOT NULL, item_id TEXT NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (school_id, key))
        """,
    ]
}

/// All SQL of folders. Each question names the person.
struct FolderStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Throws `DomainError.notFound` for another's.
    func find(_ id: ID<FolderImport>, of person: ID<Person>) throws -> FolderImport {
        let found = try db.first(
            "SELECT \(FolderImport.columns) FROM resources_folder b WHERE b.id = \(id) AND b.person_id = \(person)",
            FolderImport.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// Hers, the latest first.
    func list(of person: ID<Person>, limit: Int) throws -> [FolderImport] {
        try db.rows(
            """
            SELECT \(FolderImport.columns) FROM resources_folder b WHERE b.person_id = \(person)
            ORDER BY b.id DESC LIMIT \(limit)
            """, FolderImport.init)
    }

    func insert(
        _ id: ID<FolderImport>, at school: OrganisationID, name: String, file: ID<StoredFile>, _ plan: FolderPlan,
        by person: ID<Person>, now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO resources_folder (id, person_id, school_id, name, file_id, state, plan, revision, sent_at)
            VALUES (\(id), \(person), \(school), \(String(name.prefix(200))), \(file), 'open', \(FolderStore.json(plan)),
                1, \(now))
            """)
    }

    /// How many a person has waiting.
    func openCount(of person: ID<Person>) throws -> Int {
        try db.value(
            "SELECT COUNT(*) FROM resources_folder b WHERE b.person_id = \(person) AND b.state = \(FolderImport.State.open)"
        )
            ?? 0
    }

    /// Saves what became of lines when nobody was faster. One that ends gives its archive up.
    func set(_ plan: FolderPlan, _ state: FolderImport.State, of known: FolderImport) throws -> Bool {
        let isEnded = state != .open, file = isEnded ? nil : known.file
        let isDone =
            try db.change(
                """
                UPDATE resources_folder SET plan = \(FolderStore.json(plan)), state = \(state), file_id = \(file),
                    revision = revision + 1
                WHERE id = \(known.id) AND revision = \(known.revision)
                """) > 0
        if isDone, isEnded, let file = known.file { try forget([file]) }
        return isDone
    }

    /// Deletes all of hers; what was imported stays. Returns how many there were.
    func removeAll(of person: ID<Person>) throws -> Int {
        let files: [ID<StoredFile>] = try db.column(
            "SELECT b.file_id FROM resources_folder b WHERE b.person_id = \(person) AND b.file_id IS NOT NULL")
        let count = try db.change("DELETE FROM resources_folder WHERE person_id = \(person)")
        if !files.isEmpty { try forget(files) }
        return count
    }

    private func forget(_ files: [ID<StoredFile>]) throws {
        let kept: SQL = "SELECT b.file_id FROM resources_folder b WHERE b.file_id IN \(in: files)"
        try FileStore.forget(files, besides: kept, on: db)
    }

    /// Archives that nobody accepted go, and so do reports of long ago.
    func tidy(openBefore: Timestamp, endedBefore: Timestamp) throws {
        let files: [ID<StoredFile>] = try db.column(
            """
            SELECT b.file_id FROM resources_folder b
            WHERE b.state = 'open' AND b.sent_at < \(openBefore) AND b.file_id IS NOT NULL LIMIT 100
            """)
        if !files.isEmpty {
            try db.execute(
                "UPDATE resources_folder SET state = 'discarded', file_id = NULL WHERE file_id IN \(in: files)")
            try forget(files)
        }
        try db.execute("DELETE FROM resources_folder WHERE state <> 'open' AND sent_at < \(endedBefore)")
    }

    private static func json(_ plan: FolderPlan) throws -> String {
        String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
    }

    // What was imported before

    func known(_ keys: [String], at school: OrganisationID) throws -> [String: String] {
        var found: [String: String] = [:]
        try db.each(
            """
            SELECT f.key, f.item_id FROM resources_folder_item f JOIN resources_item i ON i.id = f.item_id
            WHERE f.school_id = \(school) AND f.key IN \(in: keys)
            """
        ) { found[try $0.get(0)] = try $0.get(1) }
        return found
    }

    /// Notes what a line became. What was deleted since may come again.
    func note(_ item: ID<Item>, for key: String, at school: OrganisationID, now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO resources_folder_item (school_id, key, item_id, at) VALUES (\(school), \(key), \(item), \(now))
            ON CONFLICT (school_id, key) DO UPDATE SET item_id = excluded.item_id, at = excluded.at
            """)
    }
}

/// What the catalogue and the staff say of the rows of a workbook.
struct FolderLookup {
    let db: Connection
    let school: OrganisationID
    let day: LocalDate

    struct Found: Sendable {
        var nodes: [ID<TextbookNode>] = []
        var reasons: [String] = []
    }

    func found(_ rows: [FolderRow]) throws -> [Found] {
        let lessons = try lessons(Array(Set(rows.flatMap(\.lessons))).sorted())
        let staff = try AppointmentStore(db).staff(of: school, on: day)
        return try rows.map { row in
            var found = Found()
            for code in row.codes {
                if let node = try TextbookStore(db).node(code: code) {
                    found.nodes.append(node.id)
                } else {
                    found.reasons.append(row.row.fault(.node, "教材目录里没有“\(ChineseText.quoted(code))”"))
                }
            }
            for title in row.codes.isEmpty ? row.lessons : [] {
                let fitting = (lessons[title] ?? []).filter { FolderLookup.fits($0.textbook.key, row.key) }
                switch fitting.count {
                case 1: found.nodes.append(fitting[0].node.id)
                case 0: found.reasons.append(row.row.fault(.lesson, "教材目录里没有“\(ChineseText.quoted(title))”"))
                default:
                    found.reasons.append(
                        row.row.fault(.lesson, "“\(ChineseText.quoted(title))”有 \(fitting.count) 处，写明学段、学科、年级、册次或节点代码"))
                }
            }
            for name in row.authors {
                let people = Set(staff.filter { $0.personName == name }.map(\.person))
                if people.count != 1 {
                    let words = people.isEmpty ? "本校没有教职工“\(name)”" : "本校有 \(people.count) 位“\(name)”，导入后再添加"
                    found.reasons.append(row.row.fault(.authors, words))
                }
            }
            return found
        }
    }

    private func lessons(_ titles: [String]) throws -> [String: [NodePlace]] {
        guard !titles.isEmpty else { return [:] }
        let ids: [ID<TextbookNode>] = try db.column(
            """
            SELECT n.id FROM resources_node n WHERE n.kind = 'lesson' AND n.is_removed = 0 AND n.title IN \(in: titles)
            LIMIT 5000
            """)
        return Dictionary(grouping: try TextbookStore(db).places(of: ids), by: \.node.title)
    }

    private static func fits(_ key: TextbookKey, _ wanted: TextbookKey) -> Bool {
        (wanted.stage.isEmpty || key.stage == wanted.stage) && (wanted.subject.isEmpty || key.subject == wanted.subject)
            && (wanted.grade.isEmpty || key.grade == wanted.grade)
            && (wanted.volume.isEmpty || key.volume == wanted.volume)
    }
}
