import Database
import Kernel
import Platform
import Web

/// `/children`: what a guardian sees of her own children, and how she declares another one.
struct ChildRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let panels: [any ChildPanelSource]

    func add(to routes: inout Routes) {
        routes.get("/children", access: .can(.childView), list)
        routes.get("/children/declare", access: .can(.childView)) { try await form($0) }
        routes.post("/children/declare", access: .can(.childView), declare)
        routes.get("/children/:id", access: .can(.childView), show)
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = Timestamp.now, sources = panels
        let model = try await database.read { db in
            var model = try OwnChildren(user, at: now, db)
            for source in sources {
                let waiting = try source.waiting(for: model.children.map(\.guardianship), on: now.day, db)
                model.waiting.merge(waiting, uniquingKeysWith: +)
            }
            return model
        }
        return .html(ChildPages.list(model, request.page))
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, today = Timestamp.now.day, crypto = crypto, sources = panels
        let id: ID<Person> = try request.id("id")
        let model = try await database.read { db in
            var model = try ChildModel(id, for: user, on: today, db, crypto)
            model.panels = try sources.flatMap { try $0.panels(for: model.child.subject, viewer: user, db) }
            return model
        }
        return .html(ChildPages.show(model, request.page))
    }

    private func form(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        .html(ChildPages.declaration(request.page, values: request.form, problems: problems), status: status)
    }

    @Sendable private func declare(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = Timestamp.now, crypto = crypto
        let actor = AuditActor(user, address: request.remoteAddress)
        do {
            let (name, number, relation) = try GuardianForm(values: request.form).declaration()
            try await database.write { db in
                try GuardianshipService(db, crypto, by: actor, now: now).declare(
                    number, named: name, relation, by: user.person)
            }
            // The same words whether or not there is such a pupil.
            return .redirect(ChildPages.listPath, flash: Flash(.done, "已提交。学校确认后，孩子会出现在这里"))
        } catch DomainError.invalid(let problems) {
            return try await form(request, problems: problems, status: 422)
        } catch DomainError.conflict(let text) {
            return try await form(request, problems: [FieldProblem(field: "", message: text)], status: 429)
        }
    }
}

/// One child of a guardian with her class.
struct OwnChild: Sendable {
    let guardianship: Guardianship
    let enrolment: Enrolment?
    let classGroup: ClassGroup?
    /// The class teacher; `nil` while nobody is named.
    let teacher: String?
    let day: LocalDate

    var subject: ChildSubject {
        ChildSubject(guardianship: guardianship, enrolment: enrolment, classGroup: classGroup, day: day)
    }

    /// The children of the relations, in their order; of who is of age by now nothing but the name.
    static func all(
        _ guardianships: [Guardianship], on day: LocalDate, _ db: Connection
    ) throws -> [OwnChild] {
        let open = guardianships.filter { $0.givesAccess(on: day) }.map(\.child)
        let enrolments = try EnrolmentStore(db).attended(by: open, on: day)
        let classes = try ClassGroupStore(db).find(enrolments.values.map(\.classGroup).sorted(), within: .everything)
        let teachers = try ClassPostStore(db).homeroomTeachers(of: classes.keys.sorted(), on: day)
        return guardianships.map { guardianship in
            let enrolment = enrolments[guardianship.child], classGroup = enrolment.flatMap { classes[$0.classGroup] }
            return OwnChild(
                guardianship: guardianship, enrolment: enrolment, classGroup: classGroup,
                teacher: classGroup.flatMap { teachers[$0.id]?.personName }, day: day)
        }
    }
}

/// The children of a guardian as her own page lists them. What is pending is not among them: a declaration tells nobody
/// whether there is such a child.
struct OwnChildren: Sendable {
    let children: [OwnChild]
    /// The days on which she has declared a child.
    let claims: [LocalDate]
    let refused: [Guardianship]
    /// What waits for her about each child.
    var waiting: [ID<Person>: [TodayItem]] = [:]

    init(_ user: CurrentUser, at now: Timestamp, _ db: Connection) throws {
        let store = GuardianshipStore(db), day = now.day
        children = try OwnChild.all(
            try store.children(of: user.person, on: day).filter(\.isConfirmed), on: day, db)
        let start = now.adding(days: -GuardianshipService.claimDays)
        claims = try store.claims(by: user.person).filter { $0 >= start }.map(\.day)
        refused = try store.refused(to: user.person, since: start)
    }
}

/// A child as the page of her guardian shows her.
struct ChildModel: Sendable {
    let child: OwnChild
    /// Masked.
    let studentNumber: String?
    /// What other contexts add.
    var panels: [ChildPanel] = []

    /// Throws `DomainError.notFound` unless the user is a confirmed guardian of the child today and the child a minor.
    init(
        _ id: ID<Person>, for user: CurrentUser, on day: LocalDate, _ db: Connection, _ crypto: any CryptoProvider
    ) throws {
        let known = try GuardianshipStore(db).open(user.person, id)
        guard let known, known.givesAccess(on: day), let child = try OwnChild.all([known], on: day, db).first else {
            throw DomainError.notFound
        }
        self.child = child
        studentNumber = try PersonIdentifierStore(db, crypto).masked(of: [id])[id]?[.studentNumber]
    }
}
