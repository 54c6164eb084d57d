import Directory
import Kernel
import Media
import Web

/// The form of a resource, new or being changed, and the choice of a textbook before it.
enum ItemFormPages {
    /// What the form offers and shows.
    struct View: Sendable {
        /// `nil` for a new one.
        let item: Item?
        /// What it is made from.
        let parent: Item?
        let textbook: Textbook?
        let nodes: [TextbookNode]
        /// Lessons of other volumes that it belongs to already.
        let others: [NodePlace]
        /// Where the user writes; the first unless she chooses.
        let schools: [Organisation]
        let values: FormValues
        let problems: [FieldProblem]
        /// Something that concerns the whole form.
        let warning: String?
        /// The files of a new one; they are changed on its page later.
        let choice: UploadChoice?
    }

    static func page(_ view: View, _ page: PageContext) -> HTML {
        let title = view.item == nil ? "新建资源" : "修改资源"
        let back = view.item.map { ItemPages.path($0.id) } ?? ItemPages.root + "/mine"
        let action = view.item.map { ItemPages.path($0.id) + "/edit" } ?? ItemPages.root
        let form = UI.form(
            action: action, page: page, submit: view.item == nil ? "保存草稿" : "保存", cancel: back,
            multipart: view.item == nil, problems: view.problems, fields(view))
        let note = view.item.map { $0.version > 0 ? "发布的版本不变，改好后提交审核再替换" : "草稿只有作者和学校资源管理员能看到" }
        let content: HTML = """
            \(UI.heading(title, note: note ?? view.textbook.map { $0.key.title }))
            \(view.warning.map { UI.notice(.warn, HTML(text: $0)) })
            \(UI.card(nil, form))
            """
        return UI.layout(
            title, page, breadcrumbs: [Crumb("我的资源", ItemPages.root + "/mine"), Crumb(title)],
            isFailed: !view.problems.isEmpty || view.warning != nil, content)
    }

    private static func fields(_ view: View) -> HTML {
        let values = view.values, problems = view.problems
        var hidden: HTML = view.textbook.map { UI.hidden("textbook", $0.id.rawValue) } ?? ""
        if let item = view.item { hidden += UI.hidden("revision", String(item.revision)) }
        if view.item == nil, let call = view.values.text("call") { hidden += UI.hidden("call", call) }
        if let parent = view.parent { hidden += UI.hidden("adapted", parent.id.rawValue) }
        let school: HTML =
            view.item == nil && view.schools.count > 1
            ? UI.select(
                "school", label: "学校", options: view.schools.map { SelectOption($0.id.rawValue, $0.name) },
                selected: values["school"], problems: problems) : ""
        let types = [SelectOption("", "选择类型")] + ResourceLists.type.leaves.map { SelectOption($0.code, $0.name) }
        let file: HTML? = view.choice?.html(problems: problems)
        let main: HTML = """
            \(hidden)\(school)
            \(UI.textField("title", label: "标题", value: values["title"], required: true, problems: problems))
            \(UI.select("type", label: "类型", options: types, selected: values["type"], required: true, problems: problems))
            \(file)\(nodes(view))
            \(UI.textArea("summary", label: "简介", value: values["summary"], rows: 3, problems: problems))
            """
        return main + use(view) + UI.details("更多", more(view), isOpen: opensMore(problems))
    }

    private static func opensMore(_ problems: [FieldProblem]) -> Bool {
        problems.contains { ["tags", "language", "minutes", "authors", "audience"].contains($0.field) }
    }

    private static func nodes(_ view: View) -> HTML {
        let chosen = Set(view.values.all("node"))
        var units: [String: String] = [:]
        for node in view.nodes where node.kind == .unit { units[node.id.rawValue] = node.title }
        let own = view.nodes.filter { !$0.isRemoved || chosen.contains($0.id.rawValue) }.map { node in
            let unit = node.parent.flatMap { units[$0.rawValue] }
            return SelectOption(
                node.id.rawValue, node.kind == .unit ? node.title : (unit.map { $0 + " · " } ?? "") + node.title)
        }
        let others = view.others.map { SelectOption($0.node.id.rawValue, $0.full) }
        let choice = UI.checkboxes(
            "node", label: "属于哪一课", options: others + own, selected: chosen,
            hint: view.textbook.map { $0.key.title }, problems: view.problems)
        // A volume is long on a phone: who came from a lesson has chosen already.
        let names = (others + own).filter { chosen.contains($0.value) }.map(\.label)
        guard !names.isEmpty, !view.problems.contains(where: { $0.field == "node" }) else { return choice }
        return UI.details("属于：\(names.joined(separator: "；"))", choice)
    }

    private static func use(_ view: View) -> HTML {
        let values = view.values, problems = view.problems
        let keeps = view.parent?.licence?.keeps
        let licences = ResourceLists.licences.filter { keeps?.contains($0.code) ?? true }.map {
            SelectOption($0.code, "\($0.name)：\($0.summary)")
        }
        let origins = ResourceLists.origin.leaves.filter { $0.code != "adapted" }.map { SelectOption($0.code, $0.name) }
        let origin: HTML =
            view.parent == nil
            ? UI.radios(
                "origin", label: "来源", options: origins, selected: values["origin"] ?? "original", required: true,
                problems: problems) : ""
        let ranges = ItemVisibility.allCases.map { SelectOption($0.rawValue, $0.title) }
        return """
            \(origin)
            \(UI.textField(
                "source", label: "出处和授权", value: values["source"], hint: "转载或公有领域的资源写明从哪里来、谁同意的。", 
                problems: problems))
            \(UI.select(
                "licence", label: "授权方式", options: licences, selected: values["licence"] ?? licences.first?.value, 
                problems: problems))
            \(UI.radios(
                "visibility", label: "谁能看到", options: ranges, selected: values["visibility"] ?? "school", required: true, 
                problems: problems))
            \(UI.checkbox(
                "stated", label: "原创声明：内容由作者完成，不侵犯他人权利", isOn: values.has("stated"), 
                hint: "原创和改编的资源提交前确认。", problems: problems))
            \(PupilPages.fields(values, problems))
            """
    }

    private static func more(_ view: View) -> HTML {
        let values = view.values, problems = view.problems
        let audiences = ResourceLists.audience.leaves.map { SelectOption($0.code, $0.name) }
        let languages = ResourceLists.language.leaves.map { SelectOption($0.code, $0.name) }
        let audience = values.all("audience")
        return """
            \(UI.checkboxes(
                "audience", label: "使用对象", options: audiences, selected: audience.isEmpty ? ["teacher"] : Set(audience), 
                hint: "选了学生或家长，学生和家长才找得到。", problems: problems))
            \(UI.textField(
                "authors", label: "合作者", value: values["authors"], hint: "本校同事的姓名，用顿号分开；自己不用写。", 
                problems: problems))
            \(UI.textField("tags", label: "标签", value: values["tags"], hint: "用顿号分开。", problems: problems))
            \(UI.fieldRow(UI.select(
                "language", label: "语种", options: languages, selected: values["language"] ?? "zh-CN", problems: problems)
                + UI.textField(
                    "minutes", label: "时长", value: values["minutes"], suffix: "分钟", inputmode: "numeric", 
                    problems: problems)))
            """
    }

    /// Before the form: which volume it is for.
    static func textbooks(_ rows: [Textbook], hasSchool: Bool, _ page: PageContext) -> HTML {
        let all = UI.linkButton("从教材目录选", url: TextbookPages.root)
        let list: HTML =
            !hasSchool
            ? UI.emptyState("资源由学校的教师编写", "用学校的账号登录后再新建。")
            : rows.isEmpty
                ? UI.emptyState("先选一册教材", "在教材目录里打开要上的课，点“为这一课上传资源”。", action: all)
                : #"<ul class="plain-list">\#(each: rows, textbook)</ul><p>\#(all)</p>"#
        let content: HTML = """
            \(UI.heading("新建资源", note: "先选教材，按你任教的班级列出"))
            \(UI.card("教材", list))
            """
        return UI.layout(
            "新建资源", page, breadcrumbs: [Crumb("我的资源", ItemPages.root + "/mine"), Crumb("新建资源")], content)
    }

    private static func textbook(_ textbook: Textbook) -> HTML {
        #"<li><a href="\#(url: ItemPages.root + "/new?textbook=\(textbook.id)")">\#(textbook.key.title)</a></li>"#
    }
}
