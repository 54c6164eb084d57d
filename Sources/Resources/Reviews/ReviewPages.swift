import Directory
import Kernel
import Platform
import Web

/// The desk of reviewers, and what the page of a resource says of its review.
enum ReviewPages {
    static let root = ItemPages.root + "/reviews"

    struct Desk: Sendable {
        let level: ReviewLevel
        /// Levels at which she may speak, with what waits there.
        let levels: [(level: ReviewLevel, waiting: Int)]
        let areas: [String]
        let today: LocalDate
        let mayEditWords: Bool
        let mayAssign: Bool
        /// Whether subjects of others are left out unless she asks for them.
        let isNarrowed: Bool
    }

    private static func columns(on today: LocalDate) -> [DataColumn<DeskLine>] {
        [
            DataColumn(
                "标题", value: { .text($0.title) },
                cell: { #"<a href="\#(url: ItemPages.path($0.step.item))">\#($0.title)</a>"# }),
            DataColumn("类型", value: { .text(ResourceLists.type.name(of: $0.type)) }),
            DataColumn("学校", value: { .text($0.school) }),
            DataColumn("学段学科", value: { .text(areaName($0.area)) }),
            DataColumn("送审", value: { .text($0.step.openedAt.day.iso) }),
            DataColumn(
                "期限", value: { .text($0.step.due.iso) },
                cell: { line in
                    line.step.isLate(on: today)
                        ? "\(line.step.due.iso) \(UI.tag("逾期", .bad))" : HTML(text: line.step.due.iso)
                }),
            DataColumn("机器检查", value: { .text(found($0)) }),
            DataColumn("认领", value: { .text($0.step.claimedName) }),
        ]
    }

    static func table(on today: LocalDate) -> DataTable<DeskLine> {
        DataTable(
            caption: "待审的资源", columns: columns(on: today),
            empty: UI.emptyState("没有待审的资源", "教师提交、下一级通过后，会按期限排在这里。"))
    }

    private static func found(_ line: DeskLine) -> String {
        if line.blocks > 0 { return "拦截 \(line.blocks)" + (line.suspects > 0 ? "，疑似 \(line.suspects)" : "") }
        return line.suspects > 0 ? "疑似 \(line.suspects)" : "无"
    }

    /// `小学语文`
    static func areaName(_ area: String) -> String {
        let parts = area.split(separator: "-", maxSplits: 1).map(String.init)
        guard parts.count == 2, let stage = ClassStage(rawValue: parts[0]) else { return "" }
        return stage.title + TextbookSubject.title(parts[1], stage: parts[0])
    }

    static func desk(_ desk: Desk, _ slice: Page<DeskLine>, _ request: WebRequest) -> HTML {
        let query = request.query
        let tabs =
            desk.levels.map { one in
                let count = one.waiting > DeskStore.mostCounted ? "\(DeskStore.mostCounted)+" : "\(one.waiting)"
                return ("\(one.level.title)待审 \(count)", "\(root)?level=\(one.level.rawValue)", one.level == desk.level)
            } + ItemPages.Desk.allCases.map { ($0.title, "\(root)?state=\($0.rawValue)", false) }
        let areas = [SelectOption("", "全部")] + desk.areas.map { SelectOption($0, areaName($0)) }
        let all =
            desk.isNarrowed ? [SelectOption("", "我的和没人审的学科"), SelectOption("all", "全部学科")] : [SelectOption("", "全部")]
        let shows = all + [SelectOption("mine", "我认领的"), SelectOption("late", "逾期的")]
        let fields: HTML = """
            \(UI.select("area", label: "学段学科", options: areas, selected: query["area"]))
            \(UI.select("show", label: "只看", options: shows, selected: query["show"]))
            """
        let assign: HTML = desk.mayAssign ? UI.linkButton("审核学科", url: ReviewAreaPages.root) : ""
        let words: HTML = desk.mayEditWords ? UI.linkButton("检查词表", url: root + "/words") : ""
        let actions =
            UI.linkButton("资源抽查", url: SamplePages.root) + UI.linkButton("举报和申诉", url: CasePages.root) + assign + words
        let content: HTML = """
            \(UI.heading("资源审核", note: "每一级审一次；期限按工作日算", actions: actions))
            \(UI.tabs(tabs, label: "审核级别"))
            \(UI.card(nil, UI.filterBar(action: root, query: query, keep: ["level"], fields)))
            \(UI.card(nil, table(on: desk.today).html(slice, path: root, query: query)))
            """
        return UI.layout("资源审核", request.page, breadcrumbs: [Crumb("资源审核")], wide: true, content)
    }

    // On the page of a resource

    /// What authors and reviewers see of the review.
    struct Progress: Sendable {
        let steps: [ReviewStep]
        let review: Review?
        let findings: [ReviewFinding]
        /// Looks at it after it was published.
        let samples: [Sample]
        /// Titles of the resources that findings name, as far as the viewer may see them.
        let others: [ID<Item>: String]
        let today: LocalDate
        /// Whether somebody else has claimed the open step.
        let claimedByOther: Bool
        let isMine: Bool

        var open: ReviewStep? { steps.last { $0.state == .open } }
    }

    /// Where it lies, in one sentence.
    static func place(of step: ReviewStep, on today: LocalDate) -> String {
        let claim = step.claimedName.isEmpty ? "" : "，\(step.claimedName)正在审"
        return "\(step.level.title)待审\(claim)，\(step.isLate(on: today) ? "已过期限" : "期限") \(step.due.chinese)"
    }

    static func progress(_ progress: Progress, _ item: ID<Item>) -> HTML {
        guard !progress.steps.isEmpty else { return "" }
        let table = DataTable<ReviewStep>(
            caption: "审核过程",
            columns: [
                DataColumn("级别", value: { .text($0.level.title) }),
                DataColumn("版本", value: { .text("第 \($0.version) 版") }),
                DataColumn(
                    "结果", value: { .text($0.state.title) }, cell: { UI.tag($0.state.title, tone($0.state)) }),
                DataColumn("送到", value: { .text($0.openedAt.text) }),
                DataColumn("期限", value: { .text($0.due.iso) }),
                DataColumn(
                    "审核人",
                    value: { step in
                        .text(step.isStandIn ? "\(step.decidedName)（\(step.rank?.title ?? "")代）" : step.decidedName)
                    }),
                DataColumn("时间", value: { .text($0.decidedAt?.text ?? "") }),
                DataColumn("意见", value: { .text($0.reason) }),
            ], isExportable: false, empty: "")
        let rows = table.html(
            Page(items: progress.steps, total: progress.steps.count, next: nil), path: "", query: FormValues())
        return UI.card("审核过程", id: "review", rows) + findings(progress, item) + SamplePages.looks(progress.samples)
    }

    static func tone(_ state: ReviewStep.State) -> Tone {
        switch state {
        case .open: .warn
        case .passed, .carried: .ok
        case .returned, .refused: .bad
        case .withdrawn: .muted
        }
    }

    private static func findings(_ progress: Progress, _ item: ID<Item>) -> HTML {
        guard let review = progress.review else { return "" }
        let waiting: HTML = review.isChecked ? "" : UI.notice(.info, "文件正在检查，结果稍后出现在这里。")
        guard !progress.findings.isEmpty else {
            return review.isChecked ? UI.card("机器检查", id: "checks", "<p>没有发现问题。</p>") : UI.card("机器检查", waiting)
        }
        let table = DataTable<ReviewFinding>(
            caption: "机器检查",
            columns: [
                DataColumn("内容", value: { .text($0.kind.title) }),
                DataColumn(
                    "程度", value: { .text($0.grade.title) }, cell: { UI.tag($0.grade.title, gradeTone($0.grade)) }),
                DataColumn("在哪里", value: { .text($0.place) }),
                DataColumn(
                    "发现", value: { .text($0.excerpt) },
                    cell: { finding in
                        finding.kind.isLikeness ? likeness(finding, item, progress.others) : HTML(text: finding.excerpt)
                    }),
            ], isExportable: false, empty: "")
        let rows = table.html(
            Page(items: progress.findings, total: progress.findings.count, next: nil), path: "", query: FormValues())
        return UI.card("机器检查", id: "checks", waiting + rows)
    }

    private static func gradeTone(_ grade: FindingGrade) -> Tone {
        switch grade {
        case .note: .info
        case .suspect: .warn
        case .block: .bad
        }
    }

    private static func likeness(_ finding: ReviewFinding, _ item: ID<Item>, _ others: [ID<Item>: String]) -> HTML {
        guard let other = finding.other, let title = others[other] else {
            return HTML(text: "与一个你看不到的资源有 \(finding.percent)% 相同")
        }
        let path = "\(ItemPages.path(item))/findings/\(finding.id)"
        return #"""
            与 <a href="\#(url: ItemPages.path(other))">\#(title)</a> 有 \#(finding.percent)% 相同，\#
            <a href="\#(url: path)">并排对照\#(title)</a>
            """#
    }

    /// The form of whoever has to decide.
    static func decision(
        _ progress: Progress, _ item: Item, _ changes: HTML, _ values: FormValues, _ problems: [FieldProblem],
        _ page: PageContext
    ) -> HTML {
        guard let step = progress.open else { return "" }
        let base = ItemPages.path(item.id)
        let options = [
            SelectOption("yes", "通过"), SelectOption("no", "退回修改"), SelectOption("refuse", "不予通过"),
        ]
        let fields =
            UI.hidden("revision", String(item.revision))
            + UI.radios(
                "decision", label: "意见", options: options, selected: values["decision"],
                hint: "退回后作者改好可以再提交；不予通过的不能再送到这一级。", required: true, problems: problems)
            + UI.textArea(
                "remark", label: "说明", value: values["remark"], hint: "退回和不予通过时写明原因。", rows: 2,
                problems: problems)
        let form = UI.form(action: base + "/review", page: page, submit: "提交", problems: problems, fields)
        let claim: HTML =
            progress.isMine
            ? UI.postButton("放弃认领", action: base + "/release", page: page)
            : UI.postButton(progress.claimedByOther ? "接手" : "认领", action: base + "/claim", page: page)
        let note: HTML = "<p>\(place(of: step, on: progress.today))</p>"
        return UI.card("审核", id: "decision", actions: claim, note + changes + form)
    }
}

extension ReviewPages {
    /// What was published or taken down.
    static func decided(_ slice: Page<ItemLine>, _ desk: ItemPages.Desk, _ request: WebRequest) -> HTML {
        let tabs =
            [("待审", root, false)]
            + ItemPages.Desk.allCases.map { ($0.title, "\(root)?state=\($0.rawValue)", $0 == desk) }
        let content: HTML = """
            \(UI.heading("资源审核", note: desk == .published ? "已发布的资源" : "已下架的资源"))
            \(UI.tabs(tabs, label: "状态"))
            \(UI.card(nil, ItemPages.reviews.html(slice, path: root, query: request.query)))
            """
        return UI.layout("资源审核", request.page, breadcrumbs: [Crumb("资源审核")], wide: true, content)
    }
}
