import Directory
import Kernel
import Web

/// By what a search can be narrowed.
enum SearchFacet: String, CaseIterable, Sendable {
    case stage, subject, edition, grade, group, type, level, place

    var title: String {
        switch self {
        case .stage: "学段"
        case .subject: "学科"
        case .edition: "版本"
        case .grade: "年级"
        case .group: "大类"
        case .type: "类型"
        case .level: "开放范围"
        case .place: "学校"
        }
    }

    /// As the index has it.
    func mark(_ value: String) -> String { "f\(rawValue)=\(value)" }

    /// `nil` for what no resource can have.
    func name(of value: String) -> String? {
        switch self {
        case .stage: ClassStage(rawValue: value)?.title
        case .subject: CodeLists.subject[value] == nil ? nil : TextbookSubject.title(value, stage: "")
        case .edition: ResourceLists.edition.name(of: value)
        case .grade: TextbookGrade.title(value).isEmpty ? nil : TextbookGrade.title(value)
        case .group: ResourceGroup(rawValue: value)?.title
        case .type: ResourceGroup(type: value) == nil ? nil : ResourceLists.type.name(of: value)
        case .level: ItemVisibility(rawValue: value)?.title
        case .place: value
        }
    }
}

/// What is looked for.
struct SearchRequest: Sendable, Equatable {
    /// As typed, brought into order.
    var text = ""
    /// One value a facet; for `place` the path of an organisation.
    var facets: [SearchFacet: String] = [:]

    /// Characters of the words that are looked at.
    static let longest = 60

    var isEmpty: Bool { text.isEmpty && facets.isEmpty }
}
