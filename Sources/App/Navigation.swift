import Kernel
import Web

/// The main menu, in the order of use. The first item that is a person's own is where she lands.
enum Navigation {
    static let items = [
        NavigationItem("行动计划", path: "/plan", permission: "plan.state.view"),
        NavigationItem("学校", path: "/schools", permission: "directory.school.view"),
        NavigationItem("班级", path: "/classes", permission: "directory.class.view"),
        NavigationItem("人员", path: "/people", permission: "directory.person.search"),
        NavigationItem("学籍", path: "/affairs", permission: "affairs.change.apply"),
        NavigationItem("花名册导入", path: "/rosters/batches", permission: "rosters.roster.view"),
        NavigationItem("学年升级", path: "/rollovers", permission: "affairs.rollover.run"),
        NavigationItem("导出", path: "/rosters/exports", permission: "rosters.export.run"),
        NavigationItem("疑似重复", path: "/rosters/duplicates", permission: "rosters.match.decide"),
        NavigationItem("统计", path: "/statistics", permission: "affairs.statistics.view"),
        NavigationItem("登记", path: "/register", permission: "connectivity.register.view"),
        NavigationItem("组织", path: "/organisations", permission: "directory.organisation.view"),
        NavigationItem("账号", path: "/accounts", permission: "identity.account.view"),
        NavigationItem("安全策略", path: "/accounts/policy", permission: "identity.policy.edit"),
        NavigationItem("设置", path: "/settings", permission: "plan.setting.edit"),
        NavigationItem("数据交换", path: "/exchange", permission: "exchange.report.view"),
        NavigationItem("查看记录", path: "/privacy/looks", permission: "privacy.look.review"),
        NavigationItem("名册包", path: "/exchange/oneroster", permission: "exchange.feed.manage"),
        NavigationItem("任务", path: "/operations/jobs", permission: "platform.job.view"),
        NavigationItem("审计", path: "/operations/audit", permission: "platform.audit.view"),
        NavigationItem("应用", path: "/applications"),
        NavigationItem("我的信息", path: "/my-data"),
    ]
}
