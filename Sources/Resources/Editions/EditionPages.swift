import Directory
import Kernel
import Web

/// 教材选用: what was chosen, and a form for one more.
enum EditionPages {
    static let root = "/textbooks/choices"

    struct View: Sendable {
        let choices: [EditionChoice]
        let places: [Organisation]
        /// Stages, subjects and editions of the tree.
        let keys: [TextbookKey]
        let today: LocalDate
        let values: FormValues
        let problems: [FieldProblem]
    }

    /// 小学语文 人教版
    static func words(_ key: TextbookKey) -> String { "\(key.stageTitle)\(key.subjectTitle) \(key.editionTitle)" }

    static let table = table(removal: nil)

    private static func table(removal page: PageContext?) -> DataTable<EditionChoice> {
        let columns: [DataColumn<EditionChoice>] = [
            DataColumn("单位", value: { .text($0.organisationName) }),
            DataColumn("学段", value: { .text($0.key.stageTitle) }),
            DataColumn("学科", value: { .text($0.key.subjectTitle) }),
            DataColumn("版本", value: { .text($0.key.editionTitle) }),
            DataColumn("自学年", value: { .text(SchoolYear(start: $0.from).title) }),
            DataColumn("登记人", value: { .text($0.changedBy) }),
        ]
        let deeds = page.map { page in
            DataColumn<EditionChoice>("操作") { choice in
                UI.postButton(
                    "取消", action: root + "/removal", page: page, confirm: "取消这项选用？",
                    hidden: [
                        ("organisation", choice.organisation.rawValue), ("stage", choice.stage),
                        ("subject", choice.subject), ("from", String(choice.from)),
                    ])
            }
        }
        return DataTable(
            caption: "教材选用", columns: columns + [deeds].compactMap { $0 },
            empty: UI.emptyState("还没有登记选用的版本", "登记后，教材目录里先列出本地用的版本。"))
    }

    static func show(_ view: View, _ page: PageContext) -> HTML {
        let rows = Page(items: view.choices, total: view.choices.count, next: nil)
        let content: HTML = """
            \(UI.heading("教材选用", note: "各县(市、区)和学校用哪个版本；学校没有登记的，按县、市"))
            \(UI.card("登记选用", id: "choose", form(view, page)))
            \(UI.card("已登记", table(removal: page).html(rows, path: root, query: FormValues())))
            """
        return UI.layout(
            "教材选用", page, breadcrumbs: [Crumb("教材目录", TextbookPages.root), Crumb("选用")],
            isFailed: !view.problems.isEmpty, content)
    }

    private static func form(_ view: View, _ page: PageContext) -> HTML {
        guard !view.keys.isEmpty else {
            return UI.emptyState("还没有教材目录", "市局导入教材目录后，在这里登记选用的版本。")
        }
        let present = SchoolYear(containing: view.today).start
        let places = [SelectOption("", "选择单位")] + view.places.map { SelectOption($0.id.rawValue, $0.name) }
        let editions =
            [SelectOption("", "选择学科和版本")] + view.keys.map { SelectOption($0.choiceKey, words($0)) }
        let years = (present - 3...present + 1).reversed().map {
            SelectOption(String($0), SchoolYear(start: $0).title)
        }
        let first = view.places.count == 1 ? view.places.first?.id.rawValue : nil
        let fields = UI.fieldRow(
            UI.select(
                "organisation", label: "单位", options: places, selected: view.values["organisation"] ?? first,
                required: true, problems: view.problems)
                + UI.select(
                    "edition", label: "学科和版本", options: editions, selected: view.values["edition"], required: true,
                    problems: view.problems)
                + UI.select(
                    "from", label: "自学年", options: years, selected: view.values["from"] ?? String(present),
                    problems: view.problems))
        return UI.form(action: root, page: page, submit: "保存", problems: view.problems, fields)
    }
}
