import Directory
import Kernel
import Web

/// The overview of a school year's rollover.
enum RolloverPages {
    static let root = "/rollovers"
    static func path(_ year: SchoolYear) -> String { "\(root)?year=\(year.start)" }
    static func path(_ school: OrganisationID, _ year: SchoolYear) -> String {
        "/schools/\(school)/rollover?year=\(year.start)"
    }
    static func path(_ classGroup: ID<ClassGroup>, _ year: SchoolYear) -> String {
        "/classes/\(classGroup)/rollover?year=\(year.start)"
    }
    static func path(_ run: ID<RolloverRun>) -> String { "\(root)/\(run)" }

    /// Stands on every page of student life.
    static var legalNote: HTML { UI.notice(.info, "<p>业务办理以全国学籍系统为准。</p>") }

    static func overview(
        _ model: RolloverOverview, _ page: PageContext, _ query: FormValues, isOpen: Bool
    ) -> HTML {
        let chosen = query.text("at").flatMap { id in
            model.rows.lazy.compactMap(\.county).first { $0.id.rawValue == id }
        }
        let counties = counties(of: model), isCity = counties.count > 1
        let rows = isCity ? model.rows.filter { chosen != nil && $0.county?.id == chosen?.id } : model.rows
        let totals = model.totals(of: chosen)
        let schools = schoolTable(model.year).html(whole(rows), path: root, query: query)
        let content: HTML = """
            \(UI.heading("学年升级", note: model.year.title))
            \(legalNote)
            \(if: !isOpen, closedNote(model.year))
            \(UI.card(nil, UI.statistics(statistics(totals, model, chosen))))
            \(if: isCity, UI.card("各县区", id: "counties", countyTable(model, counties, page, query)))
            \(if: !isCity || chosen != nil, UI.card(chosen?.name ?? "学校", id: "schools", schools))
            \(if: isOpen && !model.places.isEmpty, UI.card("办理升级", id: "run", runForm(model, chosen, page)))
            \(if: !model.runs.isEmpty, UI.card("办理记录", id: "runs", runTable(model.runs, page)))
            """
        return UI.layout("学年升级", page, breadcrumbs: [Crumb("学年升级")], content)
    }

    static func closedNote(_ year: SchoolYear) -> HTML {
        UI.notice(.info, "<p>\(year.title)的升级在 \(year.start) 年 5 月到 12 月办理，现在只能查看。</p>")
    }

    private static func statistics(
        _ totals: RolloverTotals, _ model: RolloverOverview, _ county: Organisation?
    ) -> [HTML] {
        let rows = model.rows.filter { county == nil || $0.county?.id == county?.id }
        let confirmed = rows.filter { $0.state.confirmedAt != nil || $0.state.run != nil }.count
        return [
            UI.statistic("\(confirmed)/\(rows.count)", label: "学校已确认"),
            UI.statistic("\(totals.pupils)", label: "学生"),
            UI.statistic("\(totals.promoted)", label: "随班升级"),
            UI.statistic("\(totals.graduates)", label: "毕业离校"),
            UI.statistic("\(totals.moved)", label: "换班升级"),
            UI.statistic("\(totals.exceptions)", label: "例外学生"),
            UI.statistic("\(totals.problems)", label: "待处理问题", tone: totals.problems > 0 ? .warn : nil),
        ]
    }

    static func whole<Row>(_ rows: [Row]) -> Page<Row> { Page(items: rows, total: rows.count, next: nil) }

    private static func counties(of model: RolloverOverview) -> [Organisation] {
        var seen: Set<OrganisationID> = []
        return model.rows.compactMap(\.county).filter { seen.insert($0.id).inserted }
    }

    private static func countyTable(
        _ model: RolloverOverview, _ counties: [Organisation], _ page: PageContext, _ query: FormValues
    ) -> HTML {
        struct Line: Sendable {
            let county: Organisation, rows: [RolloverUnitRow], totals: RolloverTotals
        }
        let lines = counties.map { county in
            Line(
                county: county, rows: model.rows.filter { $0.county?.id == county.id },
                totals: model.totals(of: county))
        }
        let year = model.year
        let table = DataTable<Line>(
            caption: "各县区",
            columns: [
                DataColumn(
                    "县区", value: { .text($0.county.name) },
                    cell: { line in
                        #"<a href="\#(url: path(year) + "&at=" + line.county.id.rawValue)#schools">\#(line.county.name)</a>"#
                    }),
                DataColumn("学校", value: { .integer($0.rows.count) }),
                DataColumn("已确认", value: { .integer($0.rows.filter { $0.state.confirmedAt != nil }.count) }),
                DataColumn("已升级", value: { .integer($0.rows.filter { $0.state.run != nil }.count) }),
                DataColumn("学生", value: { .integer($0.totals.pupils) }),
                DataColumn("毕业离校", value: { .integer($0.totals.graduates) }),
                DataColumn("例外", value: { .integer($0.totals.exceptions) }),
                DataColumn("问题", value: { .integer($0.totals.problems) }),
            ], isExportable: false, empty: "")
        return table.html(whole(lines), path: root, query: query)
    }

    private static func schoolTable(_ year: SchoolYear) -> DataTable<RolloverUnitRow> {
        DataTable(
            caption: "学校",
            columns: [
                DataColumn(
                    "学校", value: { .text($0.root.name) },
                    cell: { #"<a href="\#(url: path($0.root.id, year))">\#($0.root.name)</a>"# }),
                DataColumn("状态", value: { .text($0.state.title) }, cell: { state($0.state) }),
                DataColumn("班级", value: { .integer($0.totals.classes) }),
                DataColumn("学生", value: { .integer($0.totals.pupils) }),
                DataColumn("毕业离校", value: { .integer($0.totals.graduates) }),
                DataColumn("换班升级", value: { .integer($0.totals.moved) }),
                DataColumn("例外", value: { .integer($0.totals.exceptions) }),
                DataColumn("新班", value: { .integer($0.totals.opened) }),
                DataColumn("待核对", value: { .integer($0.warnings) }),
                DataColumn("问题", value: { .integer($0.totals.problems) }),
            ], isExportable: false, empty: UI.emptyState("没有学校", "范围内没有学校。"))
    }

    static func state(_ state: RolloverUnitState) -> HTML {
        let tone: Tone = state.run != nil ? .ok : state.confirmedAt != nil ? .info : .warn
        return UI.tag(state.title, tone)
    }

    private static func runForm(_ model: RolloverOverview, _ chosen: Organisation?, _ page: PageContext) -> HTML {
        let places = UI.select(
            "place", label: "范围", options: model.places.map { SelectOption($0.id.rawValue, $0.name) },
            selected: chosen?.id.rawValue ?? model.places.first?.id.rawValue)
        let all = UI.checkbox("all", label: "包括还没有确认的学校", hint: "有问题没有处理的学校，整个范围都不办理。")
        let year = UI.hidden("year", String(model.year.start))
        let note: HTML = "<p>范围内的学校一次办理，30 天内可以撤销。已升级的学校不再办理。</p>"
        return note + UI.form(action: root, page: page, submit: "办理升级", year + places + all)
    }

    private static func runTable(_ runs: [RolloverRun], _ page: PageContext) -> HTML {
        let table = DataTable<RolloverRun>(
            caption: "办理记录",
            columns: [
                DataColumn(
                    "范围", value: { .text($0.organisationName) },
                    cell: { #"<a href="\#(url: path($0.id))">\#($0.organisationName)</a>"# }),
                DataColumn("状态", value: { .text($0.state.title) }),
                DataColumn("办理日期", value: { .date($0.createdAt.day) }),
                DataColumn("办理人", value: { .text($0.createdBy) }),
                DataColumn("学校", value: { .integer($0.figures.schools) }),
                DataColumn("毕业离校", value: { .integer($0.figures.left) }),
            ], isExportable: false, empty: "")
        return table.html(whole(runs), path: root, query: FormValues())
    }
}
