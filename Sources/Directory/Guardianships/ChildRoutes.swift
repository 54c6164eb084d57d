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
        let user = try request.user, now = Timestamp.now
        let model = try await database.read { try OwnChildren(user, at: now, $0) }
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

    init(_ guardianship: Guardianship, on day: LocalDate, _ db: Connection) throws {
        (self.guardianship, self.day) = (guardianship, day)
        guard guardianship.givesAccess(on: day) else {
            (enrolment, classGroup, teacher) = (nil, nil, nil)
            return
        }
        let store = EnrolmentStore(db), child = guardianship.child
        enrolment = try store.standing(of: child, after: day) ?? store.suspended(child, on: day)
        classGroup = try enrolment.map { try ClassGroupStore(db).find($0.classGroup, within: .everything) }
        teacher = try classGroup.flatMap { group in
            try ClassPostStore(db).homeroomTeachers(of: group.school, on: day)[group.id]?.personName
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

    init(_ user: CurrentUser, at now: Timestamp, _ db: Connection) throws {
        let store = GuardianshipStore(db), day = now.day
        children = try store.children(of: user.person, on: day).filter(\.isConfirmed).map {
            try OwnChild($0, on: day, db)
        }
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
        guard let known, known.givesAccess(on: day) else { throw DomainError.notFound }
        child = try OwnChild(known, on: day, db)
        studentNumber = try PersonIdentifierStore(db, crypto).masked(of: [id])[id]?[.studentNumber]
    }
}
