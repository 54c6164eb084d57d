import Kernel
import Web

package enum SignInPages {
    static func show(
        _ form: SignInForm, _ problems: [FieldProblem], _ cast: [DemoAccount], links: [SignInLink],
        _ page: PageContext
    ) -> HTML {
        let content: HTML = #"""
            \#(UI.heading("登录", note: page.site.name))
            \#(UI.card(nil, fields(form, problems, page) + otherWays(links, form)))
            \#(if: !cast.isEmpty, castCard(cast, form, page))
            """#
        return UI.layout("登录", page, isFailed: !problems.isEmpty, content)
    }

    /// Not `UI.form`: without an idempotency key, because a repeated sign-in must again bring its session cookie.
    private static func fields(_ form: SignInForm, _ problems: [FieldProblem], _ page: PageContext) -> HTML {
        let login = UI.textField(
            "login", label: "登录名", value: form.login, hint: "登录名、手机号、学籍号或证件号", required: true,
            autocomplete: "username", problems: problems)
        let password = UI.textField(
            "password", label: "密码", type: "password", required: true, autocomplete: "current-password",
            problems: problems)
        return #"""
            <form class="form" method="post" action="/sign-in" novalidate data-submit-once>
            \#(UI.hidden("_csrf", page.csrfToken))\#(UI.hidden("return", form.way))\#(UI.errorSummary(problems))
            \#(login)\#(password)
            <div class="form-actions"><button class="button button--primary" type="submit">登录</button></div>
            <p>第一次登录，拿到了激活条：<a href="/activate">激活账号</a></p>
            <p class="field-hint">忘记密码时，学生找班主任重置，教师找学校管理员，学校管理员找县(市、区)管理员。</p>
            </form>
            """#
    }

    /// The form for the pages of another way of signing in that need the password once.
    package static func form(leadingTo way: String, _ page: PageContext) -> HTML {
        fields(SignInForm(way: way), [], page)
    }

    private static func otherWays(_ links: [SignInLink], _ form: SignInForm) -> HTML {
        guard !links.isEmpty else { return "" }
        let buttons = links.map { link in
            UI.linkButton(link.title, url: link.path + "?return=" + URLCoding.encode(form.way))
        }
        return #"<p class="form-actions">\#(each: buttons, { $0 })</p>"#
    }

    private static func castCard(_ cast: [DemoAccount], _ form: SignInForm, _ page: PageContext) -> HTML {
        let table = DataTable<DemoAccount>(
            caption: "演示账号",
            columns: [
                DataColumn("姓名", value: { .text($0.name) }),
                DataColumn("角色", value: { .text($0.role) }),
                DataColumn("单位", value: { .text($0.organisation) }),
                DataColumn("登录名", value: { .text($0.login) }),
                DataColumn("密码", value: { .text($0.password) }),
                DataColumn("登录", cell: { castButton($0, form, page) }),
            ], isExportable: false, empty: "")
        let rows = Page(items: cast, total: cast.count, next: nil)
        return UI.card("演示账号", id: "cast", table.html(rows, path: "/sign-in", query: FormValues()))
    }

    private static func castButton(_ member: DemoAccount, _ form: SignInForm, _ page: PageContext) -> HTML {
        #"""
        <form class="button-form" method="post" action="/sign-in" data-submit-once>\#
        \#(UI.hidden("_csrf", page.csrfToken))\#(UI.hidden("return", form.way))\#(UI.hidden("cast", member.login))\#
        <button class="button button--secondary" type="submit">以\#(member.name)登录</button></form>
        """#
    }
}
