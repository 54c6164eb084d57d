import Directory
import Kernel
import Web

/// The list of the three teams.
enum StaffTeamPages {
    static let root = "/staff-teams"

    struct Model: Sendable {
        let members: [TeamMember]
        let counts: [StaffTeamCount]
        let day: LocalDate
        let team: StaffTeam?
    }

    static func list(
        _ model: Model, _ places: [Organisation], _ page: PageContext, _ query: FormValues
    ) -> HTML {
        let rows = Page(items: model.members, total: model.members.count, next: nil)
        let options = [SelectOption("", "全部")] + StaffTeam.allCases.map { SelectOption($0.rawValue, $0.title) }
        let filters =
            UI.select("team", label: "队伍", options: options, selected: model.team?.rawValue)
            + UI.dateField("on", label: "日期", value: model.day)
        let content: HTML = """
            \(UI.heading("三支队伍", note: "\(model.day.chinese)，行动计划四、（三）"))
            \(UI.card(nil, UI.filterBar(action: root, query: query, filters)))
            \(UI.card("人数", id: "counts", counts(model.counts)))
            \(UI.card("名单", id: "members", table(places).html(rows, path: root, query: query)))
            """
        return UI.layout("三支队伍", page, breadcrumbs: [Crumb("三支队伍")], content)
    }

    private static func counts(_ counts: [StaffTeamCount]) -> HTML {
        let columns =
            [DataColumn<StaffTeamCount>("县(市、区)", value: { .text($0.unit) })]
            + StaffTeam.allCases.map { team in
                DataColumn<StaffTeamCount>(team.title, value: { .integer($0.counts[team] ?? 0) })
            }
        let table = DataTable<StaffTeamCount>(
            caption: "人数", columns: columns, isExportable: false, empty: #"<p class="muted">没有人</p>"#)
        return table.html(Page(items: counts, total: counts.count, next: nil), path: root, query: FormValues())
    }

    static func table(_ places: [Organisation]) -> DataTable<TeamMember> {
        DataTable(
            caption: "三支队伍",
            columns: [
                DataColumn(
                    "姓名", value: { .text($0.person.name) },
                    cell: {
                        #"<a href="\#(url: StaffRecordPages.path($0.school, $0.person.id))">\#($0.person.name)</a>"#
                    }),
                DataColumn("队伍", value: { .text($0.team.title) }),
                DataColumn("学校", value: { .text($0.schoolName) }),
                DataColumn(
                    "县(市、区)",
                    value: { member in
                        places.first { $0.path.contains(member.path) }.map { .text($0.name) } ?? .empty
                    }),
                DataColumn("起始日期", value: { .date($0.from) }),
            ], empty: UI.emptyState("还没有人", "在教职工的页面上用“三支队伍”登记。"))
    }
}
