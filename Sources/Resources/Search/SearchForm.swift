import Database
import Directory
import Kernel
import Platform
import Web

/// What the address of a search asks.
struct SearchForm: Sendable {
    /// Ordered as the address writes them.
    static let names = ["q", "stage", "subject", "edition", "grade", "group", "type", "level", "place", "school"]
    static let pageLength = 20

    let values: FormValues
    /// From 1.
    let page: Int

    /// - Parameter query: of the address; unknown names and values that nothing can have are left out.
    init(_ query: FormValues) {
        var pairs: [(name: String, value: String)] = []
        for name in SearchForm.names {
            guard let text = query.text(name), text.utf8.count <= 400 else { continue }
            let value = name == "q" ? ChineseText.normalised(String(text.prefix(SearchRequest.longest))) : text
            if let facet = SearchFacet(rawValue: name), facet != .place, facet.name(of: value) == nil { continue }
            if !value.isEmpty { pairs.append((name, value)) }
        }
        values = FormValues(pairs)
        page = min(max(Int(query["page"] ?? "") ?? 1, 1), ItemSearch.most / SearchForm.pageLength)
    }

    var text: String { values["q"] ?? "" }
    /// As a kept search has it.
    var address: String { values.encoded }
    var isEmpty: Bool { values.pairs.isEmpty }

    /// The school to which the search is narrowed; `nil` for none and for one that is not there.
    func school(_ db: Connection) throws -> Organisation? {
        guard let id = values.text("school").flatMap({ OrganisationID(checking: $0) }) else { return nil }
        do { return try OrganisationStore(db).find(id, within: .everything) } catch DomainError.notFound { return nil }
    }

    func request(_ viewer: ResourceViewer, school: Organisation?) -> SearchRequest {
        var request = SearchRequest(text: text)
        for facet in SearchFacet.allCases where facet != .place {
            if let value = values.text(facet.rawValue) { request.facets[facet] = value }
        }
        switch values["place"] {
        case "school": request.facets[.place] = viewer.place.text
        case "county": request.facets[.place] = (viewer.place.unit ?? .city).text
        default: break
        }
        if let school { request.facets[.place] = school.path.text }
        return request
    }

    /// A name for keeping it, from what it asks.
    var suggestedName: String {
        var words = text.isEmpty ? [] : [text]
        for facet in SearchFacet.allCases where facet != .place {
            if let name = values.text(facet.rawValue).flatMap(facet.name) { words.append(name) }
        }
        return String(words.joined(separator: " ").prefix(40))
    }
}
