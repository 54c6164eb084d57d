import Kernel
import Web

/// A school's page: what the directory knows of it, and the panels of other contexts.
enum SchoolPages {
    static func path(_ id: OrganisationID) -> String { "/schools/" + id.rawValue }

    static func page(
        _ model: SchoolModel, _ panels: [SchoolPanel], _ user: CurrentUser, _ page: PageContext, _ query: FormValues
    ) -> HTML {
        let content: HTML = """
            \(UI.heading(model.name, note: note(model), actions: actions(model, user)))
            \(dateBar(model, query))
            \(stateNotice(model))
            \(UI.card("基本信息", id: "profile", UI.summaryList(facts(model, user))))
            \(each: panels, { UI.card($0.title, id: $0.id, actions: $0.actions, $0.content) })
            \(if: !model.teachingPoints.isEmpty, UI.card("下属教学点", id: "teaching-points", teachingPoints(model)))
            \(UI.card("变更记录", id: "history", history(model)))
            """
        return UI.layout(model.name, page, breadcrumbs: [Crumb("学校", "/schools"), Crumb(model.name)], content)
    }

    /// The parts of a profile with their names.
    static func profileFacts(_ profile: SchoolProfile) -> [(String, HTML)] {
        profileWords(profile).map { ($0.0, HTML(text: $0.1)) }
    }

    static func profileWords(_ profile: SchoolProfile) -> [(String, String)] {
        var area = profile.areaTitle
        if profile.areaOverride != nil { area += "（市局认定：\(profile.areaOverrideReason)）" }
        let place = profile.urbanRural.map { $0 + " " + profile.urbanRuralTitle } ?? "未填"
        return [
            ("办学类型", profile.schoolType + " " + profile.typeTitle), ("城乡类型", place), ("城乡", area),
            ("中心校", profile.isCentral ? "是" : "否"), ("行动计划分档", profile.tierTitle),
        ]
    }

    /// The address of the same school's file on the same day.
    static func dossierPath(_ model: SchoolModel, format: TableFormat? = nil) -> String {
        var values = FormValues()
        if !model.isToday { values = values.replacing("on", with: model.day.iso) }
        values = values.replacing("format", with: format?.rawValue)
        let address = path(model.school.id) + "/dossier"
        return values.pairs.isEmpty ? address : address + "?" + values.encoded
    }

    private static func note(_ model: SchoolModel) -> String {
        let place = model.place.isEmpty ? nil : model.place
        return [model.school.code.map { "标识码 " + $0 }, place].compactMap { $0 }.joined(separator: " · ")
    }

    private static func actions(_ model: SchoolModel, _ user: CurrentUser) -> HTML {
        let organisation = OrganisationPages.path(model.school.id)
        let mayEdit = OrganisationAction.profile.isOpen(for: model.school, within: user.scope(of: .organisationEdit))
        let seesClasses = user.may(.classView, at: model.school.path)
        let seesStaff = user.may(.classAll, at: model.school.path)
        return """
            \(UI.linkButton("一校一档", url: dossierPath(model)))\
            \(if: seesClasses, UI.linkButton("班级", url: ClassPages.listPath(model.school.id)))\
            \(if: seesStaff, UI.linkButton("教职工", url: StaffPages.path(model.school.id)))\
            \(if: mayEdit, UI.linkButton("编辑学校信息", url: organisation + "/" + OrganisationAction.profile.rawValue))
            """
    }

    private static func dateBar(_ model: SchoolModel, _ query: FormValues) -> HTML {
        let day = UI.dateField("on", label: "查询日期", value: model.day)
        return UI.card(nil, UI.filterBar(action: path(model.school.id), query: query, day))
    }

    private static func stateNotice(_ model: SchoolModel) -> HTML {
        guard let state = model.state else {
            return UI.notice(.muted, "<p>\(model.day.chinese)时还没有这所学校。</p>")
        }
        if state.isClosed { return UI.notice(.warn, "<p>这所学校已于 \(model.school.closedOn?.chinese ?? "—") 撤并。</p>") }
        return model.isToday ? "" : UI.notice(.info, "<p>以下是\(model.day.chinese)的情况。</p>")
    }

    private static func facts(_ model: SchoolModel, _ user: CurrentUser) -> [(String, HTML)] {
        var facts: [(String, HTML)] = [("类别", HTML(text: model.school.kind.title)), ("上级", superiors(model, user))]
        if let profile = model.profile { facts += profileFacts(profile) }
        if let opened = model.school.openedOn { facts.append(("设立日期", HTML(text: opened.chinese))) }
        return facts
    }

    /// Today's superiors, linked where the viewer may see their pages; on a past day their names of then.
    private static func superiors(_ model: SchoolModel, _ user: CurrentUser) -> HTML {
        guard model.isToday, !model.lineage.isEmpty else { return HTML(text: model.place.isEmpty ? "—" : model.place) }
        let links = model.lineage.map { place in
            user.may(.organisationView, at: place.path) ? OrganisationPages.link(place) : HTML(text: place.name)
        }
        return links.dropFirst().reduce(links[0]) { $0 + " › " + $1 }
    }

    private static func teachingPoints(_ model: SchoolModel) -> HTML {
        #"<ul>\#(each: model.teachingPoints, schoolItem)</ul>"#
    }

    private static func schoolItem(_ school: Organisation) -> HTML {
        #"<li><a href="\#(url: path(school.id))">\#(school.name)</a></li>"#
    }

    /// Exported as part of the file.
    private static func history(_ model: SchoolModel) -> HTML {
        OrganisationPages.historyTable(isExportable: false)
            .html(
                Page(items: model.changes, total: model.changes.count, next: nil), path: path(model.school.id),
                query: FormValues())
    }
}
