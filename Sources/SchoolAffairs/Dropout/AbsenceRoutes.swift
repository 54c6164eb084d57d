import Database
import Directory
import Kernel
import Platform
import Web

/// `/classes/:id/absences`: a class teacher enters on her phone who is away.
struct AbsenceRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        routes.get("/classes/:id/absences", access: .can(.classView)) { try await show($0) }
        routes.post("/classes/:id/absences", access: .can(.classView), enter)
    }

    /// The class as the viewer sees it, and whether she may enter: its class teacher, and who keeps the school's rolls.
    private static func classGroup(
        _ id: ID<ClassGroup>, _ user: CurrentUser, on day: LocalDate, _ db: Connection
    ) throws -> (ClassGroup, mayEnter: Bool) {
        let store = ClassGroupStore(db), classGroup = try store.find(id, within: ClassScope(user, on: day))
        if user.may(.changeApply, at: classGroup.path) { return (classGroup, true) }
        let led = try? store.find(id, within: .led(by: user, with: .classView, on: day))
        return (classGroup, led != nil)
    }

    private func show(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let user = try request.user, today = now().day, crypto = crypto
        let id: ID<ClassGroup> = try request.id("id")
        let asked = (request.form.text("on") ?? request.query.text("on")).flatMap { LocalDate(iso: $0) }
        let day = min(asked ?? today, today)
        let view = try await database.read { db in
            let (classGroup, mayEnter) = try AbsenceRoutes.classGroup(id, user, on: today, db)
            let alarms = DropoutAlarmStore(db, crypto)
            let members = try EnrolmentStore(db).members(of: id, on: day)
            return AbsencePages.View(
                classGroup: classGroup, day: day, isSchoolDay: WorkCalendar.shipped.isSchoolDay(day), members: members,
                absences: try AbsenceStore(db: db, crypto: crypto).absences(of: id, on: day),
                alarmed: Set(try members.map(\.person).filter { try alarms.open(of: $0) != nil }),
                mayEnter: mayEnter)
        }
        let page = AbsencePages.page(view, request.page, request.query, request.form, problems)
        return WebResponse.html(page, status: status).with(header: "cache-control", "no-store")
    }

    @Sendable private func enter(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = now(), crypto = crypto, values = request.form
        let id: ID<ClassGroup> = try request.id("id"), actor = AuditActor(user, address: request.remoteAddress)
        do {
            guard let day = LocalDate(iso: values["on"] ?? "") else {
                throw DomainError.invalid("on", "填写日期，如 2026-09-01")
            }
            let away = AbsencePages.away(values)
            let raised = try await database.write { db in
                let (classGroup, mayEnter) = try AbsenceRoutes.classGroup(id, user, on: now.day, db)
                guard mayEnter else { throw DomainError.forbidden("缺勤由班主任登记。") }
                return try DropoutService(db, crypto, by: actor, now: now).enter(away, of: classGroup, on: day)
            }
            let told = raised > 0 ? "，\(raised) 名学生已提醒学校和县(市、区)" : ""
            return .redirect(
                AbsencePages.path(id) + "?on=" + day.iso, flash: Flash(.done, "\(day.chinese)的缺勤已保存\(told)"))
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems, status: 422)
        }
    }
}
