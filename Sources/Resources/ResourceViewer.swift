import Database
import Directory
import Kernel

/// Who looks at resources, and what she may see: what is open to her place, her own, and what she has to review. Whose
/// office has nothing to do with lessons, a supplier's or an administrator's, sees what everybody sees.
package struct ResourceViewer: Sendable {
    let person: ID<Person>?
    /// Where she works with teachers' resources.
    let staff: [OrganisationPath]
    /// Where she is a pupil or a pupil's guardian: there she finds what was meant for them.
    let family: [OrganisationPath]
    /// Where she publishes.
    let reviews: DataScope

    package init(_ user: CurrentUser?) {
        let grants = user?.grants ?? []
        person = user?.person
        staff = grants.filter { !$0.permissions.isDisjoint(with: ResourceViewer.working) }.map(\.path)
        family = grants.filter { ["student", "guardian"].contains($0.role) }.map(\.path)
        reviews = user?.scope(of: .itemReview) ?? .nothing
    }

    /// All her places.
    var places: [OrganisationPath] { staff + family }

    private static let working: Set<Permission> = [.itemView, .itemWrite, .itemReview]

    /// Her place where she has one; the city for everybody else.
    var place: OrganisationPath { places.max { $0.text.utf8.count < $1.text.utf8.count } ?? .city }

    /// The rows of `resources_item i`, joined with its school as `directory_organisation o`, that she may see.
    var condition: SQL {
        var parts: [SQL] = ["(i.state = 'published' AND \(published))"]
        if let person {
            parts.append(
                """
                EXISTS (SELECT 1 FROM resources_item_author w WHERE w.item_id = i.id AND w.person_id = \(person))
                """)
        }
        if !reviews.isEmpty { parts.append(SQL.within(reviews, "o.path")) }
        return "(\(SQL.joined(parts, " OR ")))"
    }

    /// Among the published ones, of a statement with `o` as above.
    var published: SQL {
        var parts: [SQL] = ["i.visibility = 'public'"]
        if !staff.isEmpty { parts.append(ResourceViewer.open(at: staff)) }
        if !family.isEmpty { parts.append("(i.for_pupils = 1 AND (\(ResourceViewer.open(at: family))))") }
        return "(\(SQL.joined(parts, " OR ")))"
    }

    private static func open(at places: [OrganisationPath]) -> SQL {
        """
        i.visibility = 'city' OR (i.visibility = 'county' AND \(SQL.within(units(of: places), "o.path")))
            OR (i.visibility = 'school'
                AND (o.path IN \(in: places.flatMap(\.lineage)) OR \(SQL.within(DataScope(places), "o.path"))))
        """
    }

    private static func units(of places: [OrganisationPath]) -> DataScope { DataScope(places.map { $0.unit ?? .city }) }

    // Lists read `resources_item i` alone, along an index.

    /// What of the published ones of a visibility she sees; `nil` for none.
    func reach(_ visibility: ItemVisibility) -> SQL? {
        if visibility == .public { return "1 = 1" }
        var parts: [SQL] = []
        if !staff.isEmpty { parts.append(ResourceViewer.reach(visibility, staff)) }
        if !family.isEmpty { parts.append("(i.for_pupils = 1 AND \(ResourceViewer.reach(visibility, family)))") }
        guard !parts.isEmpty else { return nil }
        let all: SQL = "(\(SQL.joined(parts, " OR ")))"
        guard visibility == .school, hasFewSchools else { return all }
        return "i.school_id IN (\(ResourceViewer.schools(at: places))) AND \(all)"
    }

    /// Whether all her places are schools.
    var hasFewSchools: Bool { places.allSatisfy(ResourceViewer.isNarrow) }

    private static func reach(_ visibility: ItemVisibility, _ places: [OrganisationPath]) -> SQL {
        switch visibility {
        case .city, .public: "1 = 1"
        case .county: madeWithin(units(of: places))
        case .school: "(i.school_id || '') IN (\(schools(at: places)))"
        }
    }

    /// What she sees because she publishes there; `nil` for nothing.
    var reviewed: SQL? { reviews.isEmpty ? nil : ResourceViewer.madeWithin(reviews) }

    /// Made in one of the places. As an expression it does not tempt SQLite to begin there and to sort.
    static func madeWithin(_ places: DataScope) -> SQL {
        "(i.school_id || '') IN (SELECT s.id FROM directory_organisation s WHERE \(SQL.within(places, "s.path")))"
    }

    private static func schools(at places: [OrganisationPath]) -> SQL {
        """
        SELECT s.id FROM directory_organisation s
        WHERE s.path IN \(in: places.flatMap(\.lineage)) OR \(SQL.within(DataScope(places), "s.path"))
        """
    }

    /// Whether the place is a school or smaller: so few that their resources can be sorted.
    static func isNarrow(_ place: OrganisationPath) -> Bool { place.lineage.count > 2 }
}

extension OrganisationPath {
    /// The county or 市直 at or above the place; `nil` for the city.
    var unit: OrganisationPath? { lineage.dropFirst().first }
}
