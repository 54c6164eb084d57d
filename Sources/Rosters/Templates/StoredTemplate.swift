import Database
import Kernel

/// A template that was loaded, in one version. The latest active version of a name that is valid on the day is used, and
/// the shipped one where there is none.
struct StoredTemplate: Sendable {
    enum State: String, Column, Sendable {
        case draft, active, withdrawn

        var title: String {
            switch self {
            case .draft: "待启用"
            case .active: "启用"
            case .withdrawn: "停用"
            }
        }
    }

    let id: ID<StoredTemplate>
    let version: Int
    /// Whose template it is: used at this place and below.
    let path: OrganisationPath
    let state: State
    /// The first day on which it is used.
    let validFrom: LocalDate
    let content: ExportTemplate
    let fileName: String
    let createdAt: Timestamp
    let createdBy: String

    static let columns: SQL =
        "t.id, t.version, t.path, t.state, t.valid_from, t.content, t.file_name, t.created_at, t.created_by"

    init(_ row: borrowing Row) throws {
        (id, version, path, state) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        validFrom = try row.get(4)
        content = try ExportTemplate.decode(Array(try row.get(5, as: String.self).utf8))
        (fileName, createdAt, createdBy) = (try row.get(6), try row.get(7), try row.get(8))
    }
}

/// A template as somebody exports by it.
struct UsableTemplate: Sendable {
    let content: ExportTemplate
    /// `nil` for a shipped one.
    let version: Int?

    var title: String { content.name + (version.map { "（第 \($0) 版）" } ?? "") }
}
