import Kernel
import Web

/// The list of a school's classes and the page of a class.
package enum ClassPages {
    /// The page of a class.
    package static func path(_ id: ID<ClassGroup>) -> String { "/classes/" + id.rawValue }
    /// The list of the school's classes.
    package static func listPath(_ school: OrganisationID) -> String { SchoolPages.path(school) + "/classes" }

    static func link(_ row: ClassRow) -> HTML {
        #"<a href="\#(url: path(row.classGroup.id))">\#(row.name)</a>"#
    }

    static func crumbs(_ classGroup: ClassGroup, on day: LocalDate, isOwnPage: Bool = true) -> [Crumb] {
        let name = classGroup.name(on: day)
        return [
            Crumb(classGroup.schoolName, listPath(classGroup.school)),
            isOwnPage ? Crumb(name) : Crumb(name, path(classGroup.id)),
        ]
    }

    private static func table(_ caption: String, empty: HTML, withSchool: Bool = false) -> DataTable<ClassRow> {
        let school = DataColumn<ClassRow>("学校", value: { .text($0.classGroup.schoolName) })
        return DataTable(
            caption: caption,
            columns: [DataColumn("班级", value: { .text($0.name) }, cell: { link($0) })] + (withSchool ? [school] : [])
                + [
                    DataColumn("学生数", value: { .integer($0.pupils) }),
                    DataColumn("班主任", value: { .text($0.homeroom ?? "未指定") }),
                    DataColumn("入学年", value: { .text("\($0.classGroup.entryYear)级") }),
                    DataColumn("开班日期", value: { .date($0.classGroup.openedOn) }),
                    DataColumn("状态", value: { .text(state($0)) }),
                ], isExportable: false, empty: empty)
    }

    private static func state(_ row: ClassRow) -> String {
        if let closed = row.classGroup.closedOn, closed <= row.day { return "\(closed.iso) 结束" }
        return row.classGroup.openedOn > row.day ? "未开班" : "正常"
    }

    private static func whole<Row>(_ rows: [Row]) -> Page<Row> { Page(items: rows, total: rows.count, next: nil) }

    static func own(_ rows: [ClassRow], _ day: LocalDate, _ page: PageContext) -> HTML {
        let empty = UI.emptyState("还没有你任教的班级", "由学校管理员在班级页面安排班主任和任课教师。")
        let list = table("我的班级", empty: empty, withSchool: true)
            .html(whole(rows), path: "/classes", query: FormValues())
        let content: HTML = """
            \(UI.heading("我的班级", note: SchoolYear(containing: day).title))
            \(UI.card(nil, list))
            """
        return UI.layout("我的班级", page, breadcrumbs: [Crumb("我的班级")], content)
    }

    static func list(_ model: SchoolClasses, _ page: PageContext, _ query: FormValues) -> HTML {
        let address = listPath(model.school.id)
        let title = "\(model.school.name)班级"
        let new: HTML = UI.linkButton("新建班级", url: address + "/new", style: .primary)
        let empty =
            model.isOwnOnly
            ? UI.emptyState("没有你任教的班级", "由学校管理员安排班主任和任课教师。")
            : UI.emptyState("还没有班级", "新建班级后，在班级页面添加学生。")
        let day = UI.dateField("on", label: "查询日期", value: model.day)
        let pupils = model.rows.reduce(0) { $0 + $1.pupils }
        let note = "\(SchoolYear(containing: model.day).title) · \(model.rows.count) 个班，\(pupils) 名学生"
        let closed = table("已结束的班级", empty: "").html(whole(model.closed), path: address, query: FormValues())
        let content: HTML = """
            \(UI.heading(title, note: note, actions: model.mayEdit ? new : ""))
            \(UI.card(nil, UI.filterBar(action: address, query: query, day)))
            \(UI.card(nil, table("班级", empty: empty).html(whole(model.rows), path: address, query: query)))
            \(if: !model.suspended.isEmpty, UI.card("休学", id: "suspended",
                suspended(model.suspended, isPresent: model.isToday)))
            \(if: !model.closed.isEmpty, UI.card("已结束的班级", id: "closed", closed))
            """
        // A teacher may hold the right to her classes without that to the school's page.
        let isSchoolSeen = page.user?.may(.schoolView, at: model.school.path) ?? false
        let school = Crumb(model.school.name, isSchoolSeen ? SchoolPages.path(model.school.id) : nil)
        return UI.layout(title, page, breadcrumbs: [school, Crumb("班级")], content)
    }

    static func show(
        _ model: ClassModel, _ related: [RelatedPage<RelatedClass>], _ page: PageContext, _ query: FormValues
    ) -> HTML {
        let classGroup = model.classGroup, address = path(classGroup.id)
        let actions: HTML = """
            \(UI.linkButton("添加学生", url: address + "/pupils/new", style: .primary))\
            \(UI.linkButton("批量添加", url: address + "/pupils/paste"))\
            \(UI.linkButton("安排教师", url: address + "/teachers/new"))\
            \(UI.linkButton("更改班名", url: address + "/name"))\
            \(UI.linkButton("结束班级", url: address + "/closure"))
            """
        let day = model.isPresent ? "" : " · \(model.day.chinese)"
        let note = "\(classGroup.schoolName) · \(classGroup.cohortName) · \(model.pupils.count) 名学生\(day)"
        let teachers = postTable(model, page).html(whole(model.posts), path: address, query: FormValues())
        let guardians: HTML =
            model.seesGuardians ? UI.linkButton("家长", url: ClassGuardianPages.path(classGroup.id)) : ""
        let links: HTML = model.isPresent ? guardians + related.links(model, page.user) : ""
        let content: HTML = """
            \(UI.heading(model.name, note: note, actions: links + (model.mayEdit ? actions : "")))
            \(closedNotice(classGroup))
            \(UI.card(nil, UI.filterBar(action: address, query: query,
                UI.dateField("on", label: "查询日期", value: model.day))))
            \(UI.card("教师", id: "teachers", teachers))
            \(pupils(model, address))
            \(if: !model.suspended.isEmpty, UI.card("休学", id: "suspended",
                suspended(model.suspended, isPresent: model.isPresent)))
            \(if: !model.arriving.isEmpty, UI.card("即将入班", id: "arriving", arriving(model)))
            """
        return UI.layout(model.name, page, breadcrumbs: crumbs(classGroup, on: model.day), content)
    }

    /// One list, of a 复式班 one for each grade.
    private static func pupils(_ model: ClassModel, _ address: String) -> HTML {
        let classGroup = model.classGroup, table = pupilTable(model)
        guard classGroup.isMultigrade else {
            return UI.card("学生", id: "pupils", table.html(whole(model.pupils), path: address, query: FormValues()))
        }
        let cards = classGroup.entryYears.enumerated().map { index, year in
            let members = model.pupils.filter { ($0.enrolment.entryYear ?? classGroup.entryYear) == year }
            let title = classGroup.grade(ofEntry: year, on: model.day)?.title ?? "\(year)级"
            let list = table.html(whole(members), path: address, query: FormValues())
            return UI.card(
                "\(title)学生（\(members.count) 人）", id: index == 0 ? "pupils" : "pupils-\(index + 1)", list)
        }
        return "\(each: cards, { $0 })"
    }

    private static func closedNotice(_ classGroup: ClassGroup) -> HTML {
        guard let closed = classGroup.closedOn else { return "" }
        return UI.notice(.info, "<p>这个班于\(closed.chinese)结束。</p>")
    }

    private static func suspended(_ enrolments: [Enrolment], isPresent: Bool) -> HTML {
        #"<ul>\#(each: enrolments, { suspendedPupil($0, isPresent) })</ul>"#
    }

    private static func suspendedPupil(_ enrolment: Enrolment, _ isPresent: Bool) -> HTML {
        let since = enrolment.until.map { "，\($0.chinese)起" } ?? ""
        guard isPresent else { return "<li>\(enrolment.name)\(since)</li>" }
        let url = PupilPages.path(enrolment.person, in: enrolment.classGroup)
        return #"<li><a href="\#(url: url)">\#(enrolment.name)</a>\#(since)</li>"#
    }

    private static func arriving(_ model: ClassModel) -> HTML {
        #"<ul>\#(each: model.arriving, { "<li>\($0.name)，\($0.from.chinese)</li>" })</ul>"#
    }

    /// Not to be exported: lists with numbers leave the platform by approval only.
    private static func pupilTable(_ model: ClassModel) -> DataTable<ClassModel.Pupil> {
        let id = model.classGroup.id
        let empty =
            model.mayEdit
            ? UI.emptyState("班里还没有学生", "逐个添加，或把“姓名 学籍号”粘贴到批量添加。") : UI.emptyState("班里没有学生", "")
        return DataTable(
            caption: "学生",
            columns: [
                DataColumn(
                    "姓名", value: { .text($0.enrolment.name) },
                    cell: { pupil in
                        if model.isClosed || !model.isPresent { return HTML(text: pupil.enrolment.name) }
                        let url = PupilPages.path(pupil.enrolment.person, in: id)
                        return #"<a href="\#(url: url)">\#(pupil.enrolment.name)</a>"#
                    }),
                DataColumn("学籍号", value: { known($0.numbers[.studentNumber]) }),
                DataColumn("证件号", value: { known($0.numbers[.citizenNumber] ?? $0.numbers[.document]) }),
                DataColumn("家长手机号", value: { known($0.phones.isEmpty ? nil : $0.phones.joined(separator: "、")) }),
                DataColumn("入班日期", value: { .date($0.enrolment.from) }),
            ], isExportable: false, empty: empty)
    }

    private static func known(_ text: String?) -> TableValue { text.map(TableValue.text) ?? .empty }

    private static func postTable(_ model: ClassModel, _ page: PageContext) -> DataTable<ClassPost> {
        let id = model.classGroup.id
        var columns: [DataColumn<ClassPost>] = [
            DataColumn("姓名", value: { .text($0.personName) }), DataColumn("任课", value: { .text($0.title) }),
            DataColumn("开始日期", value: { .date($0.from) }),
        ]
        if model.mayEdit {
            columns.append(
                DataColumn(
                    "操作",
                    cell: { post in
                        UI.postButton(
                            "结束", action: path(id) + "/teachers/end", page: page,
                            confirm: "从今天起，\(post.personName)不再担任这个班的\(post.title)。",
                            hidden: [("post", post.id.rawValue)])
                    }))
        }
        return DataTable(
            caption: "教师", columns: columns, isExportable: false,
            empty: UI.emptyState("还没有安排教师", model.mayEdit ? "先指定班主任。" : "由学校管理员安排。"))
    }
}
