import Kernel
import Web

enum OrganisationPages {
    static func path(_ id: OrganisationID) -> String { "/organisations/" + id.rawValue }

    static func link(_ organisation: Organisation) -> HTML {
        #"<a href="\#(url: path(organisation.id))">\#(organisation.name)</a>"#
    }

    /// The way down to the organisation that ends `lineage`, itself included as a link.
    static func crumbs(_ lineage: some Sequence<Organisation>) -> [Crumb] {
        [Crumb("组织", "/organisations")] + lineage.map { Crumb($0.name, path($0.id)) }
    }

    static func searchBar(_ query: FormValues) -> HTML {
        UI.card(
            nil,
            UI.filterBar(
                action: "/organisations", query: query,
                UI.searchField("q", label: "单位", value: query["q"], placeholder: "名称、代码或拼音")))
    }

    static let table = DataTable<OrganisationRow>(
        caption: "单位",
        columns: [
            DataColumn("名称", value: { .text($0.organisation.name) }, cell: { link($0.organisation) }),
            DataColumn("类别", value: { .text($0.organisation.kind.title) }),
            DataColumn("标识码", value: { $0.organisation.code.map(TableValue.text) ?? .empty }),
            DataColumn("所在地", value: { $0.place.isEmpty ? .empty : .text($0.place) }),
            DataColumn("学校数", value: { $0.schools.map(TableValue.integer) ?? .empty }),
            DataColumn("状态", value: { .text(state($0.organisation)) }),
        ], empty: UI.emptyState("没有符合条件的单位", "换一个名称、标识码或拼音首字母再查。"))

    static func state(_ organisation: Organisation) -> String {
        guard let day = organisation.closedOn else { return "正常" }
        return organisation.isTakenBack ? "导入已撤销" : "\(day.iso) 撤并"
    }

    static func search(_ rows: [OrganisationRow], _ page: PageContext, _ query: FormValues) -> HTML {
        let isCut = rows.count == OrganisationRoutes.searchLimit
        let cut = UI.notice(.info, "只显示前 \(rows.count) 个单位，写得更具体些可缩小范围。")
        let list = Page(items: rows, total: rows.count, next: nil)
        let content: HTML = """
            \(UI.heading("组织"))
            \(searchBar(query))
            \(if: isCut, cut)
            \(UI.card(nil, table.html(list, path: "/organisations", query: query)))
            """
        return UI.layout("组织查询", page, breadcrumbs: [Crumb("组织", "/organisations"), Crumb("查询结果")], content)
    }

    static func page(_ model: OrganisationModel, _ user: CurrentUser, _ page: PageContext, _ query: FormValues) -> HTML
    {
        let organisation = model.organisation
        let scope = user.scope(of: .organisationEdit)
        let actions = OrganisationAction.allCases.filter { $0.isOpen(for: organisation, within: scope) }
        let buttons: HTML = "\(each: actions, { actionLink($0, organisation) })"
        let address = path(organisation.id)
        let children = childrenTable.html(
            Page(items: model.children, total: model.children.count, next: nil), path: address, query: query)
        let content: HTML = """
            \(UI.heading(organisation.name, note: note(model), actions: buttons))
            \(UI.card(nil, UI.summaryList(facts(model, user))))
            \(if: !organisation.kind.children.isEmpty, UI.card("下级单位", id: "children", children))
            \(historyCard(model, isExportable: true))
            """
        return UI.layout(
            organisation.name, page, breadcrumbs: crumbs(model.lineage.dropLast()) + [Crumb(organisation.name)], content
        )
    }

    private static let childrenTable = DataTable<OrganisationRow>(
        caption: "下级单位", columns: table.columns, empty: UI.emptyState("还没有下级单位", "学校由导入产生，也可以在这里新建。"))

    private static func actionLink(_ action: OrganisationAction, _ organisation: Organisation) -> HTML {
        UI.linkButton(action.title, url: path(organisation.id) + "/" + action.rawValue)
    }

    private static func note(_ model: OrganisationModel) -> String {
        [model.organisation.kind.title, model.organisation.code, model.place.isEmpty ? nil : model.place]
            .compactMap { $0 }.joined(separator: " · ")
    }

    private static func facts(_ model: OrganisationModel, _ user: CurrentUser) -> [(String, HTML)] {
        let organisation = model.organisation
        var facts: [(String, HTML)] = [("状态", HTML(text: state(organisation)))]
        if let target = model.mergedInto { facts.append(("并入", HTML(text: target.name))) }
        facts.append(("设立日期", HTML(text: organisation.openedOn?.chinese ?? "—")))
        if let profile = organisation.profile { facts += SchoolPages.profileFacts(profile) }
        if organisation.kind.isSchool, user.may(.schoolView, at: organisation.path) {
            facts.append(("学校页面", #"<a href="\#(url: SchoolPages.path(organisation.id))">\#(organisation.name)</a>"#))
        }
        return facts
    }

    static func historyCard(_ model: OrganisationModel, isExportable: Bool) -> HTML {
        let list = Page(items: model.changes, total: model.changes.count, next: nil)
        let table = historyTable(isExportable: isExportable)
            .html(list, path: path(model.organisation.id) + "/history", query: FormValues())
        return UI.card("变更记录", id: "history", table)
    }

    static func history(_ model: OrganisationModel, _ page: PageContext, _ query: FormValues) -> HTML {
        let title = model.organisation.name + "变更记录"
        let content: HTML = "\(UI.heading(title))\n\(historyCard(model, isExportable: true))"
        return UI.layout(title, page, breadcrumbs: crumbs(model.lineage) + [Crumb("变更记录")], content)
    }

    static func historyTable(isExportable: Bool) -> DataTable<OrganisationChange> {
        DataTable(
            caption: "变更记录",
            columns: [
                DataColumn("生效日期", value: { beginning($0.version.validFrom) }),
                DataColumn("变更", value: { .text($0.words) }),
                DataColumn("当时名称", value: { .text($0.version.name) }),
                DataColumn("当时所在地", value: { $0.version.place.isEmpty ? .empty : .text($0.version.place) }),
                DataColumn("登记人", value: { .text($0.version.recordedBy) }),
                DataColumn("登记时间", value: { .text($0.version.recordedAt.text) }),
            ], isExportable: isExportable, empty: "")
    }

    /// The day that stands for an unknown one is not shown.
    private static func beginning(_ day: LocalDate) -> TableValue {
        day == OrganisationService.always ? .empty : .date(day)
    }
}
