import Kernel
import Web

/// A plan as a row of the list.
struct PlanRow: Sendable {
    let plan: ActionPlan
    let version: PlanVersion
    let clauses: Int
}

enum PlanDocumentPages {
    static let path = "/plan/documents"
    static func path(_ plan: ID<ActionPlan>) -> String { "\(path)/\(plan)" }
    static func differencePath(_ plan: ID<ActionPlan>, from: Int, to: Int) -> String {
        "\(path(plan))/difference?from=\(from)&to=\(to)"
    }
    static let crumb = Crumb("计划文本", path)
    static let planCrumb = Crumb("行动计划", "/plan")

    // MARK: List

    static let plans = DataTable<PlanRow>(
        caption: "计划文本",
        columns: [
            DataColumn(
                "计划", value: { .text($0.plan.title) },
                cell: { #"<a href="\#(url: path($0.plan.id))">\#($0.plan.title)</a>"# }),
            DataColumn("层级", value: { .text($0.plan.layer.title) }),
            DataColumn("范围", value: { .text($0.plan.owner.name) }),
            DataColumn("开始", value: { .date($0.plan.from) }),
            DataColumn("结束", value: { .date($0.plan.to) }),
            DataColumn("版本", value: { .integer($0.version.number) }),
            DataColumn("条数", value: { .integer($0.clauses) }),
            DataColumn("发布时间", value: { .text($0.version.createdAt.text) }),
            DataColumn(
                "状态", value: { .text($0.plan.state.title) },
                cell: { UI.tag($0.plan.state.title, $0.plan.state == .published ? .ok : .muted) }),
        ], empty: UI.emptyState("还没有计划文本", "上传行动计划的 .docx 或 .txt 文件，系统按编号拆成条款，核对后发布。"))

    static func list(_ rows: [PlanRow], _ drafts: [PlanDocumentDraft], mayUpload: Bool, _ request: WebRequest) -> HTML {
        let table = plans.html(Page(items: rows, total: rows.count, next: nil), path: path, query: request.query)
        let actions = mayUpload ? UI.linkButton("上传计划", url: "\(path)/new", style: .primary) : ""
        let waiting: HTML = drafts.isEmpty ? "" : UI.card("待发布的草稿", "<ul>\(each: drafts, draftLine)</ul>")
        let content: HTML = """
            \(UI.heading("计划文本", note: "行动计划的正文和各个版本；目标按条款编号挂在正文上。", actions: actions))
            \(waiting)
            \(UI.card(nil, table))
            """
        return UI.layout("计划文本", request.page, breadcrumbs: [planCrumb, Crumb("计划文本")], wide: true, content)
    }

    private static func draftLine(_ draft: PlanDocumentDraft) -> HTML {
        let kind = draft.plan == nil ? "新计划" : "新版本"
        return #"""
            <li><a href="\#(url: PlanDraftPages.path(draft.id))">\#(draft.title)</a> \#(UI.tag(kind, .info)) \#
            \#(draft.fileName)，\#(draft.changedBy) \#(draft.changedAt.text)</li>
            """#
    }

    // MARK: Upload

    static func upload(
        _ owners: [PlanOwner], _ plans: [ActionPlan], _ values: FormValues, _ problems: [FieldProblem],
        _ page: PageContext
    ) -> HTML {
        let fresh = [SelectOption("", "新的计划")]
        let kinds = fresh + plans.map { SelectOption($0.id.rawValue, "《\($0.title)》的新版本") }
        let whose = owners.map { SelectOption($0.formValue, $0.name) }
        let ownerField = UI.select(
            "owner", label: "谁的计划", options: whose, selected: values["owner"], hint: "上传新版本时沿用原计划的范围",
            problems: problems)
        let planField = UI.select("plan", label: "用途", options: kinds, selected: values["plan"], problems: problems)
        let fileField = UI.fileField(
            "file", label: "文件", accept: ".docx,.txt", hint: "Word 文档（.docx）或纯文本（.txt，UTF-8 或 GB18030），不超过 16 MB",
            required: true, problems: problems)
        let fields: HTML = "\(if: owners.count > 1, ownerField)\(if: !plans.isEmpty, planField)\(fileField)"
        let form = UI.form(
            action: path, page: page, submit: "上传", cancel: path, multipart: true, problems: problems, fields)
        let content: HTML = """
            \(UI.heading("上传计划", note: "上传后先看拆分结果，确认无误再发布；发布前不影响现行文本。"))
            \(UI.card(nil, form))
            """
        return UI.layout(
            "上传计划", page, breadcrumbs: [planCrumb, crumb, Crumb("上传计划")], isFailed: !problems.isEmpty, content)
    }

    // MARK: One plan

    struct Content: Sendable {
        let plan: ActionPlan
        let versions: [PlanVersion]
        let counts: [ID<PlanVersion>: Int]
        let shown: PlanVersion
        let clauses: [PlanClause]
        let sets: [PlanTargetSet]
        let detached: [DetachedTarget]
        let mayEdit: Bool
    }

    static func show(_ content: Content, _ page: PageContext) -> HTML {
        let plan = content.plan
        let note = "\(plan.owner.name)，\(plan.from.chinese)至\(plan.to.chinese)，第 \(content.shown.number) 版"
        let sets: HTML = "\(each: content.sets, setLink)"
        let summary = UI.summaryList([
            ("层级", HTML(text: plan.layer.title)),
            ("状态", UI.tag(plan.state.title, plan.state == .published ? .ok : .muted)),
            ("目标集", content.sets.isEmpty ? HTML(text: "没有目标集挂在这个计划上") : "<ul>\(sets)</ul>"),
        ])
        let body: HTML = """
            \(UI.heading(plan.title, note: note, actions: actions(content, page)))
            \(detached(content.detached))
            \(UI.card(nil, summary))
            \(UI.card("版本", versions(content)))
            \(oldVersion(content))
            <div class="plan">\(each: content.clauses, clause)</div>
            """
        return UI.layout(plan.title, page, breadcrumbs: [planCrumb, crumb, Crumb(plan.title)], wide: true, body)
    }

    private static func actions(_ content: Content, _ page: PageContext) -> HTML {
        guard content.mayEdit else { return "" }
        let isOpen = content.plan.state == .published
        let state = UI.postButton(
            isOpen ? "归档" : "恢复", action: "\(path(content.plan.id))/state", page: page,
            confirm: isOpen ? "归档后行动计划页不再显示这个计划，可以恢复。" : nil,
            hidden: [("state", isOpen ? "archived" : "published")])
        let upload = UI.linkButton("上传新版本", url: "\(path)/new?plan=\(content.plan.id)")
        return "\(if: isOpen, upload)\(state)"
    }

    private static func setLink(_ set: PlanTargetSet) -> HTML {
        #"<li><a href="\#(url: TargetSetPages.path(set.id))">\#(set.title)</a></li>"#
    }

    private static func detached(_ targets: [DetachedTarget]) -> HTML {
        guard !targets.isEmpty else { return "" }
        let lines: HTML = "\(each: targets, detachedLine)"
        return UI.notice(
            .warn, "<p>\(targets.count) 个目标所挂的条款在现行版本里已经没有，重新选择条款：</p><ul>\(lines)</ul>")
    }

    private static func detachedLine(_ item: DetachedTarget) -> HTML {
        #"""
        <li><a href="\#(url: TargetSetPages.path(item.set.id, item.target.code))">\#(item.target.code) \#
        \#(item.target.definition.title)</a>（原条款 \#(item.target.clause)）</li>
        """#
    }

    private static func oldVersion(_ content: Content) -> HTML {
        guard content.shown.state == .superseded else { return "" }
        return UI.notice(
            .info,
            #"<p>这是第 \#(content.shown.number) 版，已被取代。<a href="\#(url: path(content.plan.id))">查看现行版本</a></p>"#)
    }

    private static func versions(_ content: Content) -> HTML {
        let plan = content.plan.id, counts = content.counts
        let table = DataTable<PlanVersion>(
            caption: "版本",
            columns: [
                DataColumn(
                    "版本", value: { .text("第 \($0.number) 版") },
                    cell: { #"<a href="\#(url: "\(path(plan))?version=\($0.number)")">第 \#($0.number) 版</a>"# }),
                DataColumn("状态", cell: { UI.tag($0.state.title, $0.state == .current ? .ok : .muted) }),
                DataColumn("条数", value: { counts[$0.id].map { .integer($0) } ?? .empty }),
                DataColumn("说明", value: { .text($0.note) }),
                DataColumn("发布人", value: { .text($0.createdBy) }),
                DataColumn("发布时间", value: { .text($0.createdAt.text) }),
                DataColumn(
                    "文件",
                    cell: { #"<a href="\#(url: "\(path(plan))/versions/\($0.number)/file")">\#($0.fileName)</a>"# }),
                DataColumn("对比", cell: { comparison(plan, $0) }),
            ], isExportable: false, empty: "")
        let rows = content.versions
        return table.html(Page(items: rows, total: rows.count, next: nil), path: path(plan), query: FormValues())
    }

    private static func comparison(_ plan: ID<ActionPlan>, _ version: PlanVersion) -> HTML {
        guard version.number > 1 else { return "首个版本" }
        let url = differencePath(plan, from: version.number - 1, to: version.number)
        return #"<a href="\#(url: url)">与第 \#(version.number - 1) 版对比</a>"#
    }

    private static func clause(_ clause: PlanClause) -> HTML {
        #"""
        <div class="clause" id="clause-\#(clause.path)"><div class="clause-text">\#
        \#(text(clause.token, clause.heading, clause.paragraphs, level: clause.level))</div></div>
        """#
    }

    /// A clause as an article shows it: its title as a heading, the number before the first line otherwise.
    static func text(_ token: String, _ heading: String?, _ paragraphs: [String], level: Int) -> HTML {
        if let heading {
            let title: HTML = level == 1 ? "<h2>\(token)\(heading)</h2>" : "<h3>\(token)\(heading)</h3>"
            return "\(title)\(each: paragraphs, { "<p>\($0)</p>" })"
        }
        guard let first = paragraphs.first else { return "<p>\(token)</p>" }
        return "<p>\(token)\(first)</p>\(each: paragraphs.dropFirst(), { "<p>\($0)</p>" })"
    }
}
