import Database
import Kernel
import Platform
import Web

/// The classes of a school, one class, and the way of a teacher to her own classes.
struct ClassRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let related: [RelatedPage<RelatedClass>]

    func routes() -> Routes {
        var routes = Routes(module: "directory")
        routes.get("/classes", access: .can(.classView), own)
        routes.get("/schools/:id/classes", access: .can(.classView), list)
        routes.get("/classes/:id", access: .can(.classView), show)
        return routes
    }

    /// Who administers one school goes to its classes, who administers several to the list of schools.
    @Sendable private func own(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, today = Timestamp.now.day
        let scope = ClassScope(user, on: today)
        let (rows, school) = try await database.read { db in
            let store = ClassGroupStore(db)
            // A duty alone opens nothing: the role at the school must hold too.
            let classes = try store.classes(of: user.person, on: today).filter { scope.own.contains($0.path) }
            let school = try scope.all.roots.count == 1 && classes.isEmpty ? store.school(at: scope.all.roots[0]) : nil
            return (try ClassRow.rows(classes, on: today, db), school)
        }
        if let school { return .redirect(ClassPages.listPath(school)) }
        if rows.isEmpty, !scope.all.isEmpty, user.may(.schoolView) { return .redirect("/schools") }
        return .html(ClassPages.own(rows, today, request.page))
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, today = Timestamp.now.day
        let id: OrganisationID = try request.id("id")
        let day = min(request.query.text("on").flatMap { LocalDate(iso: $0) } ?? today, today)
        let model = try await database.read { db in
            try SchoolClasses(id, on: day, today: today, for: user, db)
        }
        return .html(ClassPages.list(model, request.page, request.query))
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, today = Timestamp.now.day, crypto = crypto
        let id: ID<ClassGroup> = try request.id("id")
        let day = min(request.query.text("on").flatMap { LocalDate(iso: $0) } ?? today, today)
        let model = try await database.read { db in
            try ClassModel(id, on: day, today: today, for: user, db, crypto)
        }
        return .html(ClassPages.show(model, related, request.page, request.query))
    }
}

/// A line of a list of classes.
struct ClassRow: Sendable {
    let classGroup: ClassGroup
    let day: LocalDate
    let pupils: Int
    /// The class teacher; `nil` while nobody is named.
    let homeroom: String?

    var name: String { classGroup.name(on: day) }

    static func rows(_ classes: [ClassGroup], on day: LocalDate, _ db: Connection) throws -> [ClassRow] {
        var counts: [ID<ClassGroup>: Int] = [:], teachers: [ID<ClassGroup>: ClassPost] = [:]
        for school in Set(classes.map(\.school)) {
            counts.merge(try EnrolmentStore(db).counts(of: school, on: day)) { first, _ in first }
            teachers.merge(try ClassPostStore(db).homeroomTeachers(of: school, on: day)) { first, _ in first }
        }
        return classes.map {
            ClassRow(classGroup: $0, day: day, pupils: counts[$0.id] ?? 0, homeroom: teachers[$0.id]?.personName)
        }
    }
}

/// The classes of a school as its page shows them.
struct SchoolClasses: Sendable {
    let school: Organisation
    let day: LocalDate
    let isToday: Bool
    /// Open or, when the day is today, about to open.
    let rows: [ClassRow]
    /// Closed on the day, the latest first.
    let closed: [ClassRow]
    /// On the roll, in no class; for those who see the whole school.
    let suspended: [Enrolment]
    let mayEdit: Bool
    /// Whether the viewer sees only the classes she leads or teaches.
    let isOwnOnly: Bool

    init(
        _ id: OrganisationID, on day: LocalDate, today: LocalDate, for user: CurrentUser, _ db: Connection
    ) throws {
        let school = try OrganisationStore(db).find(id, within: user.scope(of: .classView))
        guard school.kind.isSchool, !school.isTakenBack else { throw DomainError.notFound }
        let store = ClassGroupStore(db), scope = ClassScope(user, on: today)
        (self.school, self.day, isToday) = (school, day, day == today)
        let classes =
            day == today
            ? try store.upcoming(of: id, on: day, within: scope) : try store.classes(of: id, on: day, within: scope)
        rows = try ClassRow.rows(classes, on: day, db)
        closed = try ClassRow.rows(store.closed(of: id, on: day, within: scope), on: day, db)
        mayEdit = user.may(.classEdit, at: school.path) && school.closedOn == nil
        isOwnOnly = !user.may(.classAll, at: school.path)
        suspended = isOwnOnly ? [] : try EnrolmentStore(db).suspended(of: id, on: day)
    }
}

/// One class with its teachers and pupils as its page shows them.
struct ClassModel: Sendable {
    struct Pupil: Sendable {
        let enrolment: Enrolment
        /// Masked.
        let numbers: [PersonIdentifierKind: String]
        /// The masked phones of her guardians.
        let phones: [String]
    }

    let classGroup: ClassGroup
    /// The day asked for; of a class that was closed on it the last day before, and never before its first.
    let day: LocalDate
    /// Whether the page tells of the present: only then do its ways to change something lead anywhere.
    let isPresent: Bool
    let isClosed: Bool
    let posts: [ClassPost]
    let pupils: [Pupil]
    /// Those in 休学 from this class.
    let suspended: [Enrolment]
    /// Those who come later.
    let arriving: [Enrolment]
    let mayEdit: Bool
    /// Whether the list of guardians would answer the viewer.
    let seesGuardians: Bool

    /// - Parameter asked: today or earlier; whether the viewer may see the class is asked for today.
    init(
        _ id: ID<ClassGroup>, on asked: LocalDate, today: LocalDate, for user: CurrentUser, _ db: Connection,
        _ crypto: any CryptoProvider
    ) throws {
        let classGroup = try ClassGroupStore(db).find(id, within: ClassScope(user, on: today))
        isClosed = classGroup.closedOn.map { $0 <= today } ?? false
        let last = classGroup.closedOn.map { min(asked, $0.adding(days: -1)) } ?? asked
        let day = asked == today && !isClosed ? today : max(last, min(classGroup.openedOn, today))
        isPresent = asked == today
        let store = EnrolmentStore(db), identifiers = PersonIdentifierStore(db, crypto)
        (self.classGroup, self.day) = (classGroup, day)
        posts = try ClassPostStore(db).openPosts(of: id, on: day)
        let members = try store.members(of: id, on: day), people = members.map(\.person)
        let guardians = try GuardianshipStore(db).confirmedGuardians(of: people, on: day)
        let numbers = try identifiers.masked(of: people + guardians.values.joined().map(\.id))
        pupils = members.map { member in
            Pupil(
                enrolment: member, numbers: numbers[member.person] ?? [:],
                phones: (guardians[member.person] ?? []).compactMap { numbers[$0.id]?[.phone] })
        }
        suspended = try store.suspended(of: classGroup.school, from: id, on: day)
        arriving = isPresent ? try store.arriving(at: id, after: day) : []
        mayEdit = isPresent && user.may(.classEdit, at: classGroup.path) && classGroup.closedOn == nil
        let isLed = posts.contains { $0.kind == .homeroom && $0.person == user.person }
        seesGuardians = isPresent && !isClosed && (isLed || user.may(.classAll, at: classGroup.path))
    }

    var name: String { classGroup.name(on: day) }
}
