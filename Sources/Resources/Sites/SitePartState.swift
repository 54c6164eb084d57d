import Database
import Kernel

/// Where a part of a site that its place writes stands: a piece of news, a collection.
enum SitePartState: String, Column, Sendable {
    case draft, published, withdrawn

    var title: String {
        switch self {
        case .draft: "草稿"
        case .published: "已发"
        case .withdrawn: "已撤下"
        }
    }
}

/// A piece of news or a collection: what a place writes for its site, from the draft to the taking down.
protocol SitePart {
    var title: String { get }
    var state: SitePartState { get }
    var revision: Int { get }
    var changedBy: String { get }
}

extension SitePart {
    /// Somebody was faster.
    var late: DomainError { .conflict("“\(title)”刚被\(changedBy)修改。请核对后再保存。") }

    /// Throws `late` unless it is as it was looked at.
    /// - Parameter revision: what was looked at; `nil` for whoever has just written it.
    func check(at revision: Int?) throws {
        guard revision ?? self.revision == self.revision else { throw late }
    }

    func checkMayBePublished() throws {
        if state == .published { throw DomainError.conflict("“\(title)”已经发布。") }
    }

    func checkMayBeWithdrawn() throws {
        if state != .published { throw DomainError.conflict("“\(title)”没有发布。") }
    }
}
