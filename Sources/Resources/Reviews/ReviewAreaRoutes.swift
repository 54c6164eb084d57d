import Contracts
import Database
import Directory
import Kernel
import Platform
import Web

/// `/resources/reviews/areas`: who reviews which subjects of a place.
struct ReviewAreaRoutes: Sendable {
    let database: Database
    let office: ReviewOffice

    func add(to routes: inout Routes) {
        let access = Access.can(.reviewAssign)
        routes.get(ReviewAreaPages.root, access: access) { try await show($0) }
        routes.post(ReviewAreaPages.root, access: access, give)
        routes.post(ReviewAreaPages.root + "/removal", access: access, take)
    }

    /// The place that is asked for, or the one her right is for.
    private static func place(_ values: FormValues, _ user: CurrentUser, _ db: Connection) throws -> Organisation {
        let scope = user.scope(of: .reviewAssign), store = OrganisationStore(db)
        if let asked = values.text("place") {
            guard let id = OrganisationID(checking: asked) else { throw DomainError.notFound }
            return try store.find(id, within: scope)
        }
        guard let grant = user.grants.first(where: { $0.permissions.contains(.reviewAssign) }) else {
            throw DomainError.notFound
        }
        return try store.find(grant.organisation, within: scope)
    }

    private func show(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let user = try request.user, values = request.method == .get ? request.query : request.form
        let (place, given, areas) = try await database.read { db in
            let place = try ReviewAreaRoutes.place(values, user, db)
            let keys = try TextbookStore(db).keys().map { $0.stage + "-" + $0.subject }
            return (place, try ReviewAreaStore(db).list(at: [place.id]), keys)
        }
        let reviewers = try await office.reviewers.holders(of: .itemReview, at: place.id, on: Timestamp.now.day)
        var seen: Set<String> = []
        let view = ReviewAreaPages.View(
            place: place, given: given, reviewers: reviewers, areas: areas.filter { seen.insert($0).inserted },
            values: values, problems: problems)
        return .html(ReviewAreaPages.show(view, request.page), status: status)
    }

    @Sendable private func give(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = Timestamp.now, form = request.form
        let actor = AuditActor(user, address: request.remoteAddress)
        let place = try await database.read { try ReviewAreaRoutes.place(form, user, $0) }
        let reviewers = try await office.reviewers.holders(of: .itemReview, at: place.id, on: now.day)
        let area = form["area"] ?? "", reviewer = reviewers.first { $0.account.rawValue == form["account"] }
        do {
            try await database.write { db in
                var problems: [FieldProblem] = []
                if try !TextbookStore(db).keys().contains(where: { $0.stage + "-" + $0.subject == area }) {
                    problems.append(FieldProblem(field: "area", message: "选择学段学科"))
                }
                if reviewer == nil { problems.append(FieldProblem(field: "account", message: "选择审核员")) }
                guard problems.isEmpty, let reviewer else { throw DomainError.invalid(problems) }
                guard
                    try ReviewAreaStore(db).give(
                        area, to: reviewer.account, at: place.id, by: user.name, now: now)
                else { return }
                try AuditLog.record(
                    "review.area_given", place.id.rawValue, by: actor, at: place.path,
                    "\(reviewer.name)：\(ReviewPages.areaName(area))", now: now, on: db)
            }
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems, status: 422)
        }
        return .redirect(ReviewAreaPages.path(place.id), flash: Flash(.done, "已分配"))
    }

    @Sendable private func take(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = Timestamp.now, form = request.form
        let actor = AuditActor(user, address: request.remoteAddress)
        let place = try await database.write { db in
            let place = try ReviewAreaRoutes.place(form, user, db), area = form["area"] ?? ""
            guard let account = ID<Account>(checking: form["account"] ?? "") else { throw DomainError.notFound }
            if try ReviewAreaStore(db).take(area, from: account, at: place.id) {
                try AuditLog.record(
                    "review.area_taken", place.id.rawValue, by: actor, at: place.path, ReviewPages.areaName(area),
                    now: now, on: db)
            }
            return place
        }
        return .redirect(ReviewAreaPages.path(place.id), flash: Flash(.done, "已取消"))
    }
}

enum ReviewAreaPages {
    static let root = ReviewPages.root + "/areas"
    static func path(_ place: OrganisationID) -> String { "\(root)?place=\(place)" }

    struct View: Sendable {
        let place: Organisation
        let given: [ReviewArea]
        let reviewers: [RightHolder]
        let areas: [String]
        let values: FormValues
        let problems: [FieldProblem]
    }

    static func show(_ view: View, _ page: PageContext) -> HTML {
        let names = Dictionary(view.reviewers.map { ($0.account, $0.name) }) { first, _ in first }
        let table = DataTable<ReviewArea>(
            caption: "各学科的审核员",
            columns: [
                DataColumn("学段学科", value: { .text(ReviewPages.areaName($0.area)) }),
                DataColumn("审核员", value: { .text(names[$0.account] ?? "已不审核") }),
                DataColumn("分配", value: { .text("\($0.byName)，\($0.at.text)") }),
                DataColumn("操作") { one in
                    UI.postButton(
                        "取消", action: root + "/removal", page: page,
                        hidden: [
                            ("place", view.place.id.rawValue), ("area", one.area), ("account", one.account.rawValue),
                        ])
                },
            ], isExportable: false,
            empty: UI.emptyState("还没有分配", "没有分配的学科，每位审核员都能看到。"))
        let areas = [SelectOption("", "请选择")] + view.areas.map { SelectOption($0, ReviewPages.areaName($0)) }
        let people =
            [SelectOption("", "请选择")]
            + view.reviewers.map {
                SelectOption($0.account.rawValue, "\($0.name)（\($0.role)）")
            }
        let fields: HTML = """
            \(UI.hidden("place", view.place.id.rawValue))
            \(UI.select("area", label: "学段学科", options: areas, selected: view.values["area"], required: true, problems: view.problems))
            \(UI.select("account", label: "审核员", options: people, selected: view.values["account"], required: true, problems: view.problems))
            """
        let form = UI.form(action: root, page: page, submit: "分配", problems: view.problems, fields)
        let rows = table.html(
            Page(items: view.given, total: view.given.count, next: nil), path: "", query: FormValues())
        let content: HTML = """
            \(UI.heading("审核学科", note: "\(view.place.name)；分到学科的审核员先看自己的，没有分配的学科大家都看"))
            \(UI.card(nil, rows))
            \(UI.card("分配", form))
            """
        return UI.layout(
            "审核学科", page, breadcrumbs: [Crumb("资源审核", ReviewPages.root), Crumb("审核学科")],
            isFailed: !view.problems.isEmpty, content)
    }
}
