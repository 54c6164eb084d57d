import Database
import Kernel
import Platform

/// 采集源: another platform whose catalogue the city harvests by OAI-PMH.
struct HarvestSource: Sendable, Equatable {
    let id: ID<HarvestSource>
    let content: Content
    let revision: Int
    /// Up to which moment of the source everything is known; `nil` before the first harvest that went through.
    let harvestedTo: Timestamp?
    /// Whether the source tells moments by days only.
    let isByDay: Bool
    let nextDue: Timestamp
    let changedAt: Timestamp
    let changedBy: String

    struct Content: Sendable, Equatable {
        var name: String
        var baseURL: String
        var format = OAIFormat.dublinCore
        /// `setSpec`; empty for everything.
        var set = ""
        /// Of entries that tell none: a code of our licences, or empty.
        var licence = ""
        var audience = ExternalAudience.staff
        /// Hours between two harvests.
        var hours = 24
        var isActive = true
        /// Records of one harvest; it ends there.
        var mostRecords = Content.usualRecords

        static let usualRecords = 200_000
        static let recordChoices = 1...2_000_000
        static let longestName = 60
        static let hourChoices = [6, 12, 24, 72, 168]

        var problems: [FieldProblem] {
            var problems: [FieldProblem] = []
            func add(_ field: String, _ text: String) { problems.append(FieldProblem(field: field, message: text)) }
            if name.isEmpty { add("name", "填写名称") }
            if name.unicodeScalars.count > Content.longestName { add("name", "名称不能超过 \(Content.longestName) 个字") }
            if baseURL.isEmpty {
                add("base", "填写采集地址")
            } else if WebLink(baseURL) == nil || baseURL.contains("#") || baseURL.utf8.count > 500 {
                add("base", "采集地址以 http:// 或 https:// 开头，不带用户名")
            }
            if set.utf8.count > 200 || set.contains(where: { $0.isWhitespace || $0 == "&" }) {
                add("set", "集合写对方的 setSpec，不含空格")
            }
            if !licence.isEmpty, ResourceLists.licence(licence) == nil { add("licence", "选择授权方式") }
            if !Content.hourChoices.contains(hours) { add("hours", "选择采集间隔") }
            if !Content.recordChoices.contains(mostRecords) { add("most", "记录上限应在 1 到 2000000 之间") }
            return problems
        }
    }

    static let columns: SQL =
        """
        s.id, s.name, s.base_url, s.format, s.set_spec, s.licence, s.audience, s.hours, s.is_active, s.revision,
        s.harvested_to, s.is_by_day, s.next_due, s.changed_at, s.changed_by, s.most_records
        """

    init(_ row: borrowing Row) throws {
        id = try row.get(0)
        let format: String = try row.get(3)
        content = Content(
            name: try row.get(1), baseURL: try row.get(2), format: OAIFormat(rawValue: format) ?? .dublinCore,
            set: try row.get(4), licence: try row.get(5), audience: try row.get(6), hours: try row.get(7),
            isActive: try row.get(8), mostRecords: try row.get(15))
        (revision, harvestedTo, isByDay) = (try row.get(9), try row.get(10), try row.get(11))
        (nextDue, changedAt, changedBy) = (try row.get(12), try row.get(13), try row.get(14))
    }

    /// From when on the next harvest asks: a little before what is known, for clocks and slow commits of others.
    var from: Timestamp? { harvestedTo?.adding(seconds: isByDay ? -86_400 : -3_600) }

    /// As the source wants moments told.
    func dateText(_ moment: Timestamp) -> String {
        let text = OAIDate.text(moment)
        return isByDay ? String(text.prefix(10)) : text
    }
}

/// 采集: one go through a source. It can be gone on with after the process died.
struct Harvest: Sendable, Equatable {
    enum State: String, Column, Sendable {
        case running
        case done
        /// Ended before the end of the list; what came is kept.
        case partial
        case failed

        var title: String {
            switch self {
            case .running: "采集中"
            case .done: "已完成"
            case .partial: "中断"
            case .failed: "失败"
            }
        }
    }

    struct Counts: Sendable, Equatable {
        var pages = 0
        /// Records that were looked at, broken ones not counted.
        var records = 0
        var added = 0
        var changed = 0
        var unchanged = 0
        var removed = 0
        var brokenAnswers = 0
        var brokenRecords = 0

        var words: String {
            var parts = ["新增 \(added)", "变更 \(changed)", "不变 \(unchanged)", "删除 \(removed)"]
            if brokenAnswers > 0 { parts.append("有问题的应答 \(brokenAnswers)") }
            if brokenRecords > 0 { parts.append("退回的记录 \(brokenRecords)") }
            return parts.joined(separator: "，")
        }
    }

    let id: ID<Harvest>
    let source: ID<HarvestSource>
    var state: State
    /// Asks for everything, so that what does not come is gone.
    let isFull: Bool
    let from: Timestamp?
    /// What the source said at the first answer; the next harvest begins there.
    var answeredAt: Timestamp?
    /// Where the list is to be gone on; empty at the beginning.
    var token: String
    /// Records of the answer there that are kept already, when the process died while it wrote them.
    var kept: Int
    /// Everything came; what is left is to clear away what did not.
    var isThrough: Bool
    var counts: Counts
    let startedAt: Timestamp
    var endedAt: Timestamp?
    var message: String
    let startedBy: String

    static func stopped(by name: String) -> String { "由\(name)停止；已收下的保留" }

    mutating func end(_ state: State, _ message: String, at now: Timestamp) {
        (self.state, self.message, endedAt) = (state, message, now)
    }

    static let columns: SQL =
        """
        h.id, h.source_id, h.state, h.is_full, h.from_at, h.answered_at, h.token, h.pages, h.records, h.added, h.changed,
        h.unchanged, h.removed, h.broken_answers, h.broken_records, h.started_at, h.ended_at, h.message, h.started_by,
        h.kept, h.is_through
        """
    static let columnCount = 21

    init(_ row: borrowing Row) throws {
        (id, source, state, isFull) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (from, answeredAt, token) = (try row.get(4), try row.get(5), try row.get(6))
        counts = Counts(
            pages: try row.get(7), records: try row.get(8), added: try row.get(9), changed: try row.get(10),
            unchanged: try row.get(11), removed: try row.get(12), brokenAnswers: try row.get(13),
            brokenRecords: try row.get(14))
        (startedAt, endedAt, message, startedBy) = (
            try row.get(15), try row.get(16), try row.get(17), try row.get(18)
        )
        (kept, isThrough) = (try row.get(19), try row.get(20))
    }
}

/// An answer or a record of a harvest that was not as it should be.
struct HarvestFault: Sendable, Equatable {
    enum Kind: String, Column, Sendable {
        case answer, record

        var title: String { self == .answer ? "应答" : "记录" }
    }

    let kind: Kind
    /// What was asked, or the record's identifier.
    let place: String
    let reason: String

    init(_ kind: Kind, _ place: String, _ reason: String) {
        (self.kind, self.place, self.reason) = (kind, String(place.prefix(300)), String(reason.prefix(300)))
    }
}

enum HarvestSchema {
    static let statements = [
        """
        CREATE TABLE resources_source (
            id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, base_url TEXT NOT NULL, format TEXT NOT NULL,
            set_spec TEXT NOT NULL, licence TEXT NOT NULL, audience TEXT NOT NULL, hours INTEGER NOT NULL,
            is_active INTEGER NOT NULL, revision INTEGER NOT NULL, harvested_to INTEGER, is_by_day INTEGER NOT NULL,
            next_due INTEGER NOT NULL, created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, changed_by TEXT NOT NULL)
        """,
        "CREATE UNIQUE INDEX resources_source_once ON resources_source (base_url, set_spec)",
        """
        CREATE TABLE resources_harvest (
            id TEXT NOT NULL PRIMARY KEY, source_id TEXT NOT NULL REFERENCES resources_source (id), state TEXT NOT NULL,
            is_full INTEGER NOT NULL, from_at INTEGER, answered_at INTEGER, token TEXT NOT NULL, job_id TEXT NOT NULL,
            pages INTEGER NOT NULL, records INTEGER NOT NULL, added INTEGER NOT NULL, changed INTEGER NOT NULL,
            unchanged INTEGER NOT NULL, removed INTEGER NOT NULL, broken_answers INTEGER NOT NULL,
            broken_records INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER, message TEXT NOT NULL,
            started_by TEXT NOT NULL, CHECK (state IN ('running', 'done', 'partial', 'failed')))
        """,
        "CREATE INDEX resources_harvest_source ON resources_harvest (source_id, id)",
        "CREATE UNIQUE INDEX resources_harvest_one ON resources_harvest (source_id) WHERE state = 'running'",
        """
        CREATE TABLE resources_harvest_fault (
            id TEXT NOT NULL PRIMARY KEY, harvest_id TEXT NOT NULL REFERENCES resources_harvest (id), kind TEXT NOT NULL,
            place TEXT NOT NULL, reason TEXT NOT NULL)
        """,
        "CREATE INDEX resources_harvest_fault_harvest ON resources_harvest_fault (harvest_id, id)",
    ]

    /// How far one goes, and who stopped it.
    static let bounds = [
        "ALTER TABLE resources_source ADD COLUMN most_records INTEGER NOT NULL DEFAULT 200000",
        "ALTER TABLE resources_harvest ADD COLUMN kept INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE resources_harvest ADD COLUMN is_through INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE resources_harvest ADD COLUMN stopped_by TEXT NOT NULL DEFAULT ''",
    ]

    /// How often it was put off since the last answer, and how many answers there were then.
    static let patience = [
        "ALTER TABLE resources_harvest ADD COLUMN postponed INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE resources_harvest ADD COLUMN postponed_at_page INTEGER NOT NULL DEFAULT 0",
    ]
}
