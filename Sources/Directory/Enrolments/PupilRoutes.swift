import Database
import Kernel
import Platform
import Web

/// Pupils of a class: adding one or many, one pupil's page, moving, ending, correcting numbers.
struct PupilRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let listeners: [any LeavingListener]
    let panels: [any PupilPanelSource]

    func routes() -> Routes {
        var routes = Routes(module: "directory")
        routes.get("/classes/:id/pupils/new", access: .can(.classEdit)) { try await newForm($0) }
        routes.post("/classes/:id/pupils/new", access: .can(.classEdit), add)
        routes.get("/classes/:id/pupils/paste", access: .can(.classEdit)) { try await pasteForm($0) }
        routes.post("/classes/:id/pupils/paste", access: .can(.classEdit), paste)
        routes.get("/classes/:id/pupils/:pupil", access: .can(.classView)) { try await show($0) }
        for action in PupilAction.allCases {
            routes.post("/classes/:id/pupils/:pupil/" + action.rawValue, access: .can(.classEdit)) {
                try await submit(action, $0)
            }
        }
        return routes
    }

    /// The class, when the user may change it.
    private func editable(_ request: WebRequest) async throws -> ClassGroup {
        let user = try request.user, today = Timestamp.now.day
        let id: ID<ClassGroup> = try request.id("id")
        return try await database.read { try ClassGroupStore($0).find(id, within: .editing(user, on: today)) }
    }

    private func newForm(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let classGroup = try await editable(request), today = Timestamp.now.day
        let fresh = FormValues([("from", max(today, classGroup.openedOn).iso)])
        let values = request.method == .get ? fresh : request.form
        let page = PupilFormPages.new(classGroup, today, request.page, values: values, problems: problems)
        return .html(page, status: status)
    }

    @Sendable private func add(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, form = PupilForm(values: request.form), now = Timestamp.now
        let crypto = crypto, listeners = listeners
        let id: ID<ClassGroup> = try request.id("id")
        let actor = AuditActor(user, address: request.remoteAddress)
        do {
            let (pupil, from) = try form.pupil()
            try await database.write { db in
                let classGroup = try ClassGroupStore(db).find(id, within: .editing(user, on: now.day))
                let year = try form.entryYear(in: classGroup)
                try EnrolmentService(db, crypto, by: actor, now: now, telling: listeners).add(
                    pupil, to: classGroup, entryYear: year, from: from)
            }
            return .redirect(ClassPages.path(id), flash: Flash(.done, "已添加\(pupil.name)"))
        } catch DomainError.invalid(let problems) {
            return try await newForm(request, problems: problems, status: 422)
        } catch DomainError.conflict(let text) {
            return try await newForm(request, problems: [FieldProblem(field: "", message: text)], status: 409)
        }
    }

    private func pasteForm(
        _ request: WebRequest, lines: [PupilLine] = [], problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let classGroup = try await editable(request), today = Timestamp.now.day
        let fresh = FormValues([("from", max(today, classGroup.openedOn).iso)])
        let values = request.method == .get ? fresh : request.form
        let page = PupilFormPages.paste(
            classGroup, today, request.page, lines: lines, values: values, problems: problems)
        return .html(page, status: status)
    }

    /// First shows what each line would do; with `accept` and no problem left, enters them all or none.
    @Sendable private func paste(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = Timestamp.now, crypto = crypto, listeners = listeners
        let id: ID<ClassGroup> = try request.id("id")
        let actor = AuditActor(user, address: request.remoteAddress)
        do {
            guard let from = LocalDate(iso: request.form["from"] ?? "") else {
                throw DomainError.invalid("from", "填写入班日期，如 2026-09-01")
            }
            let read = try PupilPaste.lines(request.form.raw("lines") ?? ""), form = PupilForm(values: request.form)
            let lines = try await database.read { db in
                let classGroup = try ClassGroupStore(db).find(id, within: .editing(user, on: now.day))
                let service = EnrolmentService(db, crypto, by: actor, now: now)
                _ = try form.entryYear(in: classGroup)
                return try read.map { try PupilRoutes.checked($0, service, classGroup, from) }
            }
            guard request.form["accept"] == "1", lines.allSatisfy({ $0.problem == nil }) else {
                return try await pasteForm(request, lines: lines)
            }
            try await database.write { db in
                let classGroup = try ClassGroupStore(db).find(id, within: .editing(user, on: now.day))
                let service = EnrolmentService(db, crypto, by: actor, now: now, telling: listeners)
                let year = try form.entryYear(in: classGroup)
                for pupil in lines.compactMap(\.pupil) {
                    try service.add(pupil, to: classGroup, entryYear: year, from: from)
                }
            }
            return .redirect(ClassPages.path(id), flash: Flash(.done, "已添加 \(lines.count) 名学生"))
        } catch DomainError.invalid(let problems) {
            return try await pasteForm(request, problems: problems, status: 422)
        } catch DomainError.conflict(let text) {
            return try await pasteForm(request, problems: [FieldProblem(field: "", message: text)], status: 409)
        }
    }

    private static func checked(
        _ line: PupilLine, _ service: EnrolmentService, _ classGroup: ClassGroup, _ from: LocalDate
    ) throws -> PupilLine {
        guard line.problem == nil, let pupil = line.pupil else { return line }
        var checked = line
        do {
            _ = try service.check(pupil, for: classGroup, from: from)
        } catch DomainError.invalid(let problems) {
            // A wrong date concerns the form, not the line.
            if let ofForm = problems.first(where: { $0.field == "from" }) { throw DomainError.invalid([ofForm]) }
            checked.problem = problems.map(\.message).joined(separator: "；")
        }
        return checked
    }

    private func show(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let user = try request.user, today = Timestamp.now.day, crypto = crypto, sources = panels
        let id: ID<ClassGroup> = try request.id("id"), pupil: ID<Person> = try request.id("pupil")
        let model = try await database.read { db in
            var model = try PupilModel(pupil, in: id, on: today, for: user, db, crypto)
            model.panels = try sources.flatMap { try $0.panels(for: model.subject, viewer: user, db) }
            return model
        }
        // Of the forms on the page one was sent; the others begin anew.
        let fresh = ["from"].filter { !request.form.has($0) }.map { (name: $0, value: today.iso) }
        let values = FormValues(request.form.pairs + fresh)
        return .html(PupilPages.page(model, request.page, values: values, problems: problems), status: status)
    }

    private func submit(_ action: PupilAction, _ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, values = request.form, now = Timestamp.now
        let crypto = crypto, listeners = listeners
        let id: ID<ClassGroup> = try request.id("id"), pupil: ID<Person> = try request.id("pupil")
        let actor = AuditActor(user, address: request.remoteAddress)
        do {
            let done = try await database.write { db in
                let classGroup = try ClassGroupStore(db).find(id, within: .editing(user, on: now.day))
                let service = EnrolmentService(db, crypto, by: actor, now: now, telling: listeners)
                return try action.apply(values, to: pupil, in: classGroup, for: user, with: service)
            }
            let path = action == .numbers ? PupilPages.path(pupil, in: id) : ClassPages.path(id)
            return .redirect(path, flash: Flash(.done, done))
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems, status: 422)
        }
    }
}

/// What a school administrator does to a pupil of a class. The raw value ends the form's address.
enum PupilAction: String, CaseIterable, Sendable {
    case move, numbers

    /// Returns what to tell the person afterwards.
    func apply(
        _ values: FormValues, to pupil: ID<Person>, in classGroup: ClassGroup, for user: CurrentUser,
        with service: EnrolmentService
    ) throws -> String {
        let form = ClassForm(values: values)
        switch self {
        case .move:
            guard let id = ID<ClassGroup>(checking: values["target"] ?? "") else {
                throw DomainError.invalid("target", "选择转入的班")
            }
            let target: ClassGroup
            do {
                target = try ClassGroupStore(service.db).find(id, within: .editing(user, on: service.now.day))
            } catch DomainError.notFound {
                throw DomainError.invalid("target", "选择转入的班")
            }
            let day = try form.day("from"), year = target.isMultigrade ? values["entryYear"].flatMap { Int($0) } : nil
            try service.move(pupil, from: classGroup, to: target, entryYear: year, on: day)
            return "已转到\(target.name(on: day))"
        case .numbers:
            let numbers = try PupilForm(values: values).numbers().numbers
            if numbers.isEmpty { throw DomainError.invalid("studentNumber", "填写要更正的号码") }
            try service.tell(numbers, of: pupil, in: classGroup)
            return "号码已保存"
        }
    }
}

/// One pupil of a class as her page shows her.
struct PupilModel: Sendable {
    let enrolment: Enrolment
    let classGroup: ClassGroup
    let day: LocalDate
    /// Masked.
    let numbers: [PersonIdentifierKind: String]
    /// Pending ones among them.
    let guardians: [GuardianPages.Line]
    /// Whether the viewer may enter guardians and decide about them.
    let mayManageGuardians: Bool
    /// Whether she leads the class, or sees all that concerns families at the school.
    let seesGuardians: Bool
    /// Her classes at schools the viewer sees, the latest first.
    let history: [EnrolmentPeriod]
    /// Other classes of the school she can be moved to.
    let targets: [ClassGroup]
    let mayEdit: Bool
    /// In 休学: `enrolment` is the one that it interrupted.
    let isSuspended: Bool
    /// What other contexts add.
    var panels: [PupilPanel] = []
    /// Whether the viewer may see sealed data in full.
    let mayLook: Bool

    var subject: PupilSubject {
        PupilSubject(
            person: enrolment.person, name: enrolment.name, classGroup: classGroup, isSuspended: isSuspended, day: day)
    }

    /// Throws `DomainError.notFound` unless she is a pupil of the class on the day, will be, or is in 休学 from it.
    init(
        _ pupil: ID<Person>, in id: ID<ClassGroup>, on day: LocalDate, for user: CurrentUser, _ db: Connection,
        _ crypto: any CryptoProvider
    ) throws {
        let classes = ClassGroupStore(db), store = EnrolmentStore(db)
        let classGroup = try classes.find(id, within: ClassScope(user, on: day))
        let enrolment = try store.belonging(of: pupil, to: id, on: day)
        isSuspended = enrolment.until.map { $0 <= day } ?? false
        (self.enrolment, self.classGroup, self.day) = (enrolment, classGroup, day)
        let relations = try GuardianshipStore(db).guardians(of: [pupil], on: day)[pupil] ?? []
        let masks = try PersonIdentifierStore(db, crypto).masked(of: [pupil] + relations.map(\.guardian))
        numbers = masks[pupil] ?? [:]
        guardians = relations.map { GuardianPages.Line(guardianship: $0, phone: masks[$0.guardian]?[.phone]) }
        mayManageGuardians = user.may(.classEdit, at: classGroup.path)
        seesGuardians = try classes.isSeen(id, within: .wholeOrLed(by: user, on: day))
        let seen = user.scope(of: .classView)
        history = try store.history(of: pupil).filter { seen.contains($0.classGroup.path) }
        mayEdit = user.may(.classEdit, at: classGroup.path) && enrolment.until == nil
        mayLook = try LookAccess.find(user, pupil, on: day, db) != nil
        let others =
            try mayEdit ? classes.upcoming(of: classGroup.school, on: day, within: .editing(user, on: day)) : []
        targets = others.filter { $0.id != id && $0.closedOn == nil }
    }
}
