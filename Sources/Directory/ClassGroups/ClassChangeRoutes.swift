import Database
import Kernel
import Platform
import Web

/// The forms that change classes and name their teachers.
struct ClassChangeRoutes: Sendable {
    let database: Database
    let listeners: [any LeavingListener]

    func routes() -> Routes {
        var routes = Routes(module: "directory")
        routes.get("/schools/:id/classes/new", access: .can(.classEdit)) { try await newForm($0) }
        routes.post("/schools/:id/classes/new", access: .can(.classEdit), open)
        for action in ClassAction.allCases {
            let path = "/classes/:id/" + action.rawValue
            routes.get(path, access: .can(.classEdit)) { try await form(action, $0) }
            routes.post(path, access: .can(.classEdit)) { try await submit(action, $0) }
        }
        routes.post("/classes/:id/teachers/end", access: .can(.classEdit), endPost)
        return routes
    }

    private func newForm(_ request: WebRequest, problems: [FieldProblem] = []) async throws -> WebResponse {
        let scope = try request.user.scope(of: .classEdit), today = Timestamp.now.day
        let id: OrganisationID = try request.id("id")
        let school = try await database.read { try ClassChangeRoutes.school(id, within: scope, $0) }
        let type = school.profile?.schoolType ?? ""
        let values = request.method == .get ? ClassForm.fresh(schoolType: type, today: today) : request.form
        let page = ClassFormPages.new(school, request.page, values: values, problems: problems)
        return .html(page, status: problems.isEmpty ? 200 : 422)
    }

    @Sendable private func open(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, form = ClassForm(values: request.form)
        let id: OrganisationID = try request.id("id")
        let actor = AuditActor(user, address: request.remoteAddress)
        do {
            let draft = try form.draft()
            let opened = try await database.write { db in
                let school = try ClassChangeRoutes.school(id, within: user.scope(of: .classEdit), db)
                return try ClassGroupService(db, by: actor).open(draft, at: school)
            }
            let name = opened.name(on: max(Timestamp.now.day, opened.openedOn))
            return .redirect(ClassPages.path(opened.id), flash: Flash(.done, "已新建\(name)"))
        } catch DomainError.invalid(let problems) {
            return try await newForm(request, problems: problems)
        }
    }

    private static func school(_ id: OrganisationID, within scope: DataScope, _ db: Connection) throws -> Organisation {
        let school = try OrganisationStore(db).find(id, within: scope)
        guard school.kind.isSchool, !school.isTakenBack else { throw DomainError.notFound }
        return school
    }

    private func form(
        _ action: ClassAction, _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let user = try request.user, today = Timestamp.now.day
        let id: ID<ClassGroup> = try request.id("id")
        let model = try await database.read { db in
            let classGroup = try ClassGroupStore(db).find(id, within: .editing(user, on: today))
            return ClassFormModel(
                action: action, classGroup: classGroup,
                staff: action == .teachers ? try PersonStore(db).staff(of: classGroup.school, on: today) : [],
                pupils: action == .closure ? try EnrolmentStore(db).open(of: id).count : 0, today: today)
        }
        let values = request.method == .get ? model.present : request.form
        let page = ClassFormPages.page(model, request.page, values: values, problems: problems)
        return .html(page, status: status)
    }

    private func submit(_ action: ClassAction, _ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, form = ClassForm(values: request.form), now = Timestamp.now
        let id: ID<ClassGroup> = try request.id("id")
        let actor = AuditActor(user, address: request.remoteAddress), listeners = listeners
        do {
            let done = try await database.write { db in
                let classGroup = try ClassGroupStore(db).find(id, within: .editing(user, on: now.day))
                let service = ClassGroupService(db, by: actor, now: now, telling: listeners)
                return try action.apply(form, to: classGroup, with: service)
            }
            return .redirect(ClassPages.path(id), flash: Flash(.done, done))
        } catch DomainError.invalid(let problems) {
            return try await self.form(action, request, problems: problems, status: 422)
        } catch DomainError.conflict(let text) {
            let problems = [FieldProblem(field: "", message: text)]
            return try await self.form(action, request, problems: problems, status: 409)
        }
    }

    @Sendable private func endPost(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = Timestamp.now
        let id: ID<ClassGroup> = try request.id("id")
        guard let post = request.form["post"].flatMap({ ID<ClassPost>(checking: $0) }) else {
            throw DomainError.notFound
        }
        let actor = AuditActor(user, address: request.remoteAddress)
        try await database.write { db in
            let classGroup = try ClassGroupStore(db).find(id, within: .editing(user, on: now.day))
            try ClassGroupService(db, by: actor, now: now).endPost(post, of: classGroup, on: now.day)
        }
        return .redirect(ClassPages.path(id), flash: Flash(.done, "任课已结束"))
    }
}

/// What a school administrator does to a class, each on a form of its own. The raw value ends the form's address.
enum ClassAction: String, CaseIterable, Sendable {
    case name
    case closure
    case teachers = "teachers/new"

    var title: String {
        switch self {
        case .name: "更改班名"
        case .closure: "结束班级"
        case .teachers: "安排教师"
        }
    }

    /// Returns what to tell the person afterwards.
    func apply(_ form: ClassForm, to classGroup: ClassGroup, with service: ClassGroupService) throws -> String {
        switch self {
        case .name:
            guard form.values["revision"] == String(classGroup.revision) else {
                throw DomainError.conflict("这个班刚被他人修改。已显示最新的内容，请核对后再保存。")
            }
            let (number, alias) = try form.name()
            try service.rename(classGroup, number: number, alias: alias)
            return "班名已保存"
        case .closure:
            let reason: LeavingReason? = form.values["graduates"] == "1" ? .graduation : nil
            try service.close(classGroup, on: try form.day("closedOn"), pupilsLeave: reason)
            return "班级已结束"
        case .teachers:
            let (person, subject, from) = try form.post()
            if subject.isEmpty {
                try service.nameHomeroomTeacher(person, of: classGroup, from: from)
                return "班主任已指定"
            }
            try service.addTeacher(person, of: classGroup, subject: subject, from: from)
            return "任课教师已安排"
        }
    }
}

/// What a form of a class shows besides the fields typed so far.
struct ClassFormModel: Sendable {
    let action: ClassAction
    let classGroup: ClassGroup
    /// Who may be given a duty.
    let staff: [StaffMember]
    /// How many would leave with the class.
    let pupils: Int
    let today: LocalDate

    /// The fields as the form begins.
    var present: FormValues {
        switch action {
        case .name: FormValues([("number", String(classGroup.number)), ("alias", classGroup.alias)])
        case .closure: FormValues([("closedOn", today.iso)])
        case .teachers: FormValues([("from", max(today, classGroup.openedOn).iso)])
        }
    }
}
