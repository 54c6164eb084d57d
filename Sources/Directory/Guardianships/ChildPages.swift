import Kernel
import Web

/// The pages of a guardian: her children, one of them, and the form by which she declares another.
package enum ChildPages {
    package static let listPath = "/children"
    /// The page of a child for her guardian.
    package static func path(_ child: ID<Person>) -> String { listPath + "/" + child.rawValue }

    static func list(_ model: OwnChildren, _ page: PageContext) -> HTML {
        let empty = UI.emptyState("还没有孩子", "孩子的学校确认后，孩子会出现在这里。")
        let children: HTML = "\(each: model.children, { card($0, model.waiting[$0.guardianship.child] ?? []) })"
        let declare = UI.linkButton("申报另一个孩子", url: listPath + "/declare")
        let content: HTML = """
            \(UI.heading("我的孩子", actions: declare))
            \(model.children.isEmpty ? UI.card(nil, empty) : children)
            \(if: !model.claims.isEmpty || !model.refused.isEmpty, UI.card("申报", id: "claims", claims(model)))
            """
        return UI.layout("我的孩子", page, breadcrumbs: [Crumb("我的孩子")], content)
    }

    private static func card(_ child: OwnChild, _ waiting: [TodayItem]) -> HTML {
        let guardianship = child.guardianship, name = guardianship.childName
        if guardianship.isOfAge(on: child.day) {
            let text = "孩子已满 \(Majority.age) 周岁，家长不再查看孩子的信息，由孩子自己办理。"
            return UI.card(name, "<p>\(UI.tag("已成年", .info)) \(text)</p>")
        }
        let open = UI.linkButton("查看\(name)", url: path(guardianship.child))
        return UI.card(name, actions: open, "\(each: waiting, \.html)\(UI.summaryList(facts(child)))")
    }

    private static func facts(_ child: OwnChild) -> [(String, HTML)] {
        guard let classGroup = child.classGroup, let enrolment = child.enrolment else {
            return [("学校", "现在不在本市学校就读")]
        }
        var facts: [(String, HTML)] = [
            ("学校", HTML(text: classGroup.schoolName)), ("班级", HTML(text: classGroup.name(on: child.day))),
            ("班主任", HTML(text: child.teacher ?? "未指定")),
        ]
        if let until = enrolment.until, until <= child.day { facts.append(("学籍状态", UI.tag("休学", .warn))) }
        if enrolment.from > child.day { facts.append(("入班日期", HTML(text: enrolment.from.chinese))) }
        return facts
    }

    private static func claims(_ model: OwnChildren) -> HTML {
        let days = model.claims.map { "<li>\($0.chinese)提交</li>" as HTML }
        let refused = model.refused.map { one in
            "<li>\(one.childName)：学校没有确认，\(one.reason ?? "")</li>" as HTML
        }
        return #"""
            <ul>\#(each: refused, { $0 })\#(each: days, { $0 })</ul>
            <p class="field-hint">由孩子所在的学校核对。\#(GuardianshipService.claimDays) 天内没有结果的，请核对学籍号和姓名，或联系班主任。</p>
            """#
    }

    static func show(_ model: ChildModel, _ page: PageContext) -> HTML {
        let child = model.child, guardianship = child.guardianship
        let note = child.classGroup.map { "\($0.schoolName) · \($0.name(on: child.day))" }
        let relation: [(String, HTML)] = [
            ("学籍号", HTML(text: model.studentNumber ?? "未填")), ("我是孩子的", HTML(text: guardianship.relationTitle)),
        ]
        let content: HTML = """
            \(UI.heading(guardianship.childName, note: note))
            \(UI.card("在校", id: "school", UI.summaryList(facts(child) + relation)))
            \(each: model.panels, { UI.card($0.title, id: $0.id, $0.content) })
            """
        let crumbs = [Crumb("我的孩子", listPath), Crumb(guardianship.childName)]
        return UI.layout(guardianship.childName, page, breadcrumbs: crumbs, content)
    }

    static func declaration(_ page: PageContext, values: FormValues, problems: [FieldProblem]) -> HTML {
        let fields: HTML =
            UI.textField(
                "name", label: "孩子姓名", value: values["name"], required: true, autocomplete: "off", problems: problems)
            + UI.textField(
                "studentNumber", label: "学籍号", value: values["studentNumber"], hint: "G、J 或 L 加 18 位，可向班主任询问。",
                required: true, autocomplete: "off", problems: problems)
            + GuardianPages.relationField(values, problems)
        let content: HTML = """
            \(UI.heading("申报另一个孩子"))
            \(UI.notice(.info, "<p>由孩子所在的学校核对并确认。确认以前，这里看不到孩子的任何信息。</p>"))
            \(UI.card(nil, UI.form(
                action: listPath + "/declare", page: page, submit: "提交", cancel: listPath, problems: problems, fields)))
            """
        let crumbs = [Crumb("我的孩子", listPath), Crumb("申报")]
        return UI.layout("申报另一个孩子", page, breadcrumbs: crumbs, isFailed: !problems.isEmpty, content)
    }
}
