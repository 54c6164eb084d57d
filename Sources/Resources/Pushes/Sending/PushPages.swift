import Directory
import Kernel
import Web

/// What somebody sent, and one push with its classes.
enum PushPages {
    static let root = "/pushes"
    static func path(_ id: ID<Push>) -> String { "\(root)/\(id)" }
    static func formPath(_ node: ID<TextbookNode>) -> String { "/textbook-nodes/\(node)/push" }

    struct Line: Sendable {
        let push: Push
        let place: NodePlace
    }

    static func words(_ sent: PushService.GradeSending) -> String {
        var parts = ["已推送给 \(sent.classes) 个班"]
        if sent.served > 0 { parts.append("\(sent.served) 个班当天已有这一课的资源包") }
        if sent.closed > 0 { parts.append("\(sent.closed) 个班的学校没有可用的资源") }
        return parts.joined(separator: "，")
    }

    private static func audience(_ push: Push) -> String {
        push.grade.isEmpty ? "任教班级" : "全部" + TextbookGrade.title(push.grade)
    }

    static let table = DataTable<Line>(
        caption: "我推送的",
        columns: [
            DataColumn(
                "课", value: { .text($0.place.node.title) },
                cell: { #"<a href="\#(url: path($0.push.id))">\#($0.place.node.title)</a>"# }),
            DataColumn("教材", value: { .text($0.place.textbook.key.title) }),
            DataColumn("给谁", value: { .text(audience($0.push)) }),
            DataColumn("推送时间", value: { .text($0.push.sentAt.text) }),
            DataColumn(
                "状态", value: { .text($0.push.withdrawnAt == nil ? "已推送" : "已撤回") },
                cell: { line in
                    line.push.withdrawnAt == nil ? UI.tag("已推送", .ok) : UI.tag("已撤回", .muted)
                }),
        ], isExportable: false, empty: UI.emptyState("还没有推送", "打开教材的一课，点“推送到班级”。"))

    static func list(_ slice: Page<Line>, _ request: WebRequest) -> HTML {
        let content: HTML = """
            \(UI.heading("我推送的", note: "推送给班级的资源包，可以修改和撤回"))
            \(UI.card(nil, table.html(slice, path: root, query: request.query)))
            """
        return UI.layout(
            "我推送的", request.page, breadcrumbs: [Crumb("今天上课用", LessonPages.root), Crumb("我推送的")], content)
    }

    struct View: Sendable {
        let push: Push
        let place: NodePlace
        let counts: (open: Int, used: Int)
        /// Of the pack, what is open to at least one of the classes.
        let pack: [PackEntry]
        /// How many the pack holds, also those that are gone.
        let missing: Int
        let lines: [LessonLine]
        let candidates: [PackCandidate]
        let today: LocalDate
        let values: FormValues
        let problems: [FieldProblem]
        let warning: String?
    }

    static func show(_ view: View, _ page: PageContext) -> HTML {
        let push = view.push, title = view.place.node.title, gone = view.missing - view.pack.count
        let isOpen = push.withdrawnAt == nil
        let actions: HTML =
            isOpen
            ? UI.postButton(
                "撤回推送", action: path(push.id) + "/withdrawal", page: page, confirm: "撤回后所有班级都看不到这个资源包。撤回？") : ""
        let content: HTML = """
            \(UI.heading("推送：\(title)", note: view.place.textbook.key.title, actions: actions))
            \(view.warning.map { UI.notice(.warn, HTML(text: $0)) })
            \(if: !isOpen, UI.notice(.warn, "这次推送已经撤回。"))
            \(if: gone > 0 && isOpen, UI.notice(.info, HTML(text: "有 \(gone) 项资源已下架或不再开放，班级已看不到。")))
            \(UI.card("情况", UI.summaryList(facts(view))))
            \(UI.card("班级", id: "classes", classes(view, page)))
            \(if: isOpen, UI.card("资源", id: "pack", change(view, page)))
            """
        return UI.layout(
            title, page, breadcrumbs: [Crumb("我推送的", root), Crumb(title)],
            isFailed: !view.problems.isEmpty || view.warning != nil, content)
    }

    private static func facts(_ view: View) -> [(String, HTML)] {
        [
            ("课", #"<a href="\#(url: TextbookPages.path(view.place.node.id))">\#(view.place.full)</a>"#),
            ("给谁", HTML(text: audience(view.push))),
            ("推送", HTML(text: "\(view.push.senderName)，\(view.push.sentAt.text)")),
            ("班级数", HTML(text: "\(view.counts.open) 个班，\(view.counts.used) 个班在课上打开过")),
        ]
    }

    private static func classes(_ view: View, _ page: PageContext) -> HTML {
        let isOpen = view.push.withdrawnAt == nil
        func entry(_ line: LessonLine) -> HTML {
            let undo: HTML =
                isOpen && line.lesson.withdrawnAt == nil && line.lesson.day >= view.today
                ? UI.postButton(
                    "撤回这个班", action: path(view.push.id) + "/withdrawal", page: page,
                    confirm: "撤回给\(line.className)的资源包？",
                    hidden: [("lesson", line.lesson.id.rawValue)]) : ""
            return #"""
                <li><a href="\#(url: LessonPages.path(line.lesson.id))">\#(line.className)</a> \#
                <span class="muted">\#(line.classGroup.schoolName) · \#(line.lesson.day.iso) \#(line.when)</span> \#
                \#(LessonPages.state(line)) \#(undo)</li>
                """#
        }
        let more = view.counts.open - view.lines.count
        return #"""
            <ul class="plain-list">\#(each: view.lines, entry)</ul>\#
            \#(if: more > 0, HTML(text: "另有 \(more) 个班。"))
            """#
    }

    private static func change(_ view: View, _ page: PageContext) -> HTML {
        let held = view.pack.map { PackCandidate(item: $0.item, uses: 0) }
        let known = Set(held.map(\.item.id))
        let offered = held + view.candidates.filter { !known.contains($0.item.id) }
        let fields =
            UI.hidden("revision", String(view.push.revision))
            + PackFields.html(offered, chosen: view.pack.map(\.item.id), view.values, view.problems)
        return UI.form(
            action: path(view.push.id), page: page, submit: "保存", problems: view.problems, fields)
    }
}
