import Database
import Directory
import Kernel
import Platform

/// One deed by which a city, county or school goes over into a school year.
struct RolloverRun: Sendable {
    enum State: String, Column, Sendable {
        case waiting, done, undone
        /// A rule forbade it; nothing was written.
        case refused

        var title: String {
            switch self {
            case .waiting: "等待办理"
            case .done: "已办理"
            case .undone: "已撤销"
            case .refused: "未办理"
            }
        }
    }

    let id: ID<RolloverRun>
    let year: SchoolYear
    let organisation: OrganisationID
    let organisationName: String
    let path: OrganisationPath
    let includesUnconfirmed: Bool
    let state: State
    let createdAt: Timestamp
    let createdBy: String
    let account: String?
    let job: ID<Job>?
    let doneAt: Timestamp?
    let undoneAt: Timestamp?
    let undoneBy: String?
    let figures: RolloverFigures
    /// Why it was refused.
    let refusal: String?

    static let columns: SQL =
        """
        r.id, r.year, r.organisation_id, o.name, o.path, r.includes_unconfirmed, r.state, r.created_at, r.created_by,
        r.account_id, r.job_id, r.done_at, r.undone_at, r.undone_by, r.schools, r.classes, r.promoted, r.opened,
        r.closed, r.moved, r.gone, r.refusal
        """

    init(_ row: borrowing Row) throws {
        (id, organisation, organisationName) = (try row.get(0), try row.get(2), try row.get(3))
        year = SchoolYear(start: try row.get(1))
        (path, includesUnconfirmed, state) = (try row.get(4), try row.get(5), try row.get(6))
        (createdAt, createdBy, account, job) = (try row.get(7), try row.get(8), try row.get(9), try row.get(10))
        (doneAt, undoneAt, undoneBy) = (try row.get(11), try row.get(12), try row.get(13))
        figures = RolloverFigures(
            schools: try row.get(14), classes: try row.get(15), promoted: try row.get(16), opened: try row.get(17),
            closed: try row.get(18), moved: try row.get(19), left: try row.get(20))
        refusal = try row.get(21)
    }

    /// The last day on which it can be taken back.
    var undoUntil: LocalDate? { doneAt?.day.adding(days: RolloverSeason.undoDays) }

    func mayBeUndone(on day: LocalDate) -> Bool { state == .done && undoUntil.map { day <= $0 } ?? false }
}

/// What a run did.
struct RolloverFigures: Sendable, Equatable {
    /// Schools and teaching points.
    var schools = 0
    var classes = 0
    /// Pupils who went up with their class.
    var promoted = 0
    var opened = 0
    var closed = 0
    /// Pupils who went on in another class.
    var moved = 0
    /// Pupils who left.
    var left = 0
}
