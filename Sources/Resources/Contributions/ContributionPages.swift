import Directory
import Kernel
import Web

/// The board of contributions, and the rows behind a figure.
enum ContributionPages {
    static let root = ItemPages.root + "/contributions"

    struct View: Sendable {
        let place: Organisation
        let places: [Organisation]
        let subjects: [ContributionBoard.Subject]
        let board: ContributionBoard
        let today: LocalDate
        /// Whether she keeps her name off the board; `nil` for whoever writes no resources.
        let isUnnamed: Bool?
    }

    /// The rows behind a figure.
    static func rowsPath(
        _ kind: Contribution.Kind, at place: OrganisationID, _ period: ContributionPeriod, person: ID<Person>? = nil,
        area: String = "", group: String = ""
    ) -> String {
        var pairs: [(name: String, value: String)] = [
            ("kind", kind.rawValue), ("place", place.rawValue), ("year", String(period.year.start)),
        ]
        if let half = period.half { pairs.append(("half", half.rawValue)) }
        if let person { pairs.append(("person", person.rawValue)) }
        if !area.isEmpty { pairs.append(("area", area)) }
        if !group.isEmpty { pairs.append(("group", group)) }
        return root + "/rows?" + FormValues(pairs).encoded
    }

    static func table(_ board: ContributionBoard) -> DataTable<ContributionBoard.Line> {
        let period = board.period
        var columns: [DataColumn<ContributionBoard.Line>] = [
            DataColumn("名次", value: { .integer($0.rank) }),
            DataColumn(board.subject.title, value: { .text($0.name) }, cell: { name($0, board) }),
        ]
        if board.subject == .person { columns.append(DataColumn("学校", value: { .text($0.school) })) }
        columns += Contribution.Kind.allCases.map { kind in
            DataColumn(
                kind.title, value: { .integer($0.counts[kind]) },
                cell: { line in
                    let number = line.counts[kind]
                    guard number > 0, line.isOpen else { return "\(number)" }
                    let url = rowsPath(kind, at: line.place, period, person: line.person)
                    return #"<a href="\#(url: url)" aria-label="\#(line.name)\#(kind.title) \#(number)">\#(number)</a>"#
                })
        }
        return DataTable(
            caption: "贡献榜", columns: columns,
            empty: UI.emptyState("这段时间还没有贡献", "资源通过审核发布后，列在这里。"))
    }

    /// From a county to its schools, and from a school to its people.
    private static func name(_ line: ContributionBoard.Line, _ board: ContributionBoard) -> HTML {
        guard board.subject == .unit else { return HTML(text: line.name) }
        let url = "\(root)?place=\(line.place)&by=school&measure=\(board.measure.rawValue)&\(period(board.period))"
        return #"<a href="\#(url: url)">\#(line.name)</a>"#
    }

    private static func period(_ period: ContributionPeriod) -> String {
        "year=\(period.year.start)" + (period.half.map { "&half=\($0.rawValue)" } ?? "")
    }

    static func board(
        _ view: View, _ table: DataTable<ContributionBoard.Line>, _ slice: Page<ContributionBoard.Line>,
        _ request: WebRequest
    ) -> HTML {
        let board = view.board, query = request.query
        let tabs = view.subjects.map { subject in
            (
                subject.title,
                "\(root)?place=\(view.place.id)&by=\(subject.rawValue)&measure=\(board.measure.rawValue)&\(period(board.period))",
                subject == board.subject
            )
        }
        var places = view.places.map { SelectOption($0.id.rawValue, $0.name) }
        if !view.places.contains(where: { $0.id == view.place.id }) {
            places.append(SelectOption(view.place.id.rawValue, view.place.name))
        }
        let now = SchoolYear(containing: view.today).start
        let years = ((now - 4)...now).reversed().map {
            SelectOption(String($0), SchoolYear(start: $0).title)
        }
        let halves =
            [SelectOption("", "全学年")]
            + ContributionPeriod.Half.allCases.map {
                SelectOption($0.rawValue, $0.title)
            }
        let measures = Contribution.Kind.allCases.map { SelectOption($0.rawValue, $0.title) }
        let fields: HTML = """
            \(UI.select("place", label: "单位", options: places, selected: view.place.id.rawValue))
            \(UI.select("year", label: "学年", options: years, selected: String(board.period.year.start)))
            \(UI.select("half", label: "学期", options: halves, selected: board.period.half?.rawValue ?? ""))
            \(UI.select("measure", label: "按什么排", options: measures, selected: board.measure.rawValue))
            """
        let most = board.subject == .person ? "，列出前 \(ContributionBoard.mostPeople) 名" : ""
        let content: HTML = """
            \(UI.heading("贡献榜", note: "\(view.place.name)，\(board.period.title)\(most)；下架的不算，每个数都可以打开"))
            \(UI.tabs(tabs, label: "看什么"))
            \(UI.card(nil, UI.filterBar(action: root, query: query, keep: ["by"], fields)))
            \(UI.card(nil, table.html(slice, path: root, query: query)))
            \(view.isUnnamed.map { naming($0, request.page) })
            """
        return UI.layout(
            "贡献榜", request.page, breadcrumbs: [Crumb("资源库", ItemPages.root), Crumb("贡献榜")], wide: true, content)
    }

    private static func naming(_ isUnnamed: Bool, _ page: PageContext) -> HTML {
        let words: HTML =
            isUnnamed
            ? "<p>榜上不写你的姓名，学校、名次和数量照常；资源的页面仍写作者。你自己和管你学校的资源审核员仍能看到。</p>"
            : "<p>榜上写你的姓名，本校、本县(市、区)和市局的工作人员能看到。不想公开，可以随时改。</p>"
        let button = UI.postButton(
            isUnnamed ? "公开姓名" : "不公开姓名", action: root + "/naming", page: page,
            hidden: [("named", isUnnamed ? "1" : "0")])
        return UI.card("我的署名", id: "naming", words + button)
    }

    static let rows = DataTable<Contribution>(
        caption: "资源",
        columns: [
            DataColumn(
                "标题", value: { .text($0.title.isEmpty ? "（没有对你开放）" : $0.title) },
                cell: { row in
                    row.title.isEmpty
                        ? #"<span class="muted">（没有对你开放）</span>"#
                        : #"<a href="\#(url: ItemPages.path(row.item))">\#(row.title)</a>"#
                }),
            DataColumn("类型", value: { .text($0.group?.title ?? "") }),
            DataColumn("学段学科", value: { .text(ReviewPages.areaName($0.area)) }),
            DataColumn("学校", value: { .text($0.school) }),
            DataColumn("时间", value: { .text($0.at.text) }),
        ], empty: UI.emptyState("没有资源", "换一个学年或单位。"))

    static func rows(
        _ slice: Page<Contribution>, _ title: String, _ place: Organisation, _ period: ContributionPeriod,
        _ request: WebRequest
    ) -> HTML {
        let content: HTML = """
            \(UI.heading(title, note: "\(place.name)，\(period.title)"))
            \(UI.card(nil, rows.html(slice, path: root + "/rows", query: request.query)))
            """
        return UI.layout(title, request.page, breadcrumbs: [Crumb("贡献榜", root), Crumb(title)], wide: true, content)
    }
}
