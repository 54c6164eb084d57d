import Directory
import Kernel
import Web

/// How consents stand in a class.
enum ClassConsentPages {
    static func path(_ id: ID<ClassGroup>) -> String { ClassPages.path(id) + "/consents" }

    static func crumbs(_ consents: ClassConsents, _ last: String? = nil) -> [Crumb] {
        let id = consents.classGroup.id
        let own = last == nil ? Crumb("征求同意") : Crumb("征求同意", path(id))
        return [
            Crumb(consents.classGroup.schoolName, ClassPages.listPath(consents.classGroup.school)),
            Crumb(consents.name, ClassPages.path(id)), own,
        ] + (last.map { [Crumb($0)] } ?? [])
    }

    static func show(_ consents: ClassConsents, _ page: PageContext, _ query: FormValues) -> HTML {
        let here = path(consents.classGroup.id)
        let tabs = consents.purposes.map { purpose in
            (title: purpose.title, url: here + "?purpose=\(purpose.code)", isCurrent: purpose == consents.purpose)
        }
        let actions: HTML = """
            \(if: consents.clerk != nil, UI.linkButton("登记纸质同意书", url: here + "/paper", style: .primary))\
            \(UI.linkButton("打印告知书", url: here + "/notice"))
            """
        let content: HTML = """
            \(UI.heading("征求同意", note: consents.name, actions: actions))
            \(UI.tabs(tabs, label: "事项"))
            \(UI.statistics(figures(consents)))
            \(paperNotice(consents))
            \(UI.card(nil, table(consents).html(
                Page(items: consents.rows, total: consents.rows.count, next: nil), path: here, query: query)))
            <p class="field-hint">只有班主任和学校管理人员能看到这一页，不要公布。没有同意的学生，不公开，也不另作安排。</p>
            """
        return UI.layout("征求同意", page, breadcrumbs: crumbs(consents), content)
    }

    private static func figures(_ consents: ClassConsents) -> [HTML] {
        ConsentStanding.allCases.map { UI.statistic("\(consents.count($0))", label: $0.title) }
    }

    private static func paperNotice(_ consents: ClassConsents) -> HTML {
        let count = consents.rows.count { $0.needsPaper }
        guard count > 0 else { return "" }
        return UI.notice(.info, "<p>\(count) 名学生的家长还不能登录，用纸质同意书征求。</p>")
    }

    private static func table(_ consents: ClassConsents) -> DataTable<ClassConsents.Row> {
        DataTable(
            caption: "学生",
            columns: [
                DataColumn("姓名", value: { .text($0.pupil.name) }),
                DataColumn("情况", value: { .text($0.standing.title) }, cell: { ConsentPages.tag($0.standing) }),
                DataColumn("由谁决定", value: { .text($0.age.decider) }),
                DataColumn("最近答复", value: { $0.last.map { .text(answer($0)) } ?? .empty }),
                DataColumn("日期", value: { $0.last.map { .date($0.decidedAt.day) } ?? .empty }),
                DataColumn("家长账号", value: { .text(account($0)) }),
            ], isExportable: false, empty: UI.emptyState("班里还没有学生", "先在班级页面添加学生。"))
    }

    private static func answer(_ answer: ConsentAnswer) -> String {
        "\(ConsentPages.giver(answer))\(answer.said.word.title)，\(answer.channel.title)"
    }

    private static func account(_ row: ClassConsents.Row) -> String {
        if row.age != .child { return "由本人答复" }
        return row.isReachable ? "已启用" : "未启用，用纸质"
    }
}
