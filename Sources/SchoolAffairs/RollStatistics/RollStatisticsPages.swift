import Directory
import Kernel
import Web

/// The statistics of a place, and the schools behind one of its figures.
enum RollStatisticsPages {
    static let root = "/statistics"

    /// What the list of units tells of each.
    static let unitFigures: [(title: String, figure: RollFigure)] = [
        ("班级", .classes), ("学生", .pupils), ("男", .boys), ("女", .girls), ("大班额", .size(.large)),
        ("超大班额", .size(.huge)), ("专任教师", .teachers), ("教职工", .staff),
    ]

    static func path(_ place: OrganisationID?, on day: LocalDate) -> String {
        root + "?" + query(place, on: day).encoded
    }

    private static func query(_ place: OrganisationID?, on day: LocalDate) -> FormValues {
        var pairs: [(name: String, value: String)] = []
        if let place { pairs.append(("at", place.rawValue)) }
        return FormValues(pairs + [("on", day.iso)])
    }

    static func show(
        _ statistics: RollStatistics, _ user: CurrentUser, _ page: PageContext, _ query: FormValues
    ) -> HTML {
        let here = path(statistics.place?.id, on: statistics.day)
        let content: HTML = """
            \(UI.heading(title(statistics), note: note(statistics), actions: actions(here, user)))
            \(UI.card(nil, UI.filterBar(action: root, query: query, keep: ["at"], UI.dateField("on", label: "日期", value: statistics.day))))
            \(overview(statistics, user))
            \(units(statistics))
            \(if: !statistics.classes.isEmpty, UI.card("班级", id: "classes", classes(statistics, user)))
            \(each: statistics.tables.filter { !$0.lines.isEmpty }, { card($0, statistics, user) })
            """
        return UI.layout(title(statistics), page, breadcrumbs: crumbs(statistics), wide: true, content)
    }

    private static func title(_ statistics: RollStatistics) -> String {
        statistics.place.map { $0.name + "学籍统计" } ?? "学籍统计"
    }

    private static func actions(_ here: String, _ user: CurrentUser) -> HTML {
        let teams = UI.linkButton("三支队伍", url: StaffTeamPages.root)
        let transfers = UI.linkButton("教师调动", url: StaffTransferPages.root)
        return """
            \(if: user.may(.classAll), teams)\(if: user.may(.staffEdit), transfers)\
            \(UI.linkButton("导出 Excel", url: here + "&format=xlsx"))
            """
    }

    private static func note(_ statistics: RollStatistics) -> String {
        "\(statistics.day.chinese)，据花名册。教职工在本人所属学校计一次，走教、支教、借调、交流不重复计。"
    }

    private static func crumbs(_ statistics: RollStatistics) -> [Crumb] {
        let above = statistics.lineage.map { Crumb($0.name, path($0.id, on: statistics.day)) }
        return [Crumb("学籍统计", root)] + above + (statistics.place.map { [Crumb($0.name)] } ?? [])
    }

    private static func overview(_ statistics: RollStatistics, _ user: CurrentUser) -> HTML {
        func item(_ label: String, _ figure: RollFigure) -> HTML {
            let count = statistics.sum(figure)
            return UI.statistic(
                figure.text(count), label: label, url: count > 0 ? way(figure, statistics, user) : nil)
        }
        let withPupils = statistics.ids.count { statistics.figures.sum(.classes, of: [$0]) > 0 }
        let classes = statistics.sum(.classes)
        let average =
            classes == 0
            ? "—"
            : TableValue.decimal(
                Double(statistics.sum(.pupils)) / Double(classes), places: 1
            ).text
        var items = [
            item("班级", .classes), item("在校学生", .pupils), UI.statistic(average, label: "平均班额"),
            item("寄宿生", .boarders), item("专任教师", .teachers), item("教职工", .staff),
        ]
        if !statistics.isSchool {
            let all = UI.statistic("\(withPupils)/\(statistics.schools.count)", label: "有花名册的学校")
            items.insert(all, at: 0)
        }
        return UI.card(nil, UI.statistics(items))
    }

    /// Where the rows behind a figure are: at a school the people themselves, otherwise the schools. `nil` where the viewer
    /// may not see them.
    static func way(_ figure: RollFigure, _ statistics: RollStatistics, _ user: CurrentUser) -> String? {
        guard statistics.isSchool, let school = statistics.place else {
            let query = query(statistics.place?.id, on: statistics.day).replacing("figure", with: figure.key)
            return root + "/schools?" + query.encoded
        }
        return people(figure, of: school, on: statistics.day, user)
    }

    private static func people(
        _ figure: RollFigure, of school: Organisation, on day: LocalDate, _ user: CurrentUser
    ) -> String? {
        guard user.may(.classAll, at: school.path) else { return nil }
        guard figure.isOfStaff else { return "/schools/\(school.id)/classes?on=\(day.iso)" }
        let list = StaffPages.path(school.id) + "?on=\(day.iso)"
        return switch figure {
        case .teacherSubject(let code): list + "&subject=\(code)"
        case .team(let team): list + "&team=\(team.rawValue)"
        default: list
        }
    }

    private static func units(_ statistics: RollStatistics) -> HTML {
        guard !statistics.units.isEmpty else { return "" }
        let columns =
            [
                DataColumn<RollStatistics.Unit>(
                    "单位", value: { .text($0.organisation.name) },
                    cell: {
                        #"<a href="\#(url: path($0.organisation.id, on: statistics.day))">\#($0.organisation.name)</a>"#
                    })
            ]
            + unitFigures.map { entry in
                DataColumn<RollStatistics.Unit>(
                    entry.title, value: { .integer(statistics.figures.sum(entry.figure, of: $0.schools)) })
            }
        let table = DataTable<RollStatistics.Unit>(caption: "各单位", columns: columns, isExportable: false, empty: "")
        let rows = Page(items: statistics.units, total: statistics.units.count, next: nil)
        let title = statistics.isSchool ? "下属教学点" : "各单位"
        return UI.card(title, id: "units", table.html(rows, path: root, query: FormValues()))
    }

    private static func classes(_ statistics: RollStatistics, _ user: CurrentUser) -> HTML {
        let isOpen = statistics.place.map { user.may(.classAll, at: $0.path) } ?? false
        let table = DataTable<RollStatistics.ClassLine>(
            caption: "班级",
            columns: [
                DataColumn(
                    "班级", value: { .text($0.name) },
                    cell: { isOpen ? #"<a href="\#(url: "/classes/\($0.id)")">\#($0.name)</a>"# : HTML(text: $0.name) }),
                DataColumn("学生", value: { .integer($0.counted.pupils) }),
                DataColumn("男", value: { .integer($0.counted.boys) }),
                DataColumn("女", value: { .integer($0.counted.girls) }),
                DataColumn("班额", value: { .text(ClassSizeBand($0.counted.pupils).title) }),
            ], isExportable: false, empty: "")
        let rows = Page(items: statistics.classes, total: statistics.classes.count, next: nil)
        return table.html(rows, path: root, query: FormValues())
    }

    private static func card(_ table: RollTable, _ statistics: RollStatistics, _ user: CurrentUser) -> HTML {
        let columns = table.header.indices.map { index in
            index == 0
                ? DataColumn<RollLine>(table.header[0], value: { .text($0.title) })
                : DataColumn<RollLine>(
                    table.header[index], value: { $0.cells[index - 1].value },
                    cell: { figureCell($0.cells[index - 1], statistics, user) })
        }
        let list = DataTable<RollLine>(caption: table.title, columns: columns, isExportable: false, empty: "")
        let rows = Page(items: table.lines, total: table.lines.count, next: nil)
        return UI.card(table.title, id: table.id, list.html(rows, path: root, query: FormValues()))
    }

    private static func figureCell(
        _ cell: RollLine.Cell, _ statistics: RollStatistics, _ user: CurrentUser
    ) -> HTML {
        guard let figure = cell.figure, cell.text != "0", let url = way(figure, statistics, user) else {
            return HTML(text: cell.text)
        }
        return #"<a href="\#(url: url)">\#(cell.text)</a>"#
    }
}

/// The schools behind a figure.
extension RollStatisticsPages {
    struct Behind: Sendable {
        struct Row: Sendable {
            let school: Organisation
            let count: Int
        }

        let statistics: RollStatistics
        let figure: RollFigure
        let rows: [Row]

        init(statistics: RollStatistics, figure: RollFigure) {
            (self.statistics, self.figure) = (statistics, figure)
            rows = statistics.schools.compactMap { school in
                let count = statistics.figures.sum(figure, of: [school.id])
                return count > 0 ? Row(school: school, count: count) : nil
            }
        }
    }

    static func table(_ model: Behind, _ user: CurrentUser) -> DataTable<Behind.Row> {
        let day = model.statistics.day, figure = model.figure
        return DataTable(
            caption: title(of: figure, model.statistics),
            columns: [
                DataColumn(
                    "学校", value: { .text($0.school.name) },
                    cell: { #"<a href="\#(url: path($0.school.id, on: day))">\#($0.school.name)</a>"# }),
                DataColumn("城乡", value: { .text($0.school.profile?.areaTitle ?? "—") }),
                DataColumn(
                    "数量", value: { RollLine.Cell(figure: figure, text: figure.text($0.count)).value },
                    cell: { row in
                        let text = figure.text(row.count)
                        guard let url = people(figure, of: row.school, on: day, user) else { return HTML(text: text) }
                        return #"<a href="\#(url: url)">\#(text)</a>"#
                    }),
            ], empty: UI.emptyState("没有学校", "这个数字是零。"))
    }

    static func behind(
        _ model: Behind, _ user: CurrentUser, _ page: PageContext, _ query: FormValues
    ) -> HTML {
        let statistics = model.statistics, title = title(of: model.figure, statistics)
        let rows = Page(items: model.rows, total: model.rows.count, next: nil)
        let total = model.figure.text(statistics.sum(model.figure))
        let content: HTML = """
            \(UI.heading(title, note: "\(statistics.place?.name ?? "全部单位")，\(statistics.day.chinese)，合计 \(total)"))
            \(UI.card(nil, table(model, user).html(rows, path: root + "/schools", query: query)))
            """
        let back = Crumb(statistics.title, path(statistics.place?.id, on: statistics.day))
        return UI.layout(title, page, breadcrumbs: [Crumb("学籍统计", root), back, Crumb(title)], content)
    }

    private static func title(of figure: RollFigure, _ statistics: RollStatistics) -> String {
        func grade(_ code: String) -> String { statistics.figures.grades.first { $0.code == code }?.title ?? "其他" }
        func named(_ list: CodeList, _ code: String) -> String { code.isEmpty ? "未登记" : list.name(of: code) }
        return switch figure {
        case .classes: "班级"
        case .pupils: "学生"
        case .boys: "男生"
        case .girls: "女生"
        case .boarders: "寄宿生"
        case .gradeClasses(let code): grade(code) + "班级"
        case .gradePupils(let code): grade(code) + "学生"
        case .gradeBoys(let code): grade(code) + "男生"
        case .gradeGirls(let code): grade(code) + "女生"
        case .size(let band): "班额 " + band.title
        case .teachers: "专任教师"
        case .staff: "教职工"
        case .post(let group): group.title
        case .teacherTitle(let code): "职称：" + named(CodeLists.teacherTitle, code)
        case .teacherEducation(let code): "学历：" + named(CodeLists.education, code)
        case .teacherSubject(let code): "任教学科：" + named(CodeLists.subject, code)
        case .team(let team): team.title
        }
    }
}
