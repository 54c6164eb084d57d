import Kernel
import Web

/// What people see of CAS.
enum CASPages {
    static let loginPath = "/cas/login"

    /// A link that no registered application stands behind. It leads nowhere.
    static func refused(_ text: String, _ page: PageContext) -> WebResponse {
        let content: HTML = #"""
            \#(UI.heading("不能进入应用"))
            \#(UI.card(nil, "<p>\(text)</p>"))
            <p>\#(UI.linkButton("回到首页", url: "/"))</p>
            """#
        return .html(UI.layout("不能进入应用", page, isFailed: true, content), status: 403)
    }

    /// Carries the ticket by a form, for applications that ask for `method=POST`.
    static func handOver(
        _ ticket: String, to service: ServiceAddress, _ application: Application, _ page: PageContext
    ) -> WebResponse {
        let content: HTML = #"""
            \#(UI.heading("正在进入\(application.name)"))
            <form method="post" action="\#(url: service.location)" data-submit-now>\#(UI.hidden("ticket", ticket))\#
            <button class="button button--primary" type="submit">继续</button></form>
            """#
        var answer = WebResponse.html(UI.layout("正在进入应用", page, content))
        answer.formTarget = service.origin
        return answer
    }
}
