import Database
import Kernel
import Web

/// `/schools/:id/guardians`: the guardians who wait for the school's word.
struct PendingGuardianRoutes: Sendable {
    let database: Database

    func add(to routes: inout Routes) {
        routes.get("/schools/:id/guardians", access: .can(.classEdit), show)
    }

    static func path(_ school: OrganisationID) -> String { SchoolPages.path(school) + "/guardians" }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, today = Timestamp.now.day
        let id: OrganisationID = try request.id("id")
        let model = try await database.read { try PendingGuardians(id, on: today, for: user, $0) }
        return .html(PendingGuardianPages.show(model, request.page))
    }
}

/// The pending guardian relations of a school's pupils.
struct PendingGuardians: Sendable {
    struct Row: Sendable {
        let guardianship: Guardianship
        let classGroup: ClassGroup
    }

    let school: Organisation
    let day: LocalDate
    let rows: [Row]

    /// Throws `DomainError.notFound` unless the user may change the classes of the school.
    init(_ id: OrganisationID, on day: LocalDate, for user: CurrentUser, _ db: Connection) throws {
        let school = try OrganisationStore(db).find(id, within: user.scope(of: .classEdit))
        guard school.kind.isSchool, !school.isTakenBack else { throw DomainError.notFound }
        (self.school, self.day) = (school, day)
        var classes: [ID<ClassGroup>: ClassGroup] = [:]
        rows = try GuardianshipStore(db).pending(at: id, on: day).map { guardianship, classGroup in
            let group = try classes[classGroup] ?? ClassGroupStore(db).find(classGroup, within: .everything)
            classes[classGroup] = group
            return Row(guardianship: guardianship, classGroup: group)
        }
    }
}

enum PendingGuardianPages {
    static func show(_ model: PendingGuardians, _ page: PageContext) -> HTML {
        let address = PendingGuardianRoutes.path(model.school.id), day = model.day
        let table = DataTable<PendingGuardians.Row>(
            caption: "待确认的家长",
            columns: [
                DataColumn(
                    "家长", value: { .text($0.guardianship.guardianName) },
                    cell: { row in
                        let one = row.guardianship
                        let url = GuardianPages.path(of: one.child, in: row.classGroup.id) + "/" + one.id.rawValue
                        return #"<a href="\#(url: url)">\#(one.guardianName)</a>"#
                    }),
                DataColumn("学生", value: { .text($0.guardianship.childName) }),
                DataColumn("班级", value: { .text($0.classGroup.name(on: day)) }),
                DataColumn("来源", value: { .text($0.guardianship.origin.title) }),
                DataColumn("登记日期", value: { .date($0.guardianship.from) }),
            ], isExportable: false, empty: UI.emptyState("没有待确认的家长", "家长申报孩子后，会出现在这里。"))
        let rows = table.html(
            Page(items: model.rows, total: model.rows.count, next: nil), path: address, query: FormValues())
        let content: HTML = """
            \(UI.heading("待确认的家长", note: model.school.name))
            \(UI.card(nil, rows))
            """
        let crumbs = [Crumb("\(model.school.name)班级", ClassPages.listPath(model.school.id)), Crumb("待确认的家长")]
        return UI.layout("待确认的家长", page, breadcrumbs: crumbs, content)
    }
}

/// On a school's page: that guardians wait for its word.
struct PendingGuardianPanel: SchoolPanelSource {
    let database: Database
    let order = 5

    func panels(
        for school: Organisation, viewer: CurrentUser, on day: LocalDate, page: PageContext
    ) async throws -> [SchoolPanel] {
        guard viewer.may(.classEdit, at: school.path), day == Timestamp.now.day else { return [] }
        let count = try await database.read { try GuardianshipStore($0).pendingCount(at: school.id, on: day) }
        if count == 0 { return [] }
        let open = UI.linkButton("核对", url: PendingGuardianRoutes.path(school.id))
        return [
            SchoolPanel(
                title: "待确认的家长", id: "guardians", actions: open, content: "<p>有 \(count) 位家长等待核对。</p>")
        ]
    }

    func dossier(for school: Organisation, viewer: CurrentUser, on day: LocalDate) async throws -> [DossierSection] {
        []
    }
}
