import Database
import Directory
import Kernel
import Platform

/// 班级名单: the classes of schools as the national student-record system lists them (预设 学籍-班级信息), compared with
/// those here. Accepting opens the classes that are missing; nothing else of them is changed.
struct ClassList: Sendable {
    enum State: String, Column, Sendable {
        case compared, accepted, undone, discarded

        var title: String {
            switch self {
            case .compared: "待接受"
            case .accepted: "已接受"
            case .undone: "已撤销"
            case .discarded: "已放弃"
            }
        }
    }

    /// The export of the national system whose columns are known by heart.
    static let preset = "学籍-班级信息"

    let id: ID<ClassList>
    let fileName: String
    let state: State
    let path: OrganisationPath
    /// Where its sender may write.
    let scope: DataScope
    let counts: [ClassListLine.Kind: Int]
    let createdAt: Timestamp
    let createdBy: String
    let decidedBy: String

    static let columns: SQL =
        """
        id, file_name, state, scope_path, scope_roots, count_new, count_known, count_refused, created_at, created_by,
        decided_by
        """

    init(_ row: borrowing Row) throws {
        (id, fileName, state, path) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        scope = DataScope(
            try row.text(4).split(separator: "\n", omittingEmptySubsequences: false).map { .init(String($0)) })
        counts = [.new: try row.get(5), .known: try row.get(6), .refused: try row.get(7)]
        (createdAt, createdBy, decidedBy) = (try row.get(8), try row.get(9), try row.get(10))
    }
}

/// One class of a list.
struct ClassListLine: Sendable, Equatable {
    enum Kind: String, Column, Sendable, CaseIterable {
        case new, known, refused

        var title: String {
            switch self {
            case .new: "新增"
            case .known: "已有"
            case .refused: "退回"
            }
        }
    }

    /// As Excel numbers it.
    let row: Int
    let kind: Kind
    let school: OrganisationID?
    /// School and class, as people read it.
    let name: String
    var stage: ClassStage?
    var entryYear = 0
    var years = 0
    var number = 0
    /// 班级类型 code; `nil` for the usual one of the stage.
    var classKind: String?
    var openedOn: LocalDate?
    /// The class that was opened for it.
    var classGroup: ID<ClassGroup>?
    /// Why it is refused, or what differs from the class here; in Chinese.
    let note: String
}

enum ClassListSchema {
    static let statements = [
        """
        CREATE TABLE rosters_class_list (
            id TEXT NOT NULL PRIMARY KEY, file_name TEXT NOT NULL, state TEXT NOT NULL, scope_path TEXT NOT NULL,
            scope_roots TEXT NOT NULL, count_new INTEGER NOT NULL, count_known INTEGER NOT NULL,
            count_refused INTEGER NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL,
            decided_by TEXT NOT NULL, CHECK (state IN ('compared', 'accepted', 'undone', 'discarded')))
        """,
        "CREATE INDEX rosters_class_list_scope ON rosters_class_list (scope_path, id)",
        """
        CREATE TABLE rosters_class_list_line (
            list_id TEXT NOT NULL REFERENCES rosters_class_list (id), row_number INTEGER NOT NULL, kind TEXT NOT NULL,
            school_id TEXT, name TEXT NOT NULL, stage TEXT, entry_year INTEGER NOT NULL, years INTEGER NOT NULL,
            class_number INTEGER NOT NULL, class_kind TEXT, opened_on TEXT,
            class_id TEXT REFERENCES directory_class_group (id), note TEXT NOT NULL, PRIMARY KEY (list_id, row_number),
            CHECK (kind IN ('new', 'known', 'refused')))
        """,
    ]
}
