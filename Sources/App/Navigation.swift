import Kernel
import Web

/// The main menu, in the order of use. The first item that is a person's own is where she lands.
enum Navigation {
    private static let schools = "学校"
    private static let people = "师生"
    private static let rosters = "名册"
    private static let resources = "资源"
    private static let administration = "管理"

    static let items = [
        NavigationItem("行动计划", path: "/plan", permission: "plan.state.view"),
        NavigationItem("我的孩子", path: "/children", permission: "directory.child.view"),
        NavigationItem("学校", path: "/schools", permission: "directory.school.view", group: schools),
        NavigationItem("登记", path: "/register", permission: "connectivity.register.view", group: schools),
        NavigationItem("组织", path: "/organisations", permission: "directory.organisation.view", group: schools),
        NavigationItem("统计", path: "/statistics", permission: "affairs.statistics.view", group: schools),
        NavigationItem("班级", path: "/classes", permission: "directory.class.view", group: people),
        NavigationItem("人员", path: "/people", permission: "directory.person.search", group: people),
        NavigationItem("学籍", path: "/affairs", permission: "affairs.change.apply", group: people),
        NavigationItem("同意情况", path: "/privacy/consents", permission: "privacy.consent.manage", group: people),
        NavigationItem("学年升级", path: "/rollovers", permission: "affairs.rollover.run", group: people),
        NavigationItem("花名册导入", path: "/rosters/batches", permission: "rosters.roster.view", group: rosters),
        NavigationItem("疑似重复", path: "/rosters/duplicates", permission: "rosters.match.decide", group: rosters),
        NavigationItem("导出", path: "/rosters/exports", permission: "rosters.export.run", group: rosters),
        NavigationItem("数据交换", path: "/exchange", permission: "exchange.report.view", group: rosters),
        NavigationItem("名册包", path: "/exchange/oneroster", permission: "exchange.feed.manage", group: rosters),
        NavigationItem("应用", path: "/applications"),
        NavigationItem("今天上课用", path: "/lessons", permission: "resources.lesson.push", group: resources),
        NavigationItem("教材目录", path: "/textbooks", group: resources),
        NavigationItem("找资源", path: "/resources/search", group: resources),
        NavigationItem("资源库", path: "/resources", group: resources),
        NavigationItem("资源网站", path: "/sites", group: resources),
        NavigationItem("我的资源", path: "/resources/mine", permission: "resources.item.write", group: resources),
        NavigationItem("资源审核", path: "/resources/reviews", permission: "resources.item.review", group: resources),
        NavigationItem("资源征集", path: "/resources/calls", permission: "resources.coverage.view", group: resources),
        NavigationItem("校本任务", path: "/resources/tasks", permission: "resources.coverage.view", group: resources),
        NavigationItem(
            "贡献榜", path: "/resources/contributions", permission: "resources.coverage.view", group: resources),
        NavigationItem("资源覆盖", path: "/resources/coverage", permission: "resources.coverage.view", group: resources),
        NavigationItem("外部资源", path: "/resources/external", group: resources),
        NavigationItem("我的上传", path: "/uploads/mine", group: resources),
        NavigationItem("账号", path: "/accounts", permission: "identity.account.view", group: administration),
        NavigationItem("安全策略", path: "/accounts/policy", permission: "identity.policy.edit", group: administration),
        NavigationItem("查看记录", path: "/privacy/looks", permission: "privacy.look.review", group: administration),
        NavigationItem("设置", path: "/settings", permission: "plan.setting.edit", group: administration),
        NavigationItem("任务", path: "/operations/jobs", permission: "platform.job.view", group: administration),
        NavigationItem("审计", path: "/operations/audit", permission: "platform.audit.view", group: administration),
        NavigationItem("我的信息", path: "/my-data"),
    ]
}
