import Database
import Directory
import Kernel

/// What the form of a new push is filled with.
struct PushDesk: Sendable {
    let place: NodePlace
    /// The classes she leads or teaches, those of the textbook's grade first, each with its lesson times.
    let classes: [(group: ClassGroup, bells: BellSchedule)]
    /// Where she may send it to the whole grade; empty for whoever may not, and for a textbook without a grade.
    let places: [Organisation]
    /// Whether the form is the one for a grade.
    let isForGrade: Bool
    let candidates: [PackCandidate]

    init(
        _ node: ID<TextbookNode>, for user: CurrentUser, isForGrade asked: Bool, at wanted: String?, on day: LocalDate,
        _ consent: any PublicationConsent, _ db: Connection
    ) throws {
        place = try TextbookStore(db).place(of: node)
        let grade = PushGrade(place.textbook.key), own = try ClassesOfPusher(user, on: day, db).own()
        let bells = try BellStore(db).schedules(of: Set(own.map(\.school)).sorted())
        let first = own.filter { group in
            PushGrade.codes(group.stage, years: group.years, entries: group.entryYears, on: day).contains(
                grade?.code ?? "")
        }
        let rest = own.filter { group in !first.contains(group) }
        classes = (first + rest).map { ($0, bells[$0.school] ?? .usual) }
        let found = try PushDesk.places(user, grade, db)
        places = found
        let isGrade = !found.isEmpty && (asked || own.isEmpty)
        isForGrade = isGrade
        let target = isGrade ? found.first { $0.id.rawValue == wanted } ?? found.first : nil
        let viewer = ResourceViewer(atPlaces: target.map { [$0.path] } ?? own.map(\.path))
        let all = try PackStore(db).candidates(for: node, viewer, consent)
        // What is open to one school only is nothing for a whole county.
        candidates = target.map { !$0.kind.isSchool } ?? false ? all.filter { $0.item.reach != .school } : all
    }

    private static func places(_ user: CurrentUser, _ grade: PushGrade?, _ db: Connection) throws -> [Organisation] {
        let scope = user.scope(of: .itemReview)
        guard grade != nil, !scope.isEmpty else { return [] }
        let store = OrganisationStore(db)
        let units = try store.all(within: scope, kinds: [.city, .municipal, .county])
        let all = try units.isEmpty ? store.all(within: scope, kinds: [.school, .teachingPoint]) : units
        return all.filter { user.may(.lessonPush, at: $0.path) }
    }
}

extension ResourceViewer {
    /// Whoever works at the places, and nobody in particular: what a class there is served with.
    init(atPlaces places: [OrganisationPath]) {
        (person, staff, family, reviews) = (nil, places, [], .nothing)
    }
}
