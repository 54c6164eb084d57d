import Database
import Directory
import Kernel

/// 抽查: one published resource that is looked at again, drawn by lot once a month.
struct Sample: Sendable, Equatable {
    enum State: String, Column, Sendable, CaseIterable {
        case open
        case inOrder = "in_order"
        /// The author is told what to mend; it stays.
        case remark
        case takenDown = "taken_down"
        /// It went down before anybody looked.
        case void

        var title: String {
            switch self {
            case .open: "待查"
            case .inOrder: "没有问题"
            case .remark: "提醒作者"
            case .takenDown: "下架"
            case .void: "查前已下架"
            }
        }

        /// What somebody can say.
        static let outcomes: [State] = [.inOrder, .remark, .takenDown]
    }

    let id: ID<Sample>
    let item: ID<Item>
    let title: String
    let type: String
    let school: String
    let path: OrganisationPath
    let unit: OrganisationPath
    let month: SampleMonth
    /// Who found it when it was drawn.
    let reach: ItemVisibility
    /// The last day.
    let due: LocalDate
    let state: State
    /// Empty while open.
    let decidedName: String
    let decidedAt: Timestamp?
    let note: String

    static let columns: SQL =
        """
        p.id, p.item_id, i.title, i.type, o.name, o.path, p.unit_path, p.month, p.reach, p.due_on, p.state,
        p.decided_name, p.decided_at, p.note
        """
    static let source: SQL =
        """
        resources_sample p JOIN resources_item i ON i.id = p.item_id JOIN directory_organisation o ON o.id = i.school_id
        """

    init(_ row: borrowing Row) throws {
        (id, item, title, type) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (school, path, unit) = (try row.get(4), try row.get(5), try row.get(6))
        month = SampleMonth(text: try row.get(7)) ?? SampleMonth(LocalDate(daysSince1970: 0))
        (reach, due, state) = (try row.get(8), try row.get(9), try row.get(10))
        (decidedName, decidedAt, note) = (try row.get(11), try row.get(12), try row.get(13))
    }

    func isLate(on day: LocalDate) -> Bool { state == .open && due < day }

    static let longest = 200
    /// Working days for a look at everything that was drawn. A rule of the city (本市暂定).
    static let workingDays = 10
}

/// A calendar month: `2026-12`.
struct SampleMonth: Sendable, Hashable, Comparable {
    let text: String

    init(_ day: LocalDate) { text = String(day.iso.prefix(7)) }

    /// `nil` unless it is a month.
    init?(text: String) {
        guard text.utf8.count == 7, let day = LocalDate(iso: text + "-01") else { return nil }
        self.init(day)
    }

    var title: String { text.replacing("-", with: "年") + "月" }

    static func < (a: SampleMonth, b: SampleMonth) -> Bool { a.text < b.text }
}

/// Which resources are drawn: of the same resources the same for the same seed, whatever the order in which they are read.
/// It holds no more than can be drawn, however many there are.
struct SampleDraw: Sendable {
    /// Percent of what is published (巡检 5%/月).
    static let percent = 5
    /// Resources of one kind of readers that a unit looks at in a month. A rule of the city (本市暂定).
    static let most = 100

    let seed: UInt64
    /// For what only a school, a county, and everybody sees: how many there were, and the first by their keys.
    private var kinds: [Kind] = [Kind(), Kind(), Kind()]

    private struct Kind: Sendable {
        var count = 0
        var first: [(key: UInt64, id: ID<Item>)] = []
    }

    init(seed: UInt64) { self.seed = seed }

    /// How many of so many; of a few still one.
    static func size(of count: Int) -> Int { min(most, (count * percent + 99) / 100) }

    mutating func add(_ id: ID<Item>, _ reach: ItemVisibility) {
        let index = reach == .school ? 0 : reach == .county ? 1 : 2, key = key(of: id)
        kinds[index].count += 1
        let first = kinds[index].first
        if first.count == SampleDraw.most, let last = first.last, (last.key, last.id) < (key, id) { return }
        let place = first.firstIndex { (key, id) < ($0.key, $0.id) } ?? first.count
        kinds[index].first.insert((key, id), at: place)
        if kinds[index].first.count > SampleDraw.most { kinds[index].first.removeLast() }
    }

    /// Drawn from each kind of readers for itself, so that what only a school sees has its turn too.
    var chosen: [ID<Item>] { kinds.flatMap { $0.first.prefix(SampleDraw.size(of: $0.count)).map(\.id) } }
    var published: Int { kinds.reduce(0) { $0 + $1.count } }
    var schoolOnly: Int { kinds[0].count }

    /// FNV-1a over the id, with the seed mixed so that ids of one day are spread (splitmix64).
    private func key(of id: ID<Item>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in id.rawValue.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        hash ^= seed
        hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
        return hash ^ hash >> 31
    }
}

/// One draw of a unit, with what came of it.
struct SampleRound: Sendable, Equatable {
    let unit: OrganisationID
    let unitName: String
    let month: SampleMonth
    /// In hexadecimal.
    let seed: String
    /// Resources that were published then, and those only their school sees.
    let published: Int
    let schoolOnly: Int
    let due: LocalDate
    var counts: [Sample.State: Int] = [:]
    /// Not looked at in time, or not yet.
    var late = 0

    var drawn: Int { counts.values.reduce(0, +) }
    var done: Int { drawn - (counts[.open] ?? 0) }
}

enum SampleSchema {
    static let statements = [
        """
        CREATE TABLE resources_sample_round (
            unit_id TEXT NOT NULL REFERENCES directory_organisation (id), month TEXT NOT NULL, seed TEXT NOT NULL,
            published INTEGER NOT NULL, school_only INTEGER NOT NULL, due_on TEXT NOT NULL, drawn_at INTEGER NOT NULL,
            PRIMARY KEY (unit_id, month))
        """,
        """
        CREATE TABLE resources_sample (
            id TEXT NOT NULL PRIMARY KEY, unit_id TEXT NOT NULL REFERENCES directory_organisation (id),
            unit_path TEXT NOT NULL, month TEXT NOT NULL, item_id TEXT NOT NULL REFERENCES resources_item (id),
            version INTEGER NOT NULL, reach TEXT NOT NULL, due_on TEXT NOT NULL, state TEXT NOT NULL,
            decided_at INTEGER, decided_by TEXT, decided_name TEXT NOT NULL, note TEXT NOT NULL,
            CHECK (state IN ('open', 'in_order', 'remark', 'taken_down', 'void')))
        """,
        "CREATE UNIQUE INDEX resources_sample_once ON resources_sample (item_id, month)",
        "CREATE INDEX resources_sample_round_rows ON resources_sample (unit_id, month, state)",
        "CREATE INDEX resources_sample_open ON resources_sample (due_on, id) WHERE state = 'open'",
        "CREATE INDEX resources_sample_unit ON resources_sample (unit_path, due_on, id) WHERE state = 'open'",
        "CREATE INDEX resources_sample_done ON resources_sample (month, id)",
    ]
}
