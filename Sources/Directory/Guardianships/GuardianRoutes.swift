import Database
import Kernel
import Platform
import Web

/// The guardians of a pupil for her school: adding, correcting, ending, and deciding about those who have declared
/// themselves.
struct GuardianRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let listeners: [any GuardianshipListener]
    let uses: [any PersonUse]

    func add(to routes: inout Routes) {
        let root = "/classes/:id/pupils/:pupil/guardians"
        routes.get(root + "/new", access: .can(.classEdit)) { try await newForm($0) }
        routes.post(root + "/new", access: .can(.classEdit), enter)
        routes.get(root + "/:guardian", access: .can(.classEdit)) { try await show($0) }
        for deed in GuardianDeed.allCases {
            routes.post(root + "/:guardian" + deed.path, access: .can(.classEdit)) { try await submit(deed, $0) }
        }
    }

    private func newForm(
        _ request: WebRequest, known: [String]? = nil, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let model = try await pupil(request)
        let page = GuardianPages.new(
            model, known: known, request.page, values: request.form, problems: problems)
        return .html(page, status: status)
    }

    /// Enters a guardian, or first asks whether somebody who is known by the numbers is meant.
    @Sendable private func enter(_ request: WebRequest) async throws -> WebResponse {
        let form = GuardianForm(values: request.form), isSame = request.form["same"] == "1"
        do {
            let new = try form.guardian()
            let addition = try await write(request) { try $0.add(new, of: $1, isSame: isSame) }
            if case .known(let children) = addition { return try await newForm(request, known: children) }
            return .redirect(try back(request), flash: Flash(.done, "已添加家长\(new.name)"))
        } catch DomainError.invalid(let problems) {
            return try await newForm(request, problems: problems, status: 422)
        } catch DomainError.conflict(let text) {
            return try await newForm(request, problems: [FieldProblem(field: "", message: text)], status: 409)
        }
    }

    private func show(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let id: ID<Guardianship> = try request.id("guardian"), model = try await pupil(request)
        guard let line = model.guardians.first(where: { $0.guardianship.id == id }) else { throw DomainError.notFound }
        let present = FormValues([
            ("relation", line.guardianship.relation ?? ""), ("order", line.guardianship.order.map(String.init) ?? ""),
        ])
        let values = request.form.has("relation") || request.form.has("reason") ? request.form : present
        let page = GuardianPages.show(line, of: model, request.page, values: values, problems: problems)
        return .html(page, status: status)
    }

    private func submit(_ deed: GuardianDeed, _ request: WebRequest) async throws -> WebResponse {
        let id: ID<Guardianship> = try request.id("guardian"), form = GuardianForm(values: request.form)
        do {
            try await write(request) { try deed.apply(form, to: id, of: $1, with: $0) }
            return .redirect(try back(request), flash: Flash(.done, deed.done))
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems, status: 422)
        }
    }

    private func back(_ request: WebRequest) throws -> String {
        PupilPages.path(try request.id("pupil"), in: try request.id("id")) + "#guardians"
    }

    /// The pupil, when the user may change the class.
    private func pupil(_ request: WebRequest) async throws -> PupilModel {
        let user = try request.user, today = Timestamp.now.day, crypto = crypto
        let id: ID<ClassGroup> = try request.id("id"), pupil: ID<Person> = try request.id("pupil")
        return try await database.read { db in
            _ = try ClassGroupStore(db).find(id, within: .editing(user, on: today))
            return try PupilModel(pupil, in: id, on: today, for: user, db, crypto)
        }
    }

    private func write<T: Sendable>(
        _ request: WebRequest,
        _ deed: @escaping @Sendable (GuardianshipService, GuardianshipService.Child) throws -> T
    ) async throws -> T {
        let user = try request.user, now = Timestamp.now, crypto = crypto, listeners = listeners, uses = uses
        let id: ID<ClassGroup> = try request.id("id"), pupil: ID<Person> = try request.id("pupil")
        let actor = AuditActor(user, address: request.remoteAddress)
        return try await database.write { db in
            let classGroup = try ClassGroupStore(db).find(id, within: .editing(user, on: now.day))
            let enrolment = try EnrolmentStore(db).belonging(of: pupil, to: id, on: now.day)
            return try deed(
                GuardianshipService(
                    db, crypto, by: actor, as: user.person, now: now, telling: listeners, sparing: uses),
                GuardianshipService.Child(id: pupil, name: enrolment.name, place: classGroup.path))
        }
    }
}

/// What a school does with a guardian of a pupil.
private enum GuardianDeed: CaseIterable, Sendable {
    case correction, confirmation, refusal, end

    /// What the form's address ends in.
    var path: String {
        switch self {
        case .correction: ""
        case .confirmation: "/confirmation"
        case .refusal: "/refusal"
        case .end: "/end"
        }
    }

    /// What to tell afterwards.
    var done: String {
        switch self {
        case .correction: "已更正"
        case .confirmation: "已确认家长"
        case .refusal: "没有确认，原因家长会看到"
        case .end: "已结束家长登记"
        }
    }

    func apply(
        _ form: GuardianForm, to id: ID<Guardianship>, of child: GuardianshipService.Child,
        with service: GuardianshipService
    ) throws {
        switch self {
        case .correction:
            let (relation, order) = try form.correction()
            try service.correct(id, relation, order: order, of: child)
        case .confirmation: try service.confirm(id, of: child)
        case .refusal: try service.refuse(id, form.values["reason"] ?? "", of: child)
        case .end: try service.end(id, of: child)
        }
    }
}
