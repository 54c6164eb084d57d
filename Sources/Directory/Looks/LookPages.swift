import Kernel
import Web

/// The form before a look, and what it opens.
enum LookPages {
    static func path(_ person: ID<Person>) -> String { "/people/\(person)/look" }

    static func form(
        _ subject: LookSubject, _ page: PageContext, values: FormValues, problems: [FieldProblem]
    ) -> HTML {
        let content: HTML = """
            \(UI.heading("查看完整信息", note: "\(subject.person.name) · \(subject.access.place.name)"))
            \(UI.card(nil, subject.items.isEmpty ? nothing : fields(subject, page, values, problems)))
            \(if: !(subject.guardians + subject.children).isEmpty, UI.card("有关的人", related(subject)))
            """
        return UI.layout(
            "查看完整信息", page, breadcrumbs: crumbs(subject) + [Crumb("查看完整信息")], isFailed: !problems.isEmpty, content)
    }

    private static var nothing: HTML { UI.emptyState("没有加密保存的信息", "这个人没有登记证件号、手机号等信息。") }

    private static func fields(
        _ subject: LookSubject, _ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let items = subject.items.map { SelectOption($0.id, $0.title) }
        let reasons = CodeLists.lookReason.leaves.map { SelectOption($0.code, $0.name) }
        let fields: HTML = """
            \(UI.radios("item", label: "查看内容", options: items, selected: values["item"], required: true, 
                problems: problems))
            \(UI.select("reason", label: "查看原因", options: [SelectOption("", "选择原因")] + reasons, 
                selected: values["reason"], required: true, problems: problems))
            \(UI.textField("note", label: "说明", value: values["note"], hint: "原因是其他时必填。不要写号码。", 
                autocomplete: "off", problems: problems))
            """
        let note: HTML = #"<p class="muted">谁、何时、为什么查看了什么都会记录，数据安全员和本人可以看到。</p>"#
        return note
            + UI.form(
                action: path(subject.person.id), page: page, submit: "查看", problems: problems, fields)
    }

    private static func related(_ subject: LookSubject) -> HTML {
        let rows = subject.guardians.map { ("家长", $0) } + subject.children.map { ("学生", $0) }
        return UI.summaryList(
            rows.map { title, person in (title, #"<a href="\#(url: path(person.id))">\#(person.name)</a>"#) })
    }

    static func shown(
        _ subject: LookSubject, _ item: LookItem, _ shown: [(title: String, value: String)], _ page: PageContext
    ) -> HTML {
        let rows = shown.map { ($0.title, #"<strong>\#($0.value)</strong>"# as HTML) }
        let content: HTML = """
            \(UI.heading(item.title, note: "\(subject.person.name) · \(subject.access.place.name)"))
            \(UI.notice(.warn, "<p>只显示这一次，这次查看已经记录。</p>"))
            \(UI.card(nil, id: "shown", UI.summaryList(rows)))
            <p>\(UI.linkButton("返回", url: path(subject.person.id)))</p>
            """
        let way = [Crumb("查看完整信息", path(subject.person.id)), Crumb(item.title)]
        return UI.layout(item.title, page, breadcrumbs: crumbs(subject) + way, content)
    }

    private static func crumbs(_ subject: LookSubject) -> [Crumb] {
        let place = subject.access.place
        guard let classGroup = place.classGroup else {
            return [Crumb(place.name, StaffPages.path(place.organisation)), Crumb(subject.person.name)]
        }
        let own = subject.children.isEmpty ? PupilPages.path(subject.person.id, in: classGroup) : nil
        return [Crumb(place.name, ClassPages.path(classGroup)), Crumb(subject.person.name, own)]
    }
}
