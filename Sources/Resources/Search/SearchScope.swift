import Directory
import Kernel

/// Who may see a published resource, as marks of the index. The index asks by them; what is shown, the records of that
/// moment say once more (`ResourceViewer.condition`).
enum SearchScope {
    static let open = "vpublic"
    static let city = "vcity"
    static let forPupils = "vpupil"

    static func county(_ unit: OrganisationPath) -> String { "vc" + unit.text }
    /// Somewhere at or below the place.
    static func below(_ place: OrganisationPath) -> String { "vb" + place.text }
    /// Of the place itself.
    static func at(_ place: OrganisationPath) -> String { "va" + place.text }

    static func marks(_ visibility: ItemVisibility, of school: OrganisationPath, forPupils: Bool) -> Set<String> {
        var marks: Set<String> = forPupils ? [SearchScope.forPupils] : []
        switch visibility {
        case .public: marks.insert(open)
        case .city: marks.insert(city)
        case .county:
            // A place of the city itself reaches every county.
            marks.formUnion([county(school.unit ?? .city), county(.city)])
        case .school:
            marks.insert(at(school))
            marks.formUnion(school.lineage.map(below))
        }
        return marks
    }
}

extension ResourceViewer {
    /// The marks one of which a resource must have, besides the public ones, by which she sees it from the places.
    static func searchMarks(_ places: [OrganisationPath]) -> [String] {
        guard !places.isEmpty else { return [] }
        var marks: Set<String> = [SearchScope.city]
        for place in places {
            marks.insert(SearchScope.county(place.unit ?? .city))
            marks.insert(SearchScope.below(place))
            marks.formUnion(place.lineage.map(SearchScope.at))
        }
        return marks.sorted()
    }
}
