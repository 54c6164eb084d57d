import Database
import Directory
import Kernel

/// 资源网站: the front page of the city or of a county, with what its curators chose. 市直 uses that of the city.
struct Site: Sendable, Equatable {
    enum State: String, Column, Sendable {
        case draft, published

        var title: String { self == .draft ? "未开通" : "已开通" }
    }

    let organisation: OrganisationID
    /// GB/T 2260; the site's address.
    let code: String
    let organisationName: String
    let kind: OrganisationKind
    let path: OrganisationPath
    let name: String
    let introduction: String
    /// The day from which it counts as there; `nil` before it was ever published.
    let openedOn: LocalDate?
    let slots: [SiteSlot]
    let state: State
    /// 0 while nobody has saved anything.
    let revision: Int
    let changedAt: Timestamp?
    let changedBy: String

    static let columns: SQL =
        """
        o.id, o.code, o.name, o.kind, o.path, s.name, s.introduction, s.opened_on, s.slots, s.state, s.revision,
        s.changed_at, s.changed_by
        """
    static let source: SQL =
        """
        directory_organisation o LEFT JOIN resources_site s ON s.organisation_id = o.id
        """
    /// The places that have a site.
    static let places: SQL = "o.kind IN ('city', 'county') AND o.closed_on IS NULL AND o.code IS NOT NULL"

    init(_ row: borrowing Row) throws {
        (organisation, code, organisationName) = (try row.get(0), try row.get(1), try row.get(2))
        (kind, path) = (try row.get(3), try row.get(4))
        let name: String? = try row.get(5), introduction: String? = try row.get(6), slots: String? = try row.get(8)
        self.name = name ?? "\(organisationName)数字教育资源网"
        self.introduction = introduction ?? ""
        openedOn = try row.get(7)
        self.slots = slots.map(SiteSlot.list) ?? SiteSlot.usual
        let state: State? = try row.get(9), revision: Int? = try row.get(10), by: String? = try row.get(12)
        (self.state, self.revision, changedAt, changedBy) = (state ?? .draft, revision ?? 0, try row.get(11), by ?? "")
    }

    var isPublished: Bool { state == .published }

    static let longestName = 40
    static let longestIntroduction = 500
    static let mostSlots = 8
    /// No earlier day is taken for the opening of a site.
    static let earliest = LocalDate(year: 2000, month: 1, day: 1)
}

/// 栏目: one block of a front page.
enum SiteSlot: Sendable, Equatable, Hashable {
    /// 通知动态
    case news
    /// What was opened to everybody last.
    case newest
    /// What stands in most collections.
    case selected
    case collection(ID<ItemCollection>)

    static let usual: [SiteSlot] = [.news, .newest]

    /// As it is kept and sent: `news`, `collection:01j…`.
    var text: String {
        switch self {
        case .news: "news"
        case .newest: "newest"
        case .selected: "selected"
        case .collection(let id): "collection:\(id)"
        }
    }

    init?(_ text: some StringProtocol) {
        switch text {
        case "news": self = .news
        case "newest": self = .newest
        case "selected": self = .selected
        default:
            guard text.hasPrefix("collection:"),
                let id = ID<ItemCollection>(checking: text.dropFirst("collection:".count))
            else { return nil }
            self = .collection(id)
        }
    }

    static func list(_ text: String) -> [SiteSlot] { text.split(separator: ",").compactMap { SiteSlot($0) } }
    static func text(_ slots: [SiteSlot]) -> String { slots.map(\.text).joined(separator: ",") }
}

/// What a form says of a site, and what keeps it from being saved.
struct SiteContent: Sendable, Equatable {
    var name: String
    var introduction: String
    var openedOn: LocalDate?
    /// In the order of the page.
    var slots: [SiteSlot]

    init(name: String, introduction: String = "", openedOn: LocalDate? = nil, slots: [SiteSlot] = SiteSlot.usual) {
        (self.name, self.introduction, self.openedOn, self.slots) = (name, introduction, openedOn, slots)
    }

    func problems(on today: LocalDate) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        func add(_ field: String, _ message: String) { problems.append(FieldProblem(field: field, message: message)) }
        if name.isEmpty { add("name", "填写网站名称") }
        if name.unicodeScalars.count > Site.longestName { add("name", "网站名称不能超过 \(Site.longestName) 个字") }
        if introduction.unicodeScalars.count > Site.longestIntroduction {
            add("introduction", "简介不能超过 \(Site.longestIntroduction) 个字")
        }
        if let day = openedOn, day > today || (Site.earliest.map { day < $0 } ?? false) {
            add("opened_on", "开通日期在 2000-01-01 到今天之间")
        }
        if slots.count > Site.mostSlots { add("slot1", "最多 \(Site.mostSlots) 个栏目") }
        for (index, slot) in slots.enumerated() where slots[..<index].contains(slot) {
            add("slot\(index + 1)", "这个栏目已经选过")
        }
        return problems
    }
}
