import Kernel
import Platform
import Web

enum ApplicationPages {
    static let root = "/applications/registry"
    static let launcher = "/applications"
    static func path(_ id: ApplicationID) -> String { "\(root)/\(id)" }
    static func logoPath(_ logo: String) -> String { "/applications/logos/\(logo)" }

    static func crumbs(_ last: Crumb? = nil) -> [Crumb] {
        [Crumb("应用", launcher), Crumb("接入管理", root)] + (last.map { [$0] } ?? [])
    }

    /// The logo, or the first character of the name in its place.
    static func picture(_ logo: String?, name: String) -> HTML {
        guard let logo else {
            return #"<span class="logo" aria-hidden="true">\#(String(name.prefix(1)))</span>"#
        }
        return #"<img class="logo" src="\#(url: logoPath(logo))" width="48" height="48" alt="">"#
    }

    static func tag(_ state: ApplicationState) -> HTML {
        let tone: Tone =
            switch state {
            case .active: .ok
            case .submitted: .info
            case .refused: .warn
            case .suspended: .bad
            case .draft, .retired: .muted
            }
        return UI.tag(state.title, tone)
    }

    static func protocols(_ application: Application) -> String {
        SignOnProtocol.allCases.filter(application.protocols.contains).map(\.title).joined(separator: "、")
    }

    // MARK: List

    static let table = DataTable<ApplicationRecord>(
        caption: "接入应用",
        columns: [
            DataColumn(
                "应用", value: { .text($0.name) },
                cell: { #"<a href="\#(url: path($0.id))">\#($0.name)</a>"# }),
            DataColumn("申请单位", value: { .text($0.ownerName) }),
            DataColumn("级别", value: { .text($0.application.level.title) }),
            DataColumn("接入方式", value: { .text(protocols($0.application)) }),
            DataColumn("状态", value: { .text(stateText($0)) }, cell: { "\(tag($0.state)) \($0.step?.title)" }),
            DataColumn("申请人", value: { .text($0.applicantName) }),
            DataColumn("更新时间", value: { .text($0.changedAt.text) }),
        ], empty: UI.emptyState("没有符合条件的应用", "放宽查询条件，或新建系统接入申请。"))

    private static func stateText(_ record: ApplicationRecord) -> String {
        record.step.map { "\(record.state.title)：\($0.title)" } ?? record.state.title
    }

    static func list(_ slice: Page<ApplicationRecord>, _ request: WebRequest) -> HTML {
        let query = request.query, page = request.page
        let mayApply = page.user?.may(.applicationApply) ?? false
        let levels = [SelectOption("", "全部")] + ApplicationLevel.allCases.map { SelectOption($0.rawValue, $0.title) }
        let states =
            [SelectOption("", "全部"), SelectOption("waiting", "等待审批（含变更）")]
            + ApplicationState.allCases.map { SelectOption($0.rawValue, $0.title) }
        let filters: HTML = """
            \(UI.searchField(value: query["q"], placeholder: "应用或单位名称"))
            \(UI.select("level", label: "级别", options: levels, selected: query["level"]))
            \(UI.select("state", label: "状态", options: states, selected: query["state"]))
            """
        let new = UI.linkButton("申请接入", url: root + "/new", style: .primary)
        let isCity = page.user?.may(.applicationApprove, at: .city) ?? false
        let others = UI.linkButton("对接平台", url: "/gateway/counterparts")
        let actions: HTML = "\(if: isCity, others)\(if: mayApply, new)"
        let content: HTML = """
            \(UI.heading("接入管理", note: "用平台账号登录的应用。", actions: actions))
            \(UI.filterBar(action: root, query: query, filters))
            \(UI.card(nil, table.html(slice, path: root, query: query)))
            """
        return UI.layout("接入管理", page, breadcrumbs: [Crumb("应用", launcher), Crumb("接入管理")], content)
    }

    // MARK: Keys

    /// Shown once: the keys are nowhere kept in the open.
    static func keys(_ keys: ApplicationKeys, of record: ApplicationRecord, _ page: PageContext) -> HTML {
        var rows: [(String, HTML)] = [("应用标识（client_id、appId）", "<code>\(keys.clientID)</code>")]
        if let secret = keys.clientSecret {
            rows.append((ApplicationSecretKind.clientSecret.title, "<code>\(secret)</code>"))
        }
        if let key = keys.appKey { rows.append((ApplicationSecretKind.appKey.title, "<code>\(key)</code>")) }
        let content: HTML = """
            \(UI.heading("\(record.name)的密钥"))
            \(UI.notice(.warn, "<p>密钥只显示这一次。现在就放进应用的配置里，不要用聊天工具或邮件传送。</p>"))
            \(UI.card(nil, UI.summaryList(rows)))
            <p>\(UI.linkButton("返回应用", url: path(record.id)))</p>
            """
        return UI.layout(
            "密钥", page, breadcrumbs: crumbs(Crumb(record.name, path(record.id))) + [Crumb("密钥")], content)
    }
}
