import Database
import Directory
import Kernel
import Platform
import Web

/// `/affairs`: what waits for the user, and the ways to everything about pupils' records.
struct AffairsDeskRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) { routes.get(AffairsDeskPages.path, access: .can(.changeApply), show) }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, today = now().day, crypto = crypto
        let asked = request.query.text("school").flatMap { OrganisationID(checking: $0) }
        let desk = try await database.read { try AffairsDesk(for: user, school: asked, on: today, $0, crypto) }
        return .html(AffairsDeskPages.page(desk, request.page, request.query))
    }
}

/// What one person finds on her desk.
struct AffairsDesk: Sendable {
    static let limit = 50

    let today: LocalDate
    let transfers: [TransferRow]
    let changes: [StudentChange]
    let alarms: [DropoutAlarm]
    /// Schools with pupils who wait for a class.
    let unassigned: [(school: OrganisationID, name: String, count: Int)]
    /// Those the user may choose from, by name.
    let schools: [Organisation]
    /// The one chosen, or the only one.
    let school: Organisation?
    /// In 休学 from the chosen school.
    let suspended: [(enrolment: Enrolment, classGroup: ClassGroup)]

    init(
        for user: CurrentUser, school asked: OrganisationID?, on day: LocalDate, _ db: Connection,
        _ crypto: any CryptoProvider
    ) throws {
        let applying = user.scope(of: .changeApply), approving = user.scope(of: .changeApprove)
        today = day
        let store = TransferStore(db, crypto)
        transfers = try TransferRow.rows(
            store.waiting(applying: applying, approving: approving, limit: AffairsDesk.limit), store)
        changes = try StudentChangeStore(db, crypto).waiting(at: approving, limit: AffairsDesk.limit)
        alarms = try DropoutAlarmStore(db, crypto).list(within: applying, isOpen: true, limit: AffairsDesk.limit).rows
        unassigned = try AdmissionStore(db).counts(within: applying)
        schools = try OrganisationStore(db).all(within: applying, on: day).filter {
            $0.kind.isSchool && $0.closedOn == nil
        }.sorted { $0.name < $1.name }
        // Who belongs to one school begins there, even when teaching points are below it.
        let own = applying.roots.count == 1 ? schools.first { $0.path == applying.roots[0] } : nil
        let found = schools.count == 1 ? schools.first : schools.first { $0.id == asked } ?? (asked == nil ? own : nil)
        school = found
        let classes = ClassGroupStore(db)
        suspended =
            try found.map { school in
                try EnrolmentStore(db).suspended(of: school.id, on: day).map {
                    (enrolment: $0, classGroup: try classes.find($0.classGroup, within: .everything))
                }
            } ?? []
    }
}

enum AffairsDeskPages {
    static let path = "/affairs"

    static func page(_ desk: AffairsDesk, _ page: PageContext, _ query: FormValues) -> HTML {
        let links: HTML = """
            \(UI.linkButton("转学", url: TransferPages.root))\
            \(UI.linkButton("学籍异动", url: StudentChangePages.root))\
            \(UI.linkButton("控辍保学台账", url: DropoutPages.root))
            """
        let content: HTML = """
            \(waiting(desk))
            \(if: !desk.alarms.isEmpty, UI.card("控辍保学提醒", id: "alarms", alarms(desk)))
            \(if: !desk.unassigned.isEmpty, UI.card("待分班", id: "unassigned", unassigned(desk)))
            \(UI.card("学校办理", id: "school", school(desk, query)))
            """
        return CasePages.layout("学籍", page, note: "截至 \(desk.today.iso)", actions: links, content)
    }

    private static func waiting(_ desk: AffairsDesk) -> HTML {
        let transfers = TransferPages.table(desk.today, caption: "待办转学", empty: "")
            .html(CasePages.whole(desk.transfers), path: path, query: FormValues())
        let changes = StudentChangePages.table(desk.today, caption: "待办异动", empty: "")
            .html(CasePages.whole(desk.changes), path: path, query: FormValues())
        let isEmpty = desk.transfers.isEmpty && desk.changes.isEmpty
        let content: HTML = """
            \(if: !desk.transfers.isEmpty, transfers)
            \(if: !desk.changes.isEmpty, changes)
            \(if: isEmpty, UI.emptyState("没有待办", "轮到你办理的转学和异动会出现在这里。"))
            """
        return UI.card("待我办理", id: "waiting", content)
    }

    private static func alarms(_ desk: AffairsDesk) -> HTML {
        DropoutPages.table(empty: "").html(CasePages.whole(desk.alarms), path: path, query: FormValues())
    }

    private static func unassigned(_ desk: AffairsDesk) -> HTML {
        #"""
        <ul>\#(each: desk.unassigned, { item in
            #"<li><a href="\#(url: AdmissionPages.path(item.school))">\#(item.name)</a>，\#(item.count) 名学生</li>"#
        })</ul>
        """#
    }

    /// What a school does; whoever has several chooses one first.
    private static func school(_ desk: AffairsDesk, _ query: FormValues) -> HTML {
        let options = [SelectOption("", "选择学校")] + desk.schools.map { SelectOption($0.id.rawValue, $0.name) }
        let choice = UI.select("school", label: "学校", options: options, selected: desk.school?.id.rawValue)
        return """
            \(if: desk.schools.count > 1, UI.filterBar(action: path, query: query, choice))
            \(desk.school.map { deeds($0, desk) })
            """
    }

    private static func deeds(_ school: Organisation, _ desk: AffairsDesk) -> HTML {
        let suspended: HTML = #"""
            <h3>休学</h3><ul>\#(each: desk.suspended, suspendedPupil)</ul>
            """#
        return #"""
            <p>\#(school.name)。休学、复学、退学和关键信息变更在学生页面办理。</p>
            <div class="actions">\#(UI.linkButton("招生入学", url: AdmissionPages.path(school.id) + "/new"))\#
            \#(UI.linkButton("待分班", url: AdmissionPages.path(school.id)))\#
            \#(UI.linkButton("转入申请", url: TransferPages.newPath(school.id)))\#
            \#(UI.linkButton("班级", url: ClassPages.listPath(school.id)))</div>
            \#(if: !desk.suspended.isEmpty, suspended)
            """#
    }

    private static func suspendedPupil(_ item: (enrolment: Enrolment, classGroup: ClassGroup)) -> HTML {
        let url = PupilPages.path(item.enrolment.person, in: item.classGroup.id)
        let since = item.enrolment.until.map { "，\($0.iso) 起" } ?? ""
        let name = item.classGroup.name(on: item.enrolment.until ?? item.enrolment.from)
        return #"<li><a href="\#(url: url)">\#(item.enrolment.name)</a>，原\#(name)\#(since)</li>"#
    }
}
