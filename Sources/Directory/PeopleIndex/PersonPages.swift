import Kernel
import Web

/// Finding people, and a person's page.
package enum PersonPages {
    package static func path(_ person: ID<Person>) -> String { "/people/" + person.rawValue }
    static let listPath = "/people"

    static func list(
        _ text: String, _ answer: PersonSearch.Answer, next: String?, _ page: PageContext, _ query: FormValues
    ) -> HTML {
        let search = UI.searchField("q", label: "人员", value: text, placeholder: "姓名、拼音首字母或完整号码")
        let rows = Page(items: answer.found, total: answer.found.count, isTotalBounded: next != nil, next: next)
        let empty = UI.emptyState("没有找到", "换一个写法：姓名的一部分、拼音首字母，或完整的学籍号、证件号、手机号、工号。")
        let results: HTML = text.isEmpty ? "" : UI.card(nil, table(empty).html(rows, path: listPath, query: query))
        let content: HTML = """
            \(UI.heading("人员", note: "学生、教职工和家长"))
            \(UI.card(nil, UI.filterBar(action: listPath, query: query, search)))
            \(if: answer.isCatchingUp, UI.notice(.info, "<p>刚有大量人员变动，检索正在更新，稍后再查会更完整。</p>"))
            \(results)
            """
        return UI.layout("人员", page, breadcrumbs: [Crumb("人员")], wide: true, content)
    }

    private static func table(_ empty: HTML) -> DataTable<PersonSearchStore.Found> {
        DataTable(
            caption: "人员",
            columns: [
                DataColumn("姓名", value: { .text($0.entry.name) }, cell: { link($0.entry.person, $0.entry.name) }),
                DataColumn("身份", value: { .text($0.entry.tie.title) }),
                DataColumn("学校", value: { .text($0.schoolName) }),
            ], isExportable: false, empty: empty)
    }

    private static func link(_ person: ID<Person>, _ name: String) -> HTML {
        #"<a href="\#(url: path(person))">\#(name)</a>"#
    }

    static func page(_ model: PersonModel, _ panels: [SchoolPanel], _ page: PageContext) -> HTML {
        let ties = model.entries.map { "\($0.schoolName) \($0.entry.tie.title)" }.joined(separator: " · ")
        let classLink = model.currentClass.map { group in
            UI.linkButton("班内页面", url: PupilPages.path(model.person.id, in: group.id))
        }
        let look: HTML = model.mayLook ? UI.linkButton("查看完整信息", url: LookPages.path(model.person.id)) : ""
        let content: HTML = """
            \(UI.heading(model.person.name, note: ties, actions: look + (classLink ?? "")))
            \(UI.card("号码", id: "numbers", UI.summaryList(numbers(model))))
            \(each: PersonField.Group.allCases, { group(model, $0) })
            \(if: !model.classes.isEmpty, UI.card("班级经历", id: "classes", classes(model)))
            \(if: !model.posts.isEmpty, UI.card("任职经历", id: "posts", posts(model)))
            \(if: !model.guardians.isEmpty, UI.card("家长", id: "guardians", people(model.guardians)))
            \(if: !model.children.isEmpty, UI.card("子女", id: "children", people(model.children)))
            \(each: panels, { UI.card($0.title, id: $0.id, actions: $0.actions, $0.content) })
            """
        let crumbs = [Crumb("人员", listPath), Crumb(model.person.name)]
        return UI.layout(model.person.name, page, breadcrumbs: crumbs, content)
    }

    private static func numbers(_ model: PersonModel) -> [(String, HTML)] {
        let known = PersonIdentifierKind.allCases.compactMap { kind in
            model.numbers[kind].map { (kind.title, HTML(text: $0)) }
        }
        return known.isEmpty ? [("号码", HTML(text: "未登记"))] : known
    }

    /// What is kept of the group; a sensitive datum shows that it is kept, not what it is.
    private static func group(_ model: PersonModel, _ group: PersonField.Group) -> HTML {
        let rows: [(String, HTML)] = PersonField.all.filter { $0.group == group && $0.id != "name" }.compactMap {
            field in
            guard let fact = model.facts?.values[field.id] else { return nil }
            return (field.label, HTML(text: field.isSensitive ? "已登记" : field.text(fact.value)))
        }
        guard !rows.isEmpty else { return "" }
        let title =
            switch group {
            case .common: "基本信息"
            case .student: "学籍信息"
            case .staff: "教职工信息"
            }
        return UI.card(title, id: "facts-" + group.rawValue, UI.summaryList(rows))
    }

    private static func classes(_ model: PersonModel) -> HTML {
        let table = DataTable<EnrolmentPeriod>(
            caption: "班级经历",
            columns: [
                DataColumn("学校", value: { .text($0.classGroup.schoolName) }),
                DataColumn("班级", value: { .text($0.classGroup.name(on: $0.enrolment.from)) }),
                DataColumn("入班日期", value: { .date($0.enrolment.from) }),
                DataColumn("离班日期", value: { $0.enrolment.until.map(TableValue.date) ?? .empty }),
                DataColumn("原因", value: { $0.enrolment.reason.map { .text($0.title) } ?? .empty }),
            ], isExportable: false, empty: "")
        return whole(table, model.classes, model)
    }

    private static func posts(_ model: PersonModel) -> HTML {
        let table = DataTable<PersonModel.Post>(
            caption: "任职经历",
            columns: [
                DataColumn("单位", value: { .text($0.school) }),
                DataColumn("岗位", value: { .text(CodeLists.post.name(of: $0.post)) }),
                DataColumn("任职日期", value: { .date($0.from) }),
                DataColumn("离任日期", value: { $0.until.map(TableValue.date) ?? .empty }),
            ], isExportable: false, empty: "")
        return whole(table, model.posts, model)
    }

    private static func whole<Row>(_ table: DataTable<Row>, _ rows: [Row], _ model: PersonModel) -> HTML {
        table.html(
            Page(items: rows, total: rows.count, next: nil), path: path(model.person.id), query: FormValues())
    }

    private static func people(_ people: [PersonRecord]) -> HTML {
        #"<ul>\#(each: people, { item($0) })</ul>"#
    }

    private static func item(_ person: PersonRecord) -> HTML { #"<li>\#(link(person.id, person.name))</li>"# }
}
