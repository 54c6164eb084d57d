import Contracts
import Database
import Directory
import Kernel

/// 校本资源共建共享: schools that published something in the year of the day which other schools find.
struct SharingStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    private static func year(_ day: LocalDate) -> (from: Timestamp, to: Timestamp) {
        let first = LocalDate(year: day.year, month: 1, day: 1) ?? day
        return (Timestamp(startOf: first), Timestamp(startOf: day.adding(days: 1)))
    }

    /// Every school of the day; none before any school ever shared anything.
    func schools(on day: LocalDate) throws -> [(school: OrganisationID, shares: Bool)] {
        let year = SharingStore.year(day)
        let rows = try db.rows(
            """
            SELECT o.id, (SELECT 1 FROM resources_item i WHERE i.school_id = o.id AND i.state = 'published'
                    AND i.visibility <> 'school' AND i.published_at < \(year.to) LIMIT 1),
                (SELECT 1 FROM resources_item i WHERE i.school_id = o.id AND i.state = 'published'
                    AND i.visibility <> 'school' AND i.published_at >= \(year.from) AND i.published_at < \(year.to)
                    LIMIT 1)
            FROM directory_organisation o WHERE o.kind IN ('school', 'teaching_point')
            """
        ) { row in
            (
                school: try row.get(0, as: OrganisationID.self), ever: try row.get(1, as: Int?.self),
                shares: try row.get(2, as: Int?.self) != nil
            )
        }
        guard rows.contains(where: { $0.ever != nil }) else { return [] }
        let open = Set(try OrganisationStore(db).all(within: .everything, on: day).map(\.id))
        return rows.filter { open.contains($0.school) }.map { ($0.school, $0.shares) }
    }

    /// What the school shared in the year, the latest first. Who may look at figures may not look at every resource: by name
    /// stands what everybody may see.
    func sources(of school: OrganisationID, on day: LocalDate) throws -> [FigureSource] {
        let year = SharingStore.year(day)
        return try db.rows(
            """
            SELECT i.id, CASE WHEN i.visibility = 'public' AND i.travels = 1 THEN i.title ELSE '资源' END, i.visibility,
                i.published_at FROM resources_item i
            WHERE i.school_id = \(school) AND i.state = 'published' AND i.visibility <> 'school'
                AND i.published_at >= \(year.from) AND i.published_at < \(year.to)
            ORDER BY i.published_at DESC, i.id DESC LIMIT 100
            """
        ) { row in
            let id: ID<Item> = try row.get(0), reach: ItemVisibility = try row.get(2), at: Timestamp = try row.get(3)
            return FigureSource(
                label: try row.get(1), value: reach.title, validFrom: at.day, origin: "资源库",
                recordedBy: "审核发布", recordedAt: at, path: ItemPages.path(id))
        }
    }
}
