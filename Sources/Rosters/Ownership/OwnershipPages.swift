import Directory
import Kernel
import Web

/// 数据归口: for each datum whose word counts and who may change it; and of one person where each value came from.
enum OwnershipPages {
    static let root = "/rosters/ownership"

    private static let table = DataTable<PersonField>(
        caption: "数据归口",
        columns: [
            DataColumn("数据项", value: { .text($0.label) }), DataColumn("标准代码", value: { .text($0.moe) }),
            DataColumn("用于", value: { .text(group($0.group)) }), DataColumn("以谁为准", value: { .text($0.owner.title) }),
            DataColumn("谁可以改", value: { .text(editor($0)) }),
            DataColumn("敏感", value: { .text($0.isSensitive ? "敏感" : "") }),
            DataColumn("关键", value: { .text($0.isKey ? "关键" : "") }),
        ], empty: "")

    static func group(_ group: PersonField.Group) -> String {
        switch group {
        case .common: "全部人员"
        case .student: "学生"
        case .staff: "教职工"
        }
    }

    /// Who may change the datum, as the rules of this platform have it.
    static func editor(_ field: PersonField) -> String {
        if field.isKey { return "登记后只能经变更审批" }
        return switch field.owner {
        case .roll: "学籍管理员，按全国学籍系统导入或更正"
        case .teacher: "学校管理员，按全国教师系统导入或更正"
        case .school: "学籍管理员、学校管理员"
        case .own: "本人"
        }
    }

    static func map(_ request: WebRequest) -> HTML {
        let fields = PersonField.all
        let content: HTML = """
            \(UI.heading("数据归口", note: "每项数据以谁为准、谁可以改。号码随身份证件和学籍系统，登记后同样经变更审批"))
            \(UI.card(nil, table.html(Page(items: fields, total: fields.count, next: nil), path: root, query: request.query)))
            """
        return UI.layout("数据归口", request.page, breadcrumbs: [Crumb("数据归口")], content)
    }

    static func download(_ request: WebRequest, _ format: TableFormat) throws -> WebResponse {
        try table.download(PersonField.all, as: format, with: request.exporter)
    }

    // MARK: One person

    static func path(_ person: ID<Person>) -> String { "/rosters/people/\(person)/sources" }

    struct Line: Sendable {
        let field: PersonField
        let fact: PersonFact
    }

    static func sources(_ name: String, _ lines: [Line], _ page: PageContext) -> HTML {
        let table = DataTable<Line>(
            caption: "资料来源",
            columns: [
                DataColumn("数据项", value: { .text($0.field.label) }),
                DataColumn("内容", value: { .text(DuplicateComparison.shown($0.fact.value, $0.field)) }),
                DataColumn("来源", value: { .text($0.fact.source.kind.title) }),
                DataColumn("登记时间", value: { .text($0.fact.source.at.text) }),
                DataColumn("登记人", value: { .text($0.fact.source.by) }),
                DataColumn("以谁为准", value: { .text($0.field.owner.title) }),
                DataColumn("谁可以改", value: { .text(editor($0.field)) }),
            ], isExportable: false,
            empty: UI.emptyState("还没有登记资料", "导入花名册后，这里列出每项资料从哪里来。"))
        let slice = Page(items: lines, total: lines.count, next: nil)
        let content: HTML = """
            \(UI.heading("资料来源", note: name, actions: UI.linkButton("数据归口", url: root)))
            \(UI.card(nil, table.html(slice, path: "", query: FormValues())))
            """
        return UI.layout("资料来源", page, breadcrumbs: [Crumb("数据归口", root), Crumb(name)], wide: true, content)
    }
}
