import Database
import Directory
import Kernel

/// 专题: resources that the curators of a site put together, in an order. Everybody sees of it what she may see of its
/// resources.
struct ItemCollection: SitePart, Sendable, Equatable {
    enum Kind: String, Column, Sendable, CaseIterable {
        /// 本地特色: the sea, the border, the peoples of the place.
        case local
        /// 专题: one subject, one season.
        case topic
        /// 精选: the best of what is there.
        case selection

        var title: String {
            switch self {
            case .local: "本地特色"
            case .topic: "专题"
            case .selection: "精选"
            }
        }
    }

    typealias State = SitePartState

    let id: ID<ItemCollection>
    let organisation: OrganisationID
    let organisationName: String
    /// Of the site it is on.
    let code: String
    let path: OrganisationPath
    let content: CollectionContent
    let state: State
    let revision: Int
    let changedAt: Timestamp
    let changedBy: String
    /// Whether the site it is on is there for everybody.
    let isOnOpenSite: Bool

    static let columns: SQL =
        """
        c.id, c.organisation_id, o.name, o.code, o.path, c.kind, c.title, c.summary, c.state, c.revision, c.changed_at,
        c.changed_by, s.state
        """
    static let columnCount = 13
    static let source: SQL =
        """
        resources_collection c JOIN directory_organisation o ON o.id = c.organisation_id
        LEFT JOIN resources_site s ON s.organisation_id = c.organisation_id
        """

    init(_ row: borrowing Row) throws {
        (id, organisation, organisationName) = (try row.get(0), try row.get(1), try row.get(2))
        (code, path) = (try row.get(3), try row.get(4))
        content = CollectionContent(kind: try row.get(5), title: try row.get(6), summary: try row.get(7))
        (state, revision, changedAt, changedBy) = (try row.get(8), try row.get(9), try row.get(10), try row.get(11))
        let site: Site.State? = try row.get(12)
        isOnOpenSite = site == .published
    }

    var title: String { content.title }

    /// Whether everybody sees it.
    var isShown: Bool { state == .published && isOnOpenSite }

    /// The most resources of one collection.
    static let mostItems = 200
    /// The most collections of one site.
    static let mostOfSite = 200
}

/// What is told of a collection.
struct CollectionContent: Sendable, Equatable {
    var kind: ItemCollection.Kind
    var title: String
    var summary: String

    static let longestTitle = 60
    static let longestSummary = 500

    var problems: [FieldProblem] {
        var problems: [FieldProblem] = []
        func add(_ field: String, _ message: String) { problems.append(FieldProblem(field: field, message: message)) }
        if title.isEmpty { add("title", "填写专题名称") }
        if title.unicodeScalars.count > CollectionContent.longestTitle {
            add("title", "专题名称不能超过 \(CollectionContent.longestTitle) 个字")
        }
        if summary.unicodeScalars.count > CollectionContent.longestSummary {
            add("summary", "简介不能超过 \(CollectionContent.longestSummary) 个字")
        }
        return problems
    }
}

extension Item {
    /// Whether it may stand in a collection of the place: published, and found there by everybody who teaches.
    func mayBeCollected(at place: OrganisationPath) -> Bool {
        guard state == .published else { return false }
        return switch reach {
        case .city, .public: true
        case .county: path.unit == place
        case .school: false
        }
    }
}
