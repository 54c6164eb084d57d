import Database
import Directory
import Kernel

/// 通知动态: a short text on the site of a place, shown from a day on and, where it ends, up to and with another.
struct SiteNews: SitePart, Sendable, Equatable {
    typealias State = SitePartState

    let id: ID<SiteNews>
    let organisation: OrganisationID
    let content: SiteNewsContent
    let state: State
    let revision: Int
    let changedAt: Timestamp
    let changedBy: String

    static let columns: SQL =
        "n.id, n.organisation_id, n.title, n.body, n.valid_from, n.valid_to, n.state, n.revision, n.changed_at, n.changed_by"

    init(_ row: borrowing Row) throws {
        (id, organisation) = (try row.get(0), try row.get(1))
        content = SiteNewsContent(
            title: try row.get(2), body: try row.get(3), from: try row.get(4), until: try row.get(5))
        (state, revision, changedAt, changedBy) = (try row.get(6), try row.get(7), try row.get(8), try row.get(9))
    }

    var title: String { content.title }

    func isShown(on day: LocalDate) -> Bool {
        guard state == .published, let from = content.from, from <= day else { return false }
        return content.until.map { $0 >= day } ?? true
    }

    /// In words, for whoever fills the site.
    func standing(on day: LocalDate) -> String {
        guard state == .published, !isShown(on: day) else { return state.title }
        return content.until.map { $0 < day } ?? false ? "已到期" : "未到日期"
    }
}

/// What is told.
struct SiteNewsContent: Sendable, Equatable {
    var title: String
    /// Lines are paragraphs.
    var body: String
    /// The first day; `nil` only while a form lacks it.
    var from: LocalDate?
    /// The last day; `nil` for as long as it stands.
    var until: LocalDate?

    static let longestTitle = 60
    static let longestBody = 5_000

    var problems: [FieldProblem] {
        var problems: [FieldProblem] = []
        func add(_ field: String, _ message: String) { problems.append(FieldProblem(field: field, message: message)) }
        if title.isEmpty { add("title", "填写标题") }
        if title.unicodeScalars.count > SiteNewsContent.longestTitle {
            add("title", "标题不能超过 \(SiteNewsContent.longestTitle) 个字")
        }
        if body.isEmpty { add("body", "填写内容") }
        if body.unicodeScalars.count > SiteNewsContent.longestBody {
            add("body", "内容不能超过 \(SiteNewsContent.longestBody) 个字")
        }
        guard let from else {
            add("from", "填写从哪天起显示")
            return problems
        }
        if let until, until < from { add("until", "结束日期不能早于开始日期") }
        return problems
    }
}
