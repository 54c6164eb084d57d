import Kernel
import Web

/// Requests of people about their data, for themselves and for whoever answers.
enum RightsRequestPages {
    static let path = "/privacy/requests"

    static let ownTable = DataTable<RightsRequest>(
        caption: "提交过的请求",
        columns: [
            DataColumn("请求", value: { .text($0.kind.title) }),
            DataColumn("说明", value: { .text($0.text) }),
            DataColumn("提交日期", value: { .date($0.askedAt.day) }),
            DataColumn("答复期限", value: { .date($0.due) }),
            DataColumn("状态", value: { .text($0.state.title) }),
            DataColumn("答复", value: { $0.answer.isEmpty ? .empty : .text($0.answer) }),
        ], isExportable: false, empty: "")

    static func list(
        _ requests: [RightsRequest], _ state: RightsRequest.State?, _ today: LocalDate, _ page: PageContext
    ) -> HTML {
        let table = DataTable<RightsRequest>(
            caption: "权利请求",
            columns: [
                DataColumn(
                    "请求", value: { .text($0.kind.title) },
                    cell: { #"<a href="\#(url: path + "/\($0.id)")">\#($0.kind.title)</a>"# }),
                DataColumn("关于", value: { .text($0.personName) }),
                DataColumn("申请人", value: { .text($0.applicantName) }),
                DataColumn("单位", value: { .text($0.organisationName) }),
                DataColumn("提交日期", value: { .date($0.askedAt.day) }),
                DataColumn(
                    "答复期限", value: { .date($0.due) },
                    cell: { "\($0.due.iso) \(if: $0.isLate(on: today), UI.tag("逾期", .bad))" }),
                DataColumn("状态", value: { .text($0.state.title) }),
            ], isExportable: false, empty: UI.emptyState("没有请求", "家长、学生和教职工在“我的信息”里提交。"))
        let states = RightsRequest.State.allCases.map { SelectOption($0.rawValue, $0.title) }
        let query = FormValues([("state", state?.rawValue ?? "all")])
        let rows = Page(items: requests, total: requests.count, next: nil)
        let content: HTML = """
            \(UI.heading("权利请求", note: "\(RightsRequest.workingDays) 个工作日内答复"))
            \(PrivacyTabs.html(path, page))
            \(UI.filterBar(action: path, query: query, UI.select("state", label: "状态", 
                options: states + [SelectOption("all", "全部")], selected: query["state"])))
            \(UI.card(nil, table.html(rows, path: path, query: query)))
            """
        return UI.layout("权利请求", page, breadcrumbs: [Crumb("权利请求")], content)
    }

    static func show(
        _ request: RightsRequest, _ today: LocalDate, _ page: PageContext, values: FormValues,
        problems: [FieldProblem]
    ) -> HTML {
        var facts: [(String, HTML)] = [
            ("关于", HTML(text: request.personName)), ("申请人", HTML(text: request.applicantName)),
            ("单位", HTML(text: request.organisationName)), ("说明", HTML(text: request.text)),
            ("提交时间", HTML(text: request.askedAt.text)),
            ("答复期限", "\(request.due.iso) \(if: request.isLate(on: today), UI.tag("逾期", .bad))"),
            ("状态", HTML(text: request.state.title)),
        ]
        if request.state != .open {
            facts += [("答复", HTML(text: request.answer)), ("答复人", HTML(text: request.answeredBy))]
        }
        let content: HTML = """
            \(UI.heading("\(request.kind.title)请求", note: request.personName))
            \(UI.card(nil, UI.summaryList(facts)))
            \(if: request.state == .open, UI.card("答复", id: "answer", form(request, page, values, problems)))
            """
        let crumbs = [Crumb("权利请求", path), Crumb("\(request.kind.title)请求")]
        return UI.layout("\(request.kind.title)请求", page, breadcrumbs: crumbs, isFailed: !problems.isEmpty, content)
    }

    private static let withdrawal = "选“已办理”，就撤回“征求同意”里的全部同意，马上生效。只撤回其中几项的，请本人在“征求同意”里办理。"

    private static func form(
        _ request: RightsRequest, _ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let states = [RightsRequest.State.done, .refused].map { SelectOption($0.rawValue, $0.title) }
        let erasures = Erasure.allCases.map { SelectOption($0.rawValue, $0.title) }
        let fields: HTML = """
            \(UI.radios("state", label: "办理结果", options: states, selected: values["state"], 
                hint: request.kind == .withdrawal ? withdrawal : nil, required: true, problems: problems))
            \(UI.radios("erasure", label: "同时删除", options: erasures, selected: values["erasure"] ?? "none", 
                hint: "学籍和任职信息依法永久保存。", problems: problems))
            \(UI.textArea("text", label: "答复", value: values["text"], rows: 3, required: true, problems: problems))
            """
        return UI.form(
            action: path + "/\(request.id)/answer", page: page, submit: "答复", cancel: path, problems: problems, fields)
    }
}
