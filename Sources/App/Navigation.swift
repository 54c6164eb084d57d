import Kernel
import Web

/// The main menu, in the order of use. The first item that is a person's own is where she lands.
enum Navigation {
    static let items = [
        NavigationItem("行动计划", path: "/plan", permission: "plan.state.view"),
        NavigationItem("学校", path: "/schools", permission: "directory.school.view"),
        NavigationItem("班级", path: "/classes", permission: "directory.class.view"),
        NavigationItem("人员", path: "/people", permission: "directory.person.search"),
        NavigationItem("登记", path: "/register", permission: "connectivity.register.view"),
        NavigationItem("组织", path: "/organisations", permission: "directory.organisation.view"),
        NavigationItem("账号", path: "/accounts", permission: "identity.account.view"),
        NavigationItem("安全策略", path: "/accounts/policy", permission: "identity.policy.edit"),
        NavigationItem("设置", path: "/settings", permission: "plan.setting.edit"),
        NavigationItem("任务", path: "/operations/jobs", permission: "platform.job.view"),
        NavigationItem("审计", path: "/operations/audit", permission: "platform.audit.view"),
        NavigationItem("应用", path: "/applications"),
    ]
}
