import Directory
import Kernel
import Web

/// 今天上课用 of a teacher, 今天的课 of a pupil or child, the lessons of a class, and one lesson with its pack. Made for phones
/// first.
enum LessonPages {
    static let root = "/lessons"
    static let ownPath = root + "/mine"
    static func path(_ id: ID<Lesson>) -> String { "\(root)/\(id)" }
    static func path(ofClass id: ID<ClassGroup>) -> String { "/classes/\(id)/lessons" }
    static func path(ofChild id: ID<Person>) -> String { "/children/\(id)/lessons" }

    /// 今天, 明天, or the day.
    static func title(of day: LocalDate, _ today: LocalDate) -> String {
        switch day.daysSince1970 - today.daysSince1970 {
        case 0: "今天"
        case 1: "明天"
        default: "\(day.month)月\(day.day)日"
        }
    }

    static func state(_ line: LessonLine) -> HTML {
        if line.lesson.withdrawnAt != nil { return UI.tag("已撤回", .muted) }
        guard !line.counted.isEmpty else { return UI.tag("还没有在课上打开", .muted) }
        return UI.tag("第\(line.counted.map(String.init).joined(separator: "、"))节已计入", .ok)
    }

    /// Days with their lessons. Without lessons today, today says so.
    private static func days(
        _ lines: [LessonLine], _ today: LocalDate, empty: HTML, _ entry: (LessonLine) -> HTML
    ) -> HTML {
        let byDay = Dictionary(grouping: lines) { $0.lesson.day }
        let first = byDay[today] == nil ? UI.card("今天", id: "today", empty) : HTML()
        let cards = byDay.keys.sorted().map { day in
            UI.card(
                title(of: day, today), id: day == today ? "today" : "day-\(day.iso)",
                #"<ul class="plain-list">\#(each: byDay[day] ?? [], { #"<li>\#(entry($0))</li>"# })</ul>"#)
        }
        return "\(first)\(each: cards, { $0 })"
    }

    // MARK: Lists

    static func teaching(_ lines: [LessonLine], _ today: LocalDate, _ page: PageContext) -> HTML {
        let empty = UI.emptyState(
            "今天还没有资源包", "打开教材的一课，点“推送到班级”，选好班级、日期和节次。",
            action: UI.linkButton("去教材目录", url: TextbookPages.root))
        let content: HTML = """
            \(UI.heading("今天上课用", note: today.chinese, actions: UI.linkButton("我推送的", url: PushPages.root)))
            \(days(lines, today, empty: empty) { line in
                #"""
                <a href="\#(url: path(line.lesson.id))">\#(line.className) \#(line.place.node.title)</a><br>\#
                <span class="muted">\#(line.when) · \#(line.entries.count) 项资源</span> \#(state(line))
                """#
            })
            """
        return UI.layout("今天上课用", page, breadcrumbs: [Crumb("今天上课用")], content)
    }

    private static func families(_ lines: [LessonLine], _ today: LocalDate) -> HTML {
        let empty = UI.emptyState("今天没有推送的资源", "老师推送以后，课上用的资源会列在这里。")
        return days(lines, today, empty: empty) { line in
            let what = line.entries.isEmpty ? "没有给学生看的资源" : "\(line.entries.count) 项资源"
            return #"""
                <a href="\#(url: path(line.lesson.id))">\#(line.place.textbook.key.subjectTitle) \#(line.place.node.title)</a><br>\#
                <span class="muted">\#(line.when) · \#(what)</span>
                """#
        }
    }

    static func own(_ lines: [LessonLine]?, _ today: LocalDate, _ page: PageContext) -> HTML {
        let body = lines.map { families($0, today) } ?? UI.card(nil, UI.emptyState("你现在不在任何班级", "这里列出学生所在班级的课。"))
        return UI.layout(
            "今天的课", page, breadcrumbs: [Crumb("今天的课")], UI.heading("今天的课", note: today.chinese) + body)
    }

    static func ofChild(
        _ child: ID<Person>, _ name: String, _ lines: [LessonLine]?, _ today: LocalDate, _ page: PageContext
    ) -> HTML {
        let body = lines.map { families($0, today) } ?? UI.card(nil, UI.emptyState("孩子现在不在任何班级", "在班以后，这里列出班级的课。"))
        let crumbs = [Crumb("我的孩子", "/children"), Crumb(name, "/children/\(child)"), Crumb("今天的课")]
        return UI.layout(
            "今天的课", page, breadcrumbs: crumbs, UI.heading("今天的课", note: "\(name)，\(today.chinese)") + body)
    }

    static let history = DataTable<LessonLine>(
        caption: "班级的资源包",
        columns: [
            DataColumn("日期", value: { .date($0.lesson.day) }),
            DataColumn("节次", value: { .text($0.when) }),
            DataColumn(
                "课", value: { .text($0.place.node.title) },
                cell: { #"<a href="\#(url: path($0.lesson.id))">\#($0.place.node.title)</a>"# }),
            DataColumn("推送", value: { .text($0.push.senderName) }),
            DataColumn("状态", cell: state),
        ], isExportable: false, empty: UI.emptyState("还没有资源包", "任课教师或教研员推送以后，列在这里。"))

    static func ofClass(
        _ group: ClassGroup, _ slice: Page<LessonLine>, _ today: LocalDate, _ request: WebRequest
    ) -> HTML {
        let name = group.name(on: today), here = path(ofClass: group.id)
        let content: HTML = """
            \(UI.heading("资源和课堂使用", note: "\(name)，\(group.schoolName)"))
            \(UI.card(nil, history.html(slice, path: here, query: request.query)))
            """
        return UI.layout(
            "资源和课堂使用", request.page, breadcrumbs: [Crumb(name, "/classes/\(group.id)"), Crumb("资源和课堂使用")], content)
    }

    // MARK: One lesson

    struct View: Sendable {
        let line: LessonLine
        let kind: LessonReaderKind
        let school: Organisation
        /// What opening something now would come to.
        let verdict: OpeningVerdict
        let mayChange: Bool
    }

    static func show(_ view: View, _ page: PageContext) -> HTML {
        let line = view.line, title = line.place.node.title
        let note = "\(line.className) · \(line.lesson.day.chinese) · \(line.when)"
        var actions: HTML = view.mayChange ? UI.linkButton("修改推送", url: PushPages.path(line.push.id)) : ""
        if view.kind.seesAll, view.school.kind == .teachingPoint {
            actions += UI.linkButton("轻量包", url: LightPackPages.path(view.school.id, line.lesson.day))
        }
        let content: HTML = """
            \(UI.heading(title, note: note, actions: actions))
            \(if: line.lesson.withdrawnAt != nil, UI.notice(.warn, "这次推送已经撤回。"))
            \(if: line.missing > 0 && line.lesson.withdrawnAt == nil, UI.notice(.info, HTML(text: "有 \(line.missing) 项资源已下架或不再开放，不再列出。")))
            \(use(view))
            \(if: line.lesson.withdrawnAt == nil, UI.card("资源", id: "pack", pack(view, page)))
            \(UI.card("说明", UI.summaryList(facts(view))))
            """
        return UI.layout(title, page, breadcrumbs: crumbs(view), content)
    }

    private static func crumbs(_ view: View) -> [Crumb] {
        let title = Crumb(view.line.place.node.title)
        switch view.kind {
        case .teacher: return [Crumb("今天上课用", root), title]
        case .office:
            let place =
                view.mayChange
                ? Crumb("我推送的", PushPages.root)
                : Crumb(view.line.className, path(ofClass: view.line.classGroup.id))
            return [place, title]
        case .family: return [Crumb("今天的课", ownPath), title]
        }
    }

    /// Whether it is counted, and why not now.
    private static func use(_ view: View) -> HTML {
        guard view.kind == .teacher, view.line.lesson.withdrawnAt == nil else { return "" }
        if !view.line.counted.isEmpty {
            let periods = view.line.counted.map(String.init).joined(separator: "、")
            return UI.notice(.ok, HTML(text: "第\(periods)节已计入课堂使用。"))
        }
        if case .counts(let period) = view.verdict {
            return UI.notice(.info, HTML(text: "现在打开，计入第\(period)节的课堂使用。"))
        }
        return UI.notice(.info, HTML(text: "现在打开：\(OpeningOutcome.notCounted(view.verdict).words)。"))
    }

    private static func pack(_ view: View, _ page: PageContext) -> HTML {
        guard !view.line.entries.isEmpty else {
            return UI.emptyState("没有可以看的资源", view.kind.seesAll ? "包里的资源都已下架或不再开放。" : "这节课没有给学生看的资源。")
        }
        return #"<ol class="plain-list">\#(each: view.line.entries, { entry($0, view, page) })</ol>"#
    }

    private static func entry(_ entry: PackEntry, _ view: View, _ page: PageContext) -> HTML {
        let item = entry.item
        let open: HTML =
            view.kind == .teacher
            ? UI.postButton(
                "上课打开", action: path(view.line.lesson.id) + "/openings", page: page, style: .secondary,
                hidden: [("item", item.id.rawValue)]) : ""
        return #"""
            <li><a href="\#(url: ItemPages.path(item.id))">\#(item.content.title)</a><br>\#
            <span class="muted">\#(item.typeTitle) · \#(item.schoolName)</span> \#(open)</li>
            """#
    }

    private static func facts(_ view: View) -> [(String, HTML)] {
        let line = view.line
        var rows: [(String, HTML)] = [
            ("课", #"<a href="\#(url: TextbookPages.path(line.place.node.id))">\#(line.place.full)</a>"#),
            ("班级", HTML(text: line.className)), ("学校", HTML(text: view.school.name)),
            ("推送", HTML(text: line.push.senderName)),
        ]
        if view.kind.seesAll { rows.append(("状态", state(line))) }
        return rows
    }
}
