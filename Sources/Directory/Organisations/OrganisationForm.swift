import Kernel
import Platform
import Web

/// What a person can do to an organisation, each on a form of its own. The raw value ends the form's address.
enum OrganisationAction: String, CaseIterable, Sendable {
    case children, name, profile, place, merger, closure

    var title: String {
        switch self {
        case .children: "新建下级"
        case .name: "更名"
        case .profile: "编辑学校信息"
        case .place: "调整上级"
        case .merger: "并入其他单位"
        case .closure: "撤销单位"
        }
    }

    /// Whether the state of the organisation and the reach of the person's right allow it. Who administers a county may
    /// not take the county itself out of its place: that needs the right above it.
    func isOpen(for organisation: Organisation, within scope: DataScope) -> Bool {
        guard organisation.closedOn == nil, scope.contains(organisation.path) else { return false }
        switch self {
        case .children: return !organisation.kind.children.isEmpty
        case .name: return true
        case .profile: return organisation.kind.isSchool
        case .place:
            return organisation.kind.parents.count > 0 && organisation.kind.parents != [.city]
                && reachesAbove(organisation, scope)
        case .merger: return organisation.kind != .municipal && reachesAbove(organisation, scope)
        case .closure: return reachesAbove(organisation, scope)
        }
    }

    private func reachesAbove(_ organisation: Organisation, _ scope: DataScope) -> Bool {
        organisation.path.parent.map(scope.contains) ?? false
    }
}

/// One submitted form: reads its fields, collects what is wrong with them and does the deed.
struct OrganisationForm: Sendable {
    let action: OrganisationAction
    let values: FormValues

    /// - Parameter scope: where the person may edit.
    /// - Returns: what to tell the person afterwards.
    func apply(
        to organisation: Organisation, within scope: DataScope, with service: OrganisationService
    ) throws -> String {
        let store = OrganisationStore(service.db)
        guard action.isOpen(for: organisation, within: scope) else {
            throw DomainError.forbidden("这个单位不能\(action.title)。")
        }
        // Something new below does not depend on what its parent is called.
        if action != .children, values["revision"] != String(organisation.revision) {
            throw try store.outdated(organisation)
        }
        switch action {
        case .children:
            let added = try service.add(try draft(below: organisation), below: organisation)
            return "已新建\(added.name)"
        case .name:
            let (name, day) = (text("name"), try day())
            try service.rename(organisation, to: name, from: day)
            return "\(organisation.name)已更名为\(name)"
        case .profile:
            let profile = try profile(of: organisation, decidesArea: OrganisationForm.decidesArea(scope, organisation))
            let code = text("code").uppercased(), day = try day()
            let school = code.isEmpty ? organisation : try service.giveCode(code, to: organisation)
            if code.isEmpty || profile != organisation.profile { try service.change(school, to: profile, from: day) }
            return "\(organisation.name)的信息已保存"
        case .place:
            let parent = try chosen("parent", "选择新的上级单位。", store, scope)
            try service.move(organisation, below: parent, from: try day())
            return "\(organisation.name)已调整到\(parent.name)"
        case .merger:
            let target = try chosen("target", "选择并入的单位。", store, scope)
            try service.close(organisation, on: try day(), mergedInto: target)
            return "\(organisation.name)已并入\(target.name)"
        case .closure:
            try service.close(organisation, on: try day())
            return "\(organisation.name)已撤销"
        }
    }

    /// A decision on 城镇 or 农村 against the code belongs to the city.
    static func decidesArea(_ scope: DataScope, _ organisation: Organisation) -> Bool {
        organisation.path.lineage.first.map(scope.contains) ?? false
    }

    private func text(_ field: String) -> String { ChineseText.normalised(values[field] ?? "") }

    private func day() throws -> LocalDate {
        guard let day = LocalDate(iso: text("from")) else {
            throw DomainError.invalid("from", "填写生效日期，如 2026-09-01。")
        }
        return day
    }

    private func chosen(
        _ field: String, _ message: String, _ store: OrganisationStore, _ scope: DataScope
    ) throws -> Organisation {
        guard let id = OrganisationID(checking: text(field)) else { throw DomainError.invalid(field, message) }
        do {
            return try store.find(id, within: scope)
        } catch DomainError.notFound {
            throw DomainError.invalid(field, message)
        }
    }

    private func draft(below parent: Organisation) throws -> OrganisationService.Draft {
        var problems: [FieldProblem] = []
        let kind = OrganisationKind(rawValue: text("kind")).flatMap { parent.kind.children.contains($0) ? $0 : nil }
        if kind == nil { problems.append(FieldProblem(field: "kind", message: "选择单位类别。")) }
        let opened = LocalDate(iso: text("openedOn"))
        if opened == nil, !text("openedOn").isEmpty {
            problems.append(FieldProblem(field: "openedOn", message: "设立日期应如 2026-09-01。"))
        }
        let code = text("code").uppercased()
        problems += OrganisationForm.problems { try OrganisationRules.check(name: text("name")) }
        if !code.isEmpty { problems += OrganisationForm.problems { try OrganisationRules.check(code: code) } }
        var profile: SchoolProfile?
        if let kind, kind.isSchool {
            let told = kind == .teachingPoint ? "218" : text("schoolType")
            let read = SchoolProfile(
                schoolType: told, urbanRural: values.text("urbanRural"), isCentral: values["isCentral"] == "1")
            problems += OrganisationForm.problems { try OrganisationRules.check(read) }
            if kind == .school, SchoolCategory.teachingPoint.contains(told) {
                problems.append(FieldProblem(field: "kind", message: "教学点的类别应选“教学点”。"))
            }
            profile = read
        }
        guard let kind, problems.isEmpty else { throw DomainError.invalid(problems) }
        return .init(
            kind: kind, code: code.isEmpty ? nil : code, name: text("name"), profile: profile, openedOn: opened)
    }

    private func profile(of organisation: Organisation, decidesArea: Bool) throws -> SchoolProfile {
        var profile = SchoolProfile(
            schoolType: text("schoolType"), urbanRural: values.text("urbanRural"),
            isCentral: values["isCentral"] == "1", areaOverride: organisation.profile?.areaOverride,
            areaOverrideReason: organisation.profile?.areaOverrideReason ?? "")
        if decidesArea {
            profile.areaOverride = Area(rawValue: text("areaOverride"))
            profile.areaOverrideReason = profile.areaOverride == nil ? "" : text("areaOverrideReason")
        }
        return profile
    }

    private static func problems(_ check: () throws -> Void) -> [FieldProblem] {
        do {
            try check()
            return []
        } catch DomainError.invalid(let problems) {
            return problems
        } catch {
            return [FieldProblem(field: "", message: "填写有误，请核对。")]
        }
    }
}
