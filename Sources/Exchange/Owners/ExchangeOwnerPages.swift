import Directory
import Kernel
import Web

enum ExchangeOwnerPages {
    private static let choices: [PersonField.Owner] = [.roll, .teacher, .school, .own]

    static func list(
        _ all: [ExchangeOwner], _ values: FormValues, _ problems: [FieldProblem], _ page: PageContext
    ) -> HTML {
        let options = choices.map { SelectOption($0.rawValue, $0.title) }
        let fields: HTML = """
            \(UI.textField(
                "client_id", label: "应用的 client_id", value: values["client_id"], hint: "应用要先登记，并有“数据交换接口：写入”的范围。",
                required: true, autocomplete: "off", problems: problems))
            \(UI.select("owner", label: "负责的数据", options: options, selected: values["owner"], problems: problems))
            """
        let form = UI.form(action: ExchangePages.owners, page: page, submit: "保存", problems: problems, fields)
        let rows = Page(items: all, total: all.count, next: nil)
        let content: HTML = """
            \(UI.heading("数据归口", note: "每项数据只有负责它的系统能改"))
            \(UI.card(nil, table(page).html(rows, path: ExchangePages.owners, query: FormValues())))
            \(UI.card("新的归口", form))
            """
        return UI.layout(
            "数据归口", page, breadcrumbs: [Crumb("数据交换", ExchangePages.home), Crumb("数据归口")],
            isFailed: !problems.isEmpty, content)
    }

    private static func table(_ page: PageContext) -> DataTable<ExchangeOwner> {
        DataTable(
            caption: "数据归口",
            columns: [
                DataColumn("系统", value: { .text($0.name) }), DataColumn("client_id", value: { .text($0.clientID) }),
                DataColumn("负责的数据", value: { .text($0.owner.title) }), DataColumn("从", value: { .date($0.since.day) }),
                DataColumn(
                    "操作",
                    cell: { row in
                        UI.postButton(
                            "取消", action: ExchangePages.owners + "/end", page: page,
                            confirm: "\(row.name)不能再改\(row.owner.title)的数据。",
                            hidden: [("application", row.application), ("owner", row.owner.rawValue)])
                    }),
            ], isExportable: false, empty: UI.emptyState("还没有归口", "登记后，负责的系统可以推送它的数据。"))
    }
}
