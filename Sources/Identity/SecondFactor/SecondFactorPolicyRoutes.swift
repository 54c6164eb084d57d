import Database
import Kernel
import Platform
import Web

/// `/accounts/policy`: the security administrator's choice of who must use a second factor.
struct SecondFactorPolicyRoutes: Sendable {
    let database: Database
    let isDemo: Bool

    func add(to routes: inout Routes) {
        routes.get("/accounts/policy", access: .can(.policyEdit), show)
        routes.post("/accounts/policy", access: .can(.policyEdit), save)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let text = try await database.read { try SettingStore($0).value(SecondFactorPolicy.setting) }
        return .html(SecondFactorPolicyPages.show(SecondFactorPolicy(text, isDemo: isDemo), request.page))
    }

    @Sendable private func save(_ request: WebRequest) async throws -> WebResponse {
        let policy = SecondFactorPolicy(roles: Set(request.form.all("role").compactMap(Role.init(rawValue:))))
        let actor = AuditActor(try request.user, address: request.remoteAddress)
        try await database.write { try SettingStore($0).set(SecondFactorPolicy.setting, to: policy.text, by: actor) }
        return .redirect("/accounts/policy", flash: Flash(.done, "安全策略已保存，从下一次请求起生效"))
    }
}

enum SecondFactorPolicyPages {
    static func show(_ policy: SecondFactorPolicy, _ page: PageContext) -> HTML {
        let options = Role.allCases.map { SelectOption($0.rawValue, $0.title) }
        let boxes = UI.checkboxes(
            "role", label: "登录时必须使用两步验证的角色", options: options, selected: Set(policy.roles.map(\.rawValue)))
        let content: HTML = #"""
            \#(UI.heading("安全策略", note: "其他人可以自愿启用两步验证"))
            \#(UI.card("两步验证", UI.form(action: "/accounts/policy", page: page, submit: "保存", boxes)))
            """#
        return UI.layout("安全策略", page, breadcrumbs: [Crumb("账号", "/accounts"), Crumb("安全策略")], content)
    }
}
