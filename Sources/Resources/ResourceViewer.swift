import Database
import Directory
import Kernel

/// Who looks at resources, and what she may see: what is open to her place, her own, and what she has to review.
package struct ResourceViewer: Sendable {
    let person: ID<Person>?
    /// Where she holds a role of any kind.
    let places: [OrganisationPath]
    /// Where she publishes.
    let reviews: DataScope
    /// Whether she is here as a pupil or a guardian only: then she finds what was meant for them.
    let isPupil: Bool

    package init(_ user: CurrentUser?) {
        person = user?.person
        places = user?.grants.map(\.path) ?? []
        reviews = user?.scope(of: .itemReview) ?? .nothing
        isPupil = !places.isEmpty && (user?.grants.allSatisfy { ["student", "guardian"].contains($0.role) } ?? false)
    }

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

    /// Among the published ones.
    var published: SQL {
        guard !places.isEmpty else { return "i.visibility = 'public'" }
        let units = DataScope(places.map { $0.unit ?? .city })
        let above = places.flatMap(\.lineage)
        let open: SQL =
            """
            i.visibility = 'city' OR (i.visibility = 'county' AND \(SQL.within(units, "o.path")))
                OR (i.visibility = 'school' AND (o.path IN \(in: above) OR \(SQL.within(DataScope(places), "o.path"))))
            """
        let meant: SQL = isPupil ? "(\(open)) AND i.for_pupils = 1" : open
        return "(i.visibility = 'public' OR (\(meant)))"
    }
}

extension OrganisationPath {
    /// The county or 市直 at or above the place; `nil` for the city.
    var unit: OrganisationPath? { lineage.dropFirst().first }
}
