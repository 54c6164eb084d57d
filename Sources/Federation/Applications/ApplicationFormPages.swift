import Identity
import Kernel
import Web

/// The form of an application.
extension ApplicationPages {
    struct FormView: Sendable {
        let form: ApplicationForm
        let choices: ApplicationChoices
        /// `nil` for a new one.
        let record: ApplicationRecord?
        var problems: [FieldProblem] = []

        /// Owner and level stay once the application is in force.
        var isPlaceOpen: Bool { record.map { $0.state == .draft || $0.state == .refused } ?? true }
    }

    static func form(_ view: FormView, _ page: PageContext) -> HTML {
        let title = view.record.map { "修改\($0.name)" } ?? "系统接入申请"
        let target = view.record.map { path($0.id) } ?? root
        let isActive = view.record?.state == .active
        let fields: HTML = """
            \(UI.hidden("revision", String(view.form.revision)))
            \(identity(view))
            \(UI.fieldGroup("接入方式", ways(view)))
            \(UI.fieldGroup("可以读取的信息", reading(view)))
            \(UI.fieldGroup("机器接口", machine(view)))
            \(UI.fieldGroup("在平台上显示", showing(view)))
            """
        let form = UI.form(
            action: target, page: page, submit: isActive ? "保存" : "保存草稿",
            cancel: view.record.map { path($0.id) } ?? root,
            multipart: true, problems: view.problems, fields)
        let active = UI.notice(.info, "<p>地址、信息范围、名称等改动要重新审批，通过以前原来的内容继续有效。只改简介和联系人的，立即生效。</p>")
        let content: HTML = """
            \(UI.heading(title, note: isActive ? nil : "先保存草稿，核对以后再提交。校级由学校和县(市、区)审批，县级由县(市、区)审批，其余由市局审批。"))
            \(if: isActive, active)
            \(UI.card(nil, form))
            """
        return UI.layout(
            title, page, breadcrumbs: crumbs(view.record.map { Crumb($0.name, path($0.id)) }) + [Crumb(title)],
            isFailed: !view.problems.isEmpty, content)
    }

    private static func identity(_ view: FormView) -> HTML {
        let content = view.form.content, problems = view.problems
        let levels = [SelectOption("", "请选择")] + view.choices.levels.map { SelectOption($0.rawValue, $0.title) }
        let owners = [SelectOption("", "请选择")] + view.choices.owners
        let place: HTML = """
            \(UI.select("level", label: "接入级别", options: levels, selected: view.form.level, required: true, problems: problems))
            \(UI.select("owner", label: "申请单位", options: owners, selected: view.form.owner, required: true, problems: problems))
            """
        let fixed = view.record.map { record in
            UI.summaryList([
                ("接入级别", HTML(text: record.application.level.title)), ("申请单位", HTML(text: record.ownerName)),
            ])
        }
        return """
            \(UI.textField("name", label: "应用名称", value: content.name, hint: "2 到 20 个字，登录时给人看的名称。", required: true, problems: problems))
            \(UI.textArea("summary", label: "简介", value: content.summary, hint: "一两句话，说明做什么用。", rows: 2, problems: problems))
            \(if: view.isPlaceOpen, UI.fieldRow(place), else: fixed ?? "")
            \(UI.fieldRow("""
                \(UI.textField("contact", label: "联系人", value: content.contact, required: true, problems: problems))
                \(UI.textField("contact_phone", label: "联系电话", value: content.contactPhone, required: true, inputmode: "tel", problems: problems))
                """))
            """
    }

    private static func ways(_ view: FormView) -> HTML {
        let content = view.form.content, problems = view.problems
        let options = SignOnProtocol.allCases.map { SelectOption($0.rawValue, $0.title) }
        let lines: ([String]) -> String = { $0.joined(separator: "\n") }
        let rule = "每行一个。用 https，写完整的地址，不带 # 和 *；测试时本机可以用 http。"
        return """
            \(UI.checkboxes("protocols", label: "协议", options: options, selected: Set(content.protocols.map(\.rawValue)), problems: problems))
            \(UI.textArea("redirects", label: "回调地址（OpenID Connect）", value: lines(content.redirects), hint: rule, rows: 3, problems: problems))
            \(UI.textArea("after_logout", label: "退出后返回地址（OpenID Connect）", value: lines(content.afterLogout), rows: 2, problems: problems))
            \(UI.checkbox("is_public", label: "没有后台的网页或手机程序，不能保管密钥", isOn: content.isPublic, problems: problems))
            \(UI.textArea("services", label: "服务地址（CAS）", value: lines(content.services), hint: "每行一个。末尾可以用 /* 表示这个路径以下的所有地址。", rows: 3, problems: problems))
            \(UI.textField("logout_url", label: "退出通知地址", value: content.logoutURL, hint: "有人退出平台时，平台通知这个地址。", inputmode: "url", problems: problems))
            """
    }

    private static func reading(_ view: FormView) -> HTML {
        let content = view.form.content
        let options = ApplicationScope.allCases.map { SelectOption($0.rawValue, $0.title) }
        return """
            \(UI.checkboxes("scopes", label: "信息范围", options: options, selected: Set(content.scopes), hint: "只选必需的。", problems: view.problems))
            \(UI.checkbox("asks_consent", label: "第一次使用时征求本人同意（OpenID Connect）", isOn: content.asksConsent))
            """
    }

    private static func machine(_ view: FormView) -> HTML {
        let options = MachineScope.allCases.map { SelectOption($0.rawValue, $0.title) }
        let hint = "应用不经过用户、用自己的密钥读写名册时选择。能读写的是申请单位和下属单位的人员和班级。"
        return UI.checkboxes(
            "machine_scopes", label: "机器接口范围", options: options, selected: Set(view.form.content.machineScopes),
            hint: hint, problems: view.problems)
    }

    private static func showing(_ view: FormView) -> HTML {
        let content = view.form.content, problems = view.problems
        let roles = Role.allCases.filter { !$0.isExclusive }.map { SelectOption($0.rawValue, $0.title) }
        let present: HTML =
            content.logo.map { logo in
                #"<p>\#(picture(logo, name: content.name))</p>\#(UI.checkbox("remove_logo", label: "去掉现在的图标"))"#
            } ?? ""
        return """
            \(UI.textField("launch_url", label: "打开地址", value: content.launchURL, hint: "填写以后，应用出现在“我的应用”里。", inputmode: "url", problems: problems))
            \(UI.checkboxes("audience", label: "显示给", options: roles, selected: Set(content.audience), hint: "申请单位和下属单位里的这些人能看到。", problems: problems))
            \(present)
            \(UI.fileField("logo", label: "图标", accept: ".png,.jpg,.jpeg,.webp", hint: "正方形的 PNG、JPEG 或 WebP 图片，不超过 200 KB。", problems: problems))
            """
    }
}
