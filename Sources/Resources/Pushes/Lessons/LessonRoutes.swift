import Database
import Directory
import Kernel
import Web

/// The lessons of the day: a teacher's, a class's, a pupil's, a child's; one lesson with its pack, and opening something of it
/// in class.
struct LessonRoutes: Sendable {
    let database: Database
    let review: ReviewOffice
    let office: LessonOffice

    /// Days that are shown ahead.
    static let ahead = 7

    func add(to routes: inout Routes) {
        routes.get(LessonPages.root, access: .can(.lessonPush), teaching)
        routes.get(LessonPages.root + "/mine", access: .signedIn, own)
        routes.get(LessonPages.root + "/:id", access: .signedIn, show)
        routes.post(LessonPages.root + "/:id/openings", access: .can(.classView), open)
        routes.get("/classes/:id/lessons", access: .can(.classView), ofClass)
        routes.get("/children/:id/lessons", access: .can(.childView), ofChild)
    }

    @Sendable private func teaching(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, today = office.now().day, review = review
        let lines = try await database.read { db in
            let classes = try LessonReader(user, on: today, db).taught()
            let lessons = try PushStore(db).lessons(
                of: classes.map(\.id), from: today, to: today.adding(days: LessonRoutes.ahead))
            return try LessonLines(db, review).lines(of: lessons, seesAll: true)
        }
        return .html(LessonPages.teaching(lines, today, request.page))
    }

    @Sendable private func own(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, today = office.now().day, review = review
        let lines = try await database.read { db -> [LessonLine]? in
            guard let enrolment = try LessonReader(user, on: today, db).own() else { return nil }
            return try LessonRoutes.family(enrolment, today, review, db)
        }
        return .html(LessonPages.own(lines, today, request.page))
    }

    @Sendable private func ofChild(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, today = office.now().day, review = review
        let child: ID<Person> = try request.id("id")
        let (name, lines) = try await database.read { db -> (String, [LessonLine]?) in
            let (guardianship, enrolment) = try LessonReader(user, on: today, db).child(child)
            let lines = try enrolment.map { try LessonRoutes.family($0, today, review, db) }
            return (guardianship.childName, lines)
        }
        return .html(LessonPages.ofChild(child, name, lines, today, request.page))
    }

    static func family(
        _ enrolment: Enrolment, _ today: LocalDate, _ review: ReviewOffice, _ db: Connection
    ) throws -> [LessonLine] {
        let lessons = try PushStore(db).lessons(
            of: [enrolment.classGroup], from: today, to: today.adding(days: ahead))
        return try LessonLines(db, review).lines(of: lessons, seesAll: false)
    }

    @Sendable private func ofClass(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, today = office.now().day, review = review
        let id: ID<ClassGroup> = try request.id("id"), query = LessonPages.history.query(request.query)
        let after = query.after.flatMap { cursor in cursor.value.map { (day: $0, id: cursor.id) } }
        let (group, lines, total) = try await database.read { db in
            let group = try ClassGroupStore(db).find(id, within: ClassScope(user, on: today))
            let (lessons, total) = try PushStore(db).history(of: id, after: after, limit: query.fetchLimit)
            return (group, try LessonLines(db, review).lines(of: lessons, seesAll: true), total)
        }
        let slice = query.page(lines, total: total) { ($0.lesson.day.iso, $0.lesson.id.rawValue) }
        return .html(LessonPages.ofClass(group, slice, today, request))
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = office.now(), id: ID<Lesson> = try request.id("id"), review = review
        let days = office.schoolDays
        let view = try await database.read { db -> LessonPages.View in
            guard let lesson = try PushStore(db).lesson(id),
                let group = try? ClassGroupStore(db).find(lesson.classGroup, within: .everything),
                let push = try PushStore(db).pushes([lesson.push])[lesson.push]
            else { throw DomainError.notFound }
            let kind = try LessonReader(user, on: now.day, db).kind(group, push: push)
            // What was taken back is nothing for families any more.
            if lesson.withdrawnAt != nil, !kind.seesAll { throw DomainError.notFound }
            guard let line = try LessonLines(db, review).lines(of: [lesson], seesAll: kind.seesAll).first else {
                throw DomainError.notFound
            }
            let school = try OrganisationStore(db).find(lesson.school, within: .everything)
            let verdict = OpeningVerdict.judge(
                day: lesson.day, period: lesson.period, now: now, bells: try BellStore(db).schedule(of: lesson.school),
                isSchoolDay: days.isSchoolDay(now.day))
            return LessonPages.View(
                line: line, kind: kind, school: school, verdict: verdict, mayChange: push.mayBeChanged(by: user))
        }
        return .html(LessonPages.show(view, request.page))
    }

    /// Notes the use, says whether it counted, and goes on to the resource.
    @Sendable private func open(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: ID<Lesson> = try request.id("id"), office = office, now = office.now()
        guard let item = ID<Item>(checking: request.form["item"] ?? "") else { throw DomainError.notFound }
        let outcome = try await database.write { db in
            try OpeningService(db, by: user, now: now, office: office).open(item, in: id)
        }
        return .redirect(
            ItemPages.path(item), flash: Flash(outcome.isCounted ? .done : .warning, outcome.words))
    }
}
