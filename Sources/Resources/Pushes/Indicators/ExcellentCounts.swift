import Database
import Directory
import Kernel
import Synchronization

/// The counts of 优课 as last computed: they stay while classes are sent and use things all day, until something is
/// published, a textbook is chosen, or a class or school comes or goes.
final class ExcellentCounts: Sendable {
    private typealias Kept = (key: String, counts: [OrganisationID: ExcellentNodes.Count])

    /// Days asked for in turn: boards, their snapshots and the search for the last change.
    private static let limit = 16
    private let kept = Mutex<[Kept]>([])

    func counts(on day: LocalDate, _ db: Connection) throws -> [OrganisationID: ExcellentNodes.Count] {
        let others = try db.first(
            """
            SELECT (SELECT MAX(changed_at) FROM directory_class_group),
                (SELECT MAX(id) FROM directory_organisation_version)
            """
        ) { "\(try $0.get(0, as: Int?.self) ?? 0)/\(try $0.get(1, as: String?.self) ?? "")" }
        let key = try "\(day.iso)/\(FigureMark.textOfItems(on: db))/\(others ?? "")"
        if let known = kept.withLock({ $0.first { $0.key == key } }) { return known.counts }
        let made = try ExcellentNodes(on: day, db).counts()
        kept.withLock { kept in
            kept.append((key, made))
            if kept.count > ExcellentCounts.limit { kept.removeFirst() }
        }
        return made
    }
}
