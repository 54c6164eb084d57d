import Identity
import Kernel
import Web

enum ArrivalPages {
    static func began(_ result: SignInResult, _ page: PageContext) -> WebResponse {
        switch result {
        case .started(let token, let mustChangePassword, let last):
            SignInAnswer.started(token: token, mustChangePassword: mustChangePassword, last: last, way: "/", page)
        case .refused(let text): GatewayPages.refusal("不能登录", text + "。", page)
        case .wait(let seconds):
            GatewayPages.refusal("请稍候", "\(seconds) 秒后再试。", status: 429, page)
                .with(header: "retry-after", String(seconds))
        }
    }

    static func failed(_ failure: ArrivalFailure, _ name: String, _ page: PageContext) -> WebResponse {
        var certificate: String?
        if case .realNameMissing(let address?) = failure, address.hasPrefix("http") { certificate = address }
        let more = certificate.map { UI.linkButton("去实名认证", url: $0, style: .primary) }
        let content: HTML = #"""
            <p>\#(failure.text(name))</p>
            <p>\#(more)\#(UI.linkButton("用本平台账号登录", url: "/sign-in"))</p>
            """#
        return GatewayPages.show(failure.title, content, status: failure.status, page)
    }

    private static func summary(_ pending: ArrivalStore.Pending) -> [(String, HTML)] {
        let person = pending.person
        return [
            ("来自", HTML(text: pending.counterpart.name)), ("姓名", HTML(text: person.name)),
            ("单位", HTML(text: person.organisationName.isEmpty ? "对方没有给出" : person.organisationName)),
        ]
    }

    /// Before she has proved which account is hers.
    static func welcome(_ pending: ArrivalStore.Pending, isSignedIn: Bool, _ page: PageContext) -> HTML {
        let way = "/sign-in?return=%2Fgateway%2Flink" + (isSignedIn ? "&again=1" : "")
        let name = pending.counterpart.name
        let own: HTML = #"""
            <p>用本平台的账号登录一次，以后从\#(name)打开时不必再输入密码。</p>
            <p>\#(UI.linkButton("登录并关联", url: way, style: .primary))</p>
            """#
        let content: HTML = #"""
            \#(UI.heading("关联账号", note: "第一次从" + name + "打开本平台"))
            \#(UI.card("对方平台的用户", UI.summaryList(summary(pending))))
            \#(UI.card("本平台的账号", own))
            """#
        return UI.layout("关联账号", page, content)
    }

    static func confirm(_ pending: ArrivalStore.Pending, _ user: CurrentUser, _ page: PageContext) -> HTML {
        let other = UI.linkButton("换一个账号登录", url: "/sign-in?return=%2Fgateway%2Flink&again=1")
        let link = UI.postButton("确认关联", action: "/gateway/link", page: page, style: .primary)
        let isSame = pending.person.isNamed(user.name), name = pending.counterpart.name
        let hint = isSame ? "两边都是你本人才确认。不是你自己从\(name)打开的，不要确认。" : ArrivalService.otherName
        let content: HTML = #"""
            \#(UI.heading("关联账号"))
            \#(UI.card("对方平台的用户", UI.summaryList(summary(pending))))
            \#(UI.card("本平台的账号", UI.summaryList([("姓名", HTML(text: user.name))])))
            \#(UI.notice(isSame ? .info : .warn, HTML(text: hint)))
            <div class="actions">\#(if: isSame, link)\#(other)</div>
            """#
        return UI.layout("关联账号", page, content)
    }

    /// Her account is known, but the browser is signed in with another one.
    static func change(_ pending: ArrivalStore.Pending, from present: CurrentUser?, _ page: PageContext) -> HTML {
        let change = UI.postButton("改用这个账号", action: "/gateway/change", page: page, style: .primary)
        let stay = UI.linkButton("不改", url: "/")
        let hint = present.map { "这个浏览器正以\($0.name)登录。改用后，\($0.name)退出登录。" } ?? ""
        let content: HTML = #"""
            \#(UI.heading("改用另一个账号"))
            \#(UI.card("对方平台的用户", UI.summaryList(summary(pending))))
            <p>\#(hint)</p>
            <div class="actions">\#(change)\#(stay)</div>
            """#
        return UI.layout("改用另一个账号", page, content)
    }

    static func links(_ links: [CounterpartStore.Link], _ page: PageContext) -> HTML {
        let table = DataTable<CounterpartStore.Link>(
            caption: "关联的平台",
            columns: [
                DataColumn("平台", value: { .text($0.name) }),
                DataColumn("关联时间", value: { .text($0.linkedAt.text) }),
                DataColumn("操作") { link in
                    UI.postButton(
                        "解除", action: "/gateway/links/\(link.counterpart)/end", page: page,
                        confirm: "解除后，从\(link.name)打开本平台时要重新登录一次。")
                },
            ], isExportable: false,
            empty: UI.emptyState("没有关联的平台", "从国家或省平台打开本平台，登录一次并确认，就会列在这里。"))
        let rows = Page(items: links, total: links.count, next: nil)
        let content: HTML = #"""
            \#(UI.heading("关联的平台", note: "从这些平台打开本平台时不必再输入密码"))
            \#(UI.card(nil, table.html(rows, path: "/gateway/links", query: FormValues())))
            """#
        return UI.layout("关联的平台", page, breadcrumbs: [Crumb("我的账号", "/account"), Crumb("关联的平台")], content)
    }
}
