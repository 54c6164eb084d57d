import Database
import Kernel
import Platform

/// A workbook of free public resources that somebody sent. What it would change is read from the file whenever it is
/// looked at, so it is never older than the catalogue.
struct LinkSheet: Sendable, Equatable {
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

    let id: ID<LinkSheet>
    let file: ID<StoredFile>
    let name: String
    let state: State
    let sentAt: Timestamp
    let sentBy: String
    let endedAt: Timestamp?
    let endedBy: String

    static let columns: SQL = "b.id, b.file_id, b.name, b.state, b.sent_at, b.sent_by, b.ended_at, b.ended_by"

    init(_ row: borrowing Row) throws {
        (id, file, name, state) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (sentAt, sentBy, endedAt, endedBy) = (try row.get(4), try row.get(5), try row.get(6), try row.get(7))
    }
}

enum LinkSheetSchema {
    static let statements = [
        """
        CREATE TABLE resources_link_sheet (
            id TEXT NOT NULL PRIMARY KEY, file_id TEXT NOT NULL REFERENCES platform_file (id), name TEXT NOT NULL,
            state TEXT NOT NULL, sent_at INTEGER NOT NULL, sent_by TEXT NOT NULL, ended_at INTEGER,
            ended_by TEXT NOT NULL, CHECK (state IN ('open', 'accepted', 'discarded')))
        """
    ]
}

/// All SQL of workbooks of free public resources.
struct LinkSheetStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Throws `DomainError.notFound`.
    func find(_ id: ID<LinkSheet>) throws -> LinkSheet {
        let found = try db.first(
            "SELECT \(LinkSheet.columns) FROM resources_link_sheet b WHERE b.id = \(id)", LinkSheet.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    func insert(_ id: ID<LinkSheet>, file: ID<StoredFile>, name: String, by sender: String, now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO resources_link_sheet (id, file_id, name, state, sent_at, sent_by, ended_by)
            VALUES (\(id), \(file), \(String(name.prefix(200))), 'open', \(now), \(sender), '')
            """)
    }

    /// Ends it once.
    func end(_ id: ID<LinkSheet>, _ state: LinkSheet.State, by name: String, now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE resources_link_sheet SET state = \(state), ended_at = \(now), ended_by = \(name)
            WHERE id = \(id) AND state = 'open'
            """) > 0
    }
}

/// What a workbook would change.
struct LinkSheetPlan: Sendable {
    struct Line: Sendable {
        enum Kind: String, Sendable, CaseIterable {
            case new, changed, same, refused

            var title: String {
                switch self {
                case .new: "新增"
                case .changed: "变更"
                case .same: "不变"
                case .refused: "退回"
                }
            }
        }

        let number: Int
        let kind: Kind
        let title: String
        /// `nil` for a refused one.
        let link: FreeLink?
        let reasons: [String]
    }

    let lines: [Line]

    /// Rows in one transaction.
    private static let slice = 50

    /// What is to be written, slice by slice; one that is empty where nothing is.
    var parts: [LinkSheetPlan] {
        let written = lines.filter { $0.kind == .new || $0.kind == .changed }
        let starts = stride(from: 0, to: max(1, written.count), by: LinkSheetPlan.slice)
        return starts.map { LinkSheetPlan(lines: Array(written.dropFirst($0).prefix(LinkSheetPlan.slice))) }
    }

    private init(lines: [Line]) { self.lines = lines }

    func count(_ kind: Line.Kind) -> Int { lines.count { $0.kind == kind } }

    var words: String {
        Line.Kind.allCases.map { "\($0.title) \(count($0))" }.joined(separator: "，")
    }

    init(_ sheet: MetadataSheet<FreeLinkColumn>, _ db: Connection) throws {
        var lines: [Line] = [], seen: [String: Int] = [:]
        for row in sheet.rows {
            let read = FreeLink.read(row), link = read.link
            var reasons = read.reasons
            let (_, unknown) = try FreeLinkService.nodes(link.nodes, db)
            if !unknown.isEmpty {
                reasons.append(row.fault(.node, "教材目录里没有 \(unknown.joined(separator: "、"))"))
            }
            if let first = seen[link.content.link] {
                reasons.append(row.fault(.link, "与第 \(first) 行相同"))
            } else {
                seen[link.content.link] = row.number
            }
            let good = reasons.isEmpty ? link : nil
            lines.append(
                Line(
                    number: row.number, kind: try LinkSheetPlan.kind(good, db),
                    title: row.text(.title), link: good, reasons: reasons))
        }
        self.lines = lines
    }

    private static func kind(_ link: FreeLink?, _ db: Connection) throws -> Line.Kind {
        guard let link else { return .refused }
        let store = ExternalStore(db)
        guard let known = try store.own(link: link.content.link) else { return .new }
        let nodes = try store.nodes(of: [known.id])[known.id] ?? []
        let told = try FreeLinkService.nodes(link.nodes, db).found
        let isSame =
            known.content == link.content && known.audience == link.audience && Set(nodes) == Set(told)
        return isSame ? .same : .changed
    }
}
