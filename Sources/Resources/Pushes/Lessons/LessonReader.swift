import Database
import Directory
import Kernel

/// What somebody is to a class when she looks at its lessons.
enum LessonReaderKind: Sendable, Equatable {
    /// Leads or teaches it today.
    case teacher
    /// Sees every class there, or sent the pack.
    case office
    /// A pupil of it, or the guardian of one: sees what is meant for pupils.
    case family

    var seesAll: Bool { self != .family }
}

/// Who may see the lessons of which class.
struct LessonReader {
    let user: CurrentUser
    let day: LocalDate
    private let db: Connection

    init(_ user: CurrentUser, on day: LocalDate, _ db: Connection) {
        (self.user, self.day, self.db) = (user, day, db)
    }

    /// The classes she leads or teaches today, with the right to. A duty alone opens nothing: the role at the school must
    /// hold too.
    func taught() throws -> [ClassGroup] {
        try ClassGroupStore(db).classes(of: user.person, on: day).filter { user.may(.classView, at: $0.path) }
    }

    func isTaught(_ id: ID<ClassGroup>) throws -> Bool { try taught().contains { $0.id == id } }

    /// Throws `DomainError.notFound` for somebody who has nothing to do with the class.
    func kind(_ group: ClassGroup, push: Push? = nil) throws -> LessonReaderKind {
        if try isTaught(group.id) { return .teacher }
        if user.may(.classAll, at: group.path) || user.may(.itemReview, at: group.path) { return .office }
        if let push, push.mayBeChanged(by: user) { return .office }
        if try families().contains(where: { $0.classGroup == group.id }) { return .family }
        throw DomainError.notFound
    }

    /// Where she is a pupil today.
    func own() throws -> Enrolment? { try EnrolmentStore(db).current(of: user.person, on: day) }

    /// Where the child is a pupil today. Throws `DomainError.notFound` unless she is the child's confirmed guardian.
    func child(_ id: ID<Person>) throws -> (guardianship: Guardianship, enrolment: Enrolment?) {
        guard let known = try GuardianshipStore(db).open(user.person, id), known.givesAccess(on: day) else {
            throw DomainError.notFound
        }
        return (known, try EnrolmentStore(db).current(of: id, on: day))
    }

    /// Her own place and those of her children.
    private func families() throws -> [Enrolment] {
        let children = try GuardianshipStore(db).children(of: user.person, on: day).filter { $0.givesAccess(on: day) }
        let people = [user.person] + children.map(\.child)
        return try people.compactMap { try EnrolmentStore(db).current(of: $0, on: day) }
    }
}
