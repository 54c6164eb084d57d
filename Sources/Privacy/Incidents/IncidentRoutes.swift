import Database
import Directory
import Kernel
import Platform
import Web

/// `/privacy/incidents`: what went wrong with people's data, entered by the data officer of the place.
struct IncidentRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        routes.get(IncidentPages.path, access: .can(.lookReview)) { try await show($0) }
        routes.post(IncidentPages.path, access: .can(.lookReview), enter)
    }

    private func show(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let scope = try request.user.scope(of: .lookReview), crypto = crypto
        let incidents = try await database.read {
            try IncidentStore(db: $0, crypto: crypto).list(within: scope, limit: 500)
        }
        let page = IncidentPages.show(incidents, request.page, values: request.form, problems: problems)
        return .html(page, status: status)
    }

    @Sendable private func enter(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .lookReview), crypto = crypto, now = now()
        let actor = AuditActor(user, address: request.remoteAddress)
        do {
            let incident = try PrivacyIncident({ request.form.text($0) }, today: now.day)
            try await database.write { db in
                guard let root = scope.roots.first, let place = try OrganisationStore(db).lineage(of: root).last else {
                    throw DomainError.notFound
                }
                try IncidentStore(db: db, crypto: crypto).insert(incident, at: place.id, by: user.name, now: now)
                try AuditLog.record(
                    "privacy.incident_entered", place.id.rawValue, by: actor, at: place.path, incident.kind.title,
                    now: now, on: db)
            }
            return .redirect(IncidentPages.path, flash: Flash(.done, "已登记"))
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems, status: 422)
        }
    }
}

enum IncidentPages {
    static let path = "/privacy/incidents"

    static func show(
        _ incidents: [RecordedIncident], _ page: PageContext, values: FormValues, problems: [FieldProblem]
    ) -> HTML {
        let table = DataTable<RecordedIncident>(
            caption: "安全事件",
            columns: [
                DataColumn("日期", value: { .date($0.incident.happenedOn) }),
                DataColumn("类别", value: { .text($0.incident.kind.title) }),
                DataColumn("涉及未成年人", value: { .integer($0.incident.minors) }),
                DataColumn("经过和处置", value: { .text($0.incident.note) }),
                DataColumn("单位", value: { .text($0.organisationName) }),
                DataColumn("登记人", value: { .text($0.recordedBy) }),
            ], isExportable: false, empty: UI.emptyState("没有安全事件", "发生泄露、篡改、丢失等事件时在下面登记，计入未成年人报告。"))
        let rows = Page(items: incidents, total: incidents.count, next: nil)
        let kinds =
            [SelectOption("", "选择类别")] + PrivacyIncident.Kind.allCases.map { SelectOption($0.rawValue, $0.title) }
        let fields: HTML = """
            \(UI.select("kind", label: "类别", options: kinds, selected: values["kind"], required: true, problems: problems))
            \(UI.textField(
                "happenedOn", label: "发生日期", value: values["happenedOn"], type: "date", required: true,
                problems: problems))
            \(UI.textField(
                "minors", label: "涉及未成年人数", value: values["minors"], required: true, inputmode: "numeric",
                problems: problems))
            \(UI.textArea(
                "note", label: "经过和处置", value: values["note"], hint: "不写姓名和号码", required: true, problems: problems))
            """
        let content: HTML = """
            \(UI.heading("安全事件登记"))
            \(PrivacyTabs.html(MinorsReportPages.path, page))
            \(UI.card(nil, table.html(rows, path: path, query: FormValues())))
            \(UI.card("登记", id: "new", UI.form(action: path, page: page, submit: "登记", problems: problems, fields)))
            """
        let crumbs = [Crumb("未成年人报告", MinorsReportPages.path), Crumb("安全事件")]
        return UI.layout("安全事件登记", page, breadcrumbs: crumbs, isFailed: !problems.isEmpty, content)
    }
}
