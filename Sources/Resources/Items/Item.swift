import Database
import Directory
import Foundation
import Kernel
import Platform

/// 草稿, 待审, 已发, 下架: where a resource stands. A published one stays so while a new version of it is written.
package enum ItemState: String, Column, Sendable, CaseIterable {
    case draft, pending, published
    case takenDown = "taken_down"

    package var title: String {
        switch self {
        case .draft: "草稿"
        case .pending: "待审"
        case .published: "已发"
        case .takenDown: "下架"
        }
    }
}

/// 资源: what teachers made for a lesson, with its files. What is told here is what readers see: the published version,
/// or the draft while there is none.
package struct Item: Sendable, Equatable {
    package let id: ID<Item>
    package let school: OrganisationID
    package let schoolName: String
    package let path: OrganisationPath
    package let state: ItemState
    /// Grows with each change: a change asked for on the ground of an older state is refused.
    package let revision: Int
    /// Number of the published version; 0 before the first.
    package let version: Int
    package let content: ItemContent
    /// What it was made from; `nil` for most.
    package let adaptedFrom: ID<Item>?
    package let createdAt: Timestamp
    package let changedAt: Timestamp
    package let changedBy: String
    package let publishedAt: Timestamp?
    /// Why it was taken down; empty otherwise.
    package let reason: String
    /// Who finds the published version: what it asks for, as far as the levels of review have passed it.
    package let reach: ItemVisibility

    /// For statements over `Item.source`.
    static let columns: SQL =
        """
        i.id, i.school_id, o.name, o.path, i.state, i.revision, i.version, i.content, i.adapted_from, i.created_at,
        i.changed_at, i.changed_by, i.published_at, i.reason, i.visibility
        """
    static let columnCount = 15
    static let source: SQL = "resources_item i JOIN directory_organisation o ON o.id = i.school_id"

    init(_ row: borrowing Row) throws {
        (id, school, schoolName, path) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (state, revision, version) = (try row.get(4), try row.get(5), try row.get(6))
        content = try ItemContent(json: row.get(7))
        (adaptedFrom, createdAt, changedAt) = (try row.get(8), try row.get(9), try row.get(10))
        (changedBy, publishedAt, reason, reach) = (try row.get(11), try row.get(12), try row.get(13), try row.get(14))
    }

    package var typeTitle: String { ResourceLists.type.name(of: content.type) }
    package var licence: Licence? { ResourceLists.licence(content.licence) }
}

extension ItemContent {
    init(json text: String) throws { self = try JSONDecoder().decode(ItemContent.self, from: Data(text.utf8)) }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}

/// One version of a resource.
struct ItemVersion: Sendable, Equatable {
    enum State: String, Column, Sendable {
        /// Being written; with a remark when it was sent back.
        case draft
        /// Waits for whoever publishes.
        case pending
        case published, superseded

        var title: String {
            switch self {
            case .draft: "草稿"
            case .pending: "待审"
            case .published: "现行"
            case .superseded: "已被替换"
            }
        }
    }

    let number: Int
    let state: State
    let content: ItemContent
    let changedAt: Timestamp
    let changedBy: String
    /// Who handed it in; `nil` before that.
    let submittedBy: ID<Account>?
    let decidedBy: String
    let remark: String

    static let columns: SQL =
        """
        v.number, v.state, v.content, v.changed_at, v.changed_by, v.submitted_by, v.decided_by, v.remark
        """

    init(_ row: borrowing Row) throws {
        (number, state) = (try row.get(0), try row.get(1))
        content = try ItemContent(json: row.get(2))
        (changedAt, changedBy, submittedBy) = (try row.get(3), try row.get(4), try row.get(5))
        (decidedBy, remark) = (try row.get(6), try row.get(7))
    }

    /// Whether it is still on its way to the readers.
    var isOpen: Bool { state == .draft || state == .pending }
}

/// A file of a resource, from one version on.
struct ItemFile: Sendable, Equatable {
    let id: ID<ItemFile>
    let file: ID<StoredFile>
    /// Of the content; its place in the store, and its ETag.
    let sha256: String
    let name: String
    /// Bytes.
    let size: Int
    /// The versions it belongs to: from `since` up to, not including, `until`.
    let since: Int
    let until: Int?

    static let columns: SQL = "f.id, f.file_id, s.sha256, f.name, s.size, f.since, f.until"
    static let source: SQL = "resources_item_file f JOIN platform_file s ON s.id = f.file_id"

    init(_ row: borrowing Row) throws {
        (id, file, sha256, name) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (size, since, until) = (try row.get(4), try row.get(5), try row.get(6))
    }

    func belongs(to version: Int) -> Bool { since <= version && (until.map { $0 > version } ?? true) }
}

/// A file that lies in the store and is to belong to a resource, whichever way it came.
package struct NewItemFile: Sendable {
    package let file: ID<StoredFile>
    /// As its sender named it.
    package let name: String

    package init(file: ID<StoredFile>, name: String) { (self.file, self.name) = (file, name) }
}

/// Somebody who made a resource.
package struct ItemAuthor: Sendable, Equatable {
    package let person: ID<Person>
    package let name: String
}

/// What somebody may do to a resource.
struct ItemRights: Sendable, Equatable {
    let mayEdit: Bool
    let maySubmit: Bool
    let mayWithdraw: Bool
    let mayDecide: Bool
    let mayTakeDown: Bool
    let mayRestore: Bool
    let mayAdapt: Bool

    /// - Parameters:
    ///   - step: where it waits for a decision.
    ///   - writers: everybody who wrote on the version that waits or is shown.
    ///   - takedown: the level that took it down.
    init(
        _ item: Item, open: ItemVersion?, authors: [ItemAuthor], step: ReviewStep?, writers: Set<ID<Person>> = [],
        takedown: ReviewLevel? = nil, _ user: CurrentUser?
    ) {
        let isAuthor = user.map { user in authors.contains { $0.person == user.person } } ?? false
        let isReviewer = user?.may(.itemReview, at: item.path) ?? false
        let writes = user?.may(.itemWrite) ?? false
        let isOwn = isAuthor || (user.map { writers.contains($0.person) } ?? false)
        mayEdit =
            writes && (isAuthor || (isReviewer && item.state != .takenDown)) && open?.state != .pending
        maySubmit = writes && isAuthor && open?.state == .draft
        mayWithdraw = writes && isAuthor && step != nil
        let rank = user.flatMap { ReviewLevel.of($0, at: item.path) }
        mayDecide = step.map { step in !isOwn && (rank.map { $0 >= step.level } ?? false) } ?? false
        mayTakeDown = isReviewer && item.state == .published
        mayRestore =
            item.state == .takenDown && !isOwn && (rank.map { $0 >= takedown ?? .school } ?? false)
        mayAdapt = writes && item.state == .published && (item.licence?.mayBeAdapted ?? false)
    }
}
