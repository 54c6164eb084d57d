import Database

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
