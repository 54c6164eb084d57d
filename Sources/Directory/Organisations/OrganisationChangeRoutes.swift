import Database
import Kernel
import Platform
import Web

/// The forms that change the tree: each action's form at `/organisations/:id/<action>`, sent to the same address.
struct OrganisationChangeRoutes: Sendable {
    let database: Database

    func routes() -> Routes {
        var routes = Routes(module: "directory")
        for action in OrganisationAction.allCases {
            let path = "/organisations/:id/" + action.rawValue
            routes.get(path, access: .can(.organisationEdit)) { try await show(action, $0) }
            routes.post(path, access: .can(.organisationEdit)) { try await submit(action, $0) }
        }
        return routes
    }

    private func show(
        _ action: OrganisationAction, _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let scope = try request.user.scope(of: .organisationEdit)
        let id: OrganisationID = try request.id("id")
        let model = try await database.read { db in try OrganisationFormModel(action, id, within: scope, db) }
        guard action.isOpen(for: model.organisation, within: scope) else {
            throw DomainError.conflict("\(model.organisation.name)现在不能\(action.title)。")
        }
        let values = request.method == .get ? model.present : request.form
        let page = OrganisationFormPages.page(model, request.page, values: values, problems: problems)
        return .html(page, status: status)
    }

    private func submit(_ action: OrganisationAction, _ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        let scope = user.scope(of: .organisationEdit)
        let id: OrganisationID = try request.id("id")
        let form = OrganisationForm(action: action, values: request.form)
        let actor = AuditActor(user, address: request.remoteAddress)
        do {
            let done = try await database.write { db in
                let organisation = try OrganisationStore(db).find(id, within: scope)
                let service = OrganisationService(db, by: actor, source: "form")
                return try form.apply(to: organisation, within: scope, with: service)
            }
            return .redirect(OrganisationPages.path(id), flash: Flash(.done, done))
        } catch DomainError.invalid(let problems) {
            return try await show(action, request, problems: problems, status: 422)
        } catch DomainError.conflict(let text) {
            return try await show(action, request, problems: [FieldProblem(field: "", message: text)], status: 409)
        }
    }
}

/// What a form shows besides the fields typed so far.
struct OrganisationFormModel: Sendable {
    let action: OrganisationAction
    let organisation: Organisation
    let lineage: [Organisation]
    /// New parents, or targets of a merger.
    let choices: [SelectOption]
    let decidesArea: Bool
    let today: LocalDate

    init(_ action: OrganisationAction, _ id: OrganisationID, within scope: DataScope, _ db: Connection) throws {
        let store = OrganisationStore(db)
        let organisation = try store.find(id, within: scope)
        (self.action, self.organisation, today) = (action, organisation, Timestamp.now.day)
        lineage = try store.lineage(of: organisation.path).filter { scope.contains($0.path) }
        decidesArea = OrganisationForm.decidesArea(scope, organisation)
        let names = PlaceNames(try store.places())
        let candidates: [Organisation] =
            switch action {
            case .place: try store.all(within: scope, kinds: organisation.kind.parents)
            case .merger:
                try store.all(
                    within: scope,
                    kinds: organisation.kind.isSchool ? [.school, .teachingPoint] : [organisation.kind])
            case .children, .name, .profile, .closure: []
            }
        let unit = names.unit(of: organisation.path)?.path
        choices = candidates.filter { candidate in
            guard candidate.id != organisation.parent, !organisation.path.contains(candidate.path) else { return false }
            // Schools of other counties would make the list long; a school goes there by way of its town.
            return !candidate.kind.isSchool || unit?.contains(candidate.path) ?? false
        }.map { candidate in
            let place = names.above(candidate.path)
            return SelectOption(candidate.id.rawValue, place.isEmpty ? candidate.name : place + " " + candidate.name)
        }
    }

    /// The fields as a form begins.
    var present: FormValues {
        var pairs: [(name: String, value: String)] = [("from", today.iso)]
        switch action {
        case .children: pairs.append(("kind", organisation.kind.children.first?.rawValue ?? ""))
        case .name: pairs.append(("name", organisation.name))
        case .profile:
            guard let profile = organisation.profile else { break }
            pairs.append(("schoolType", profile.schoolType))
            pairs.append(("urbanRural", profile.urbanRural ?? ""))
            if profile.isCentral { pairs.append(("isCentral", "1")) }
            pairs.append(("areaOverride", profile.areaOverride?.rawValue ?? ""))
            pairs.append(("areaOverrideReason", profile.areaOverrideReason))
        case .place, .merger, .closure: break
        }
        return FormValues(pairs)
    }
}
