import Kernel
import Web

/// The page where bundles are made.
enum BundlePages {
    static let root = "/exchange/oneroster"

    static func show(_ page: PageContext, values: FormValues = FormValues(), problems: [FieldProblem] = []) -> HTML {
        let fields: HTML = """
            \(UI.textField("since", label: "只要此日期以后的变化", value: values["since"], hint: "如 2026-09-01。不填为全部数据。", problems: problems))
            \(UI.checkbox("demographics", label: "包含性别和出生日期", isOn: values.has("demographics")))
            """
        let form = UI.form(action: root, page: page, submit: "下载", problems: problems, fields)
        let note = "把管理范围内的学校、班级、师生名册按 OneRoster 1.2 的 CSV 格式打包，给不能在线读取的系统使用。不含证件号码和电话。"
        let received = UI.linkButton("收到的名册包", url: BundleImportPages.root)
        return UI.layout(
            "OneRoster 名册包", page, breadcrumbs: [Crumb("OneRoster 名册包")], isFailed: !problems.isEmpty,
            "\(UI.heading("OneRoster 名册包", note: note, actions: received))\(UI.card(nil, form))")
    }
}
