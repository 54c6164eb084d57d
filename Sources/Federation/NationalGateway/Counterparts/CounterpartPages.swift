import Kernel
import Web

enum CounterpartPages {
    private static func path(_ counterpart: Counterpart) -> String { "/gateway/counterparts/\(counterpart.id)" }

    static func list(_ counterparts: [Counterpart], _ links: [ID<Counterpart>: Int], _ page: PageContext) -> HTML {
        let table = DataTable<Counterpart>(
            caption: "对接平台",
            columns: [
                DataColumn("名称", value: { .text($0.name) }) { counterpart in
                    #"<a href="\#(url: path(counterpart))">\#(counterpart.name)</a>"#
                },
                DataColumn("级别", value: { .text($0.level.title) }),
                DataColumn("接口地址", value: { .text($0.baseURL) }),
                DataColumn("接口版本", value: { .text($0.flavour) }),
                DataColumn("已关联", value: { .integer(links[$0.id] ?? 0) }),
                DataColumn("用户登记", value: { .text($0.reportsUse ? "开" : "关") }),
                DataColumn("状态", cell: { UI.tag($0.isActive ? "已启用" : "已停用", $0.isActive ? .ok : .muted) }),
            ], isExportable: false,
            empty: UI.emptyState(
                "还没有对接平台", "登记国家或省平台后，它的用户可以从那里直接进入本平台。",
                action: UI.linkButton("新建对接平台", url: "/gateway/counterparts/new", style: .primary)))
        let rows = Page(items: counterparts, total: counterparts.count, next: nil)
        let new = UI.linkButton("新建对接平台", url: "/gateway/counterparts/new", style: .primary)
        let content: HTML = #"""
            \#(UI.heading("对接平台", note: "国家或省平台的用户从那里打开本平台", actions: new))
            \#(UI.card(nil, table.html(rows, path: "/gateway/counterparts", query: FormValues())))
            """#
        return UI.layout("对接平台", page, breadcrumbs: [Crumb("对接平台")], wide: true, content)
    }

    struct View {
        let form: CounterpartForm
        let counterpart: Counterpart?
        let flavours: [GatewayFlavour]
        let problems: [FieldProblem]
        /// What the other side enters as our address.
        let arrival: String
    }

    static func form(_ view: View, _ page: PageContext) -> HTML {
        let title = view.counterpart?.name ?? "新建对接平台"
        let action = view.counterpart.map(path) ?? "/gateway/counterparts"
        let fields = addressFields(view) + keyFields(view) + switches(view)
        let form = UI.form(
            action: action, page: page, submit: "保存", cancel: "/gateway/counterparts", problems: view.problems, fields)
        let own = view.counterpart.map { view.arrival + "/\($0.id)" } ?? view.arrival
        let content: HTML = #"""
            \#(UI.heading(title, actions: view.counterpart.map { stateButton($0, page) } ?? ""))
            \#(UI.card(nil, form))
            \#(UI.card("对方登记的地址", #"<p>\#(own)</p><p class="field-hint">在对方平台登记应用时，填这个打开地址。</p>"#))
            """#
        return UI.layout(
            title, page, breadcrumbs: [Crumb("对接平台", "/gateway/counterparts"), Crumb(title)],
            isFailed: !view.problems.isEmpty, content)
    }

    private static func stateButton(_ counterpart: Counterpart, _ page: PageContext) -> HTML {
        counterpart.isActive
            ? UI.postButton(
                "停用", action: path(counterpart) + "/suspend", page: page, style: .danger,
                confirm: "停用后，\(counterpart.name)的用户不能再从那里进入本平台。")
            : UI.postButton("启用", action: path(counterpart) + "/resume", page: page)
    }

    private static func addressFields(_ view: View) -> HTML {
        let form = view.form, problems = view.problems
        let levels = CounterpartForm.levels.map { SelectOption($0.rawValue, $0.title) }
        let flavours = view.flavours.map { SelectOption($0.name, $0.title) }
        return #"""
            \#(UI.hidden("revision", String(form.revision)))
            \#(UI.textField("name", label: "名称", value: form.name, required: true, problems: problems))
            \#(UI.select("level", label: "级别", options: levels, selected: form.level, problems: problems))
            \#(UI.textField(
                "base_url", label: "接口地址", value: form.baseURL, hint: "对方网关的地址。能用 https:// 的不要用 http://",
                required: true, inputmode: "url", problems: problems))
            \#(UI.select("flavour", label: "接口版本", options: flavours, selected: form.flavour, problems: problems))
            \#(UI.textField(
                "system_code", label: "平台代码", value: form.systemCode,
                hint: "用户到来时地址里的 sysCode 或 platformCode；对方不固定时留空", problems: problems))
            """#
    }

    private static func keyFields(_ view: View) -> HTML {
        let hint = view.counterpart.map { "已保存，末四位 \($0.keyHint)。不更换时留空" }
        return #"""
            \#(UI.textField("app_id", label: "appId", value: view.form.appID, required: true, autocomplete: "off",
                problems: view.problems))
            \#(UI.textField("app_key", label: "appKey", hint: hint ?? "对方发给的密钥，保存后不再显示", type: "password",
                required: view.counterpart == nil, autocomplete: "new-password", problems: view.problems))
            """#
    }

    private static func switches(_ view: View) -> HTML {
        #"""
        \#(UI.checkbox("links_exactly", label: "按学籍号、证件号自动关联账号", isOn: view.form.linksExactly,
            hint: "号码和姓名都相同才关联。只对实名可靠的平台打开"))
        \#(UI.checkbox("reports_use", label: "向对方登记用户", isOn: view.form.reportsUse,
            hint: "每次登录后把姓名、身份和单位报给对方；v1 接口不收"))
        """#
    }
}
