import Database
import Directory
import Kernel
import Web

/// The ways from a school's page to its lesson times and light packs.
struct LessonSchoolPanel: SchoolPanelSource {
    let database: Database
    let order = 60

    func panels(
        for school: Organisation, viewer: CurrentUser, on day: LocalDate, page: PageContext
    ) async throws -> [SchoolPanel] {
        guard viewer.may(.classView, at: school.path) else { return [] }
        let schedule = try await database.read { try BellStore($0).schedule(of: school.id) }
        let actions =
            UI.linkButton("作息时间", url: BellPages.path(school.id))
            + UI.linkButton("轻量包", url: LightPackPages.path(school.id))
        let first = schedule.periods.first?.start ?? 0, last = schedule.periods.last?.end ?? 0
        let words = "每天 \(schedule.periods.count) 节课，\(ClockTime.text(first)) 到 \(ClockTime.text(last))。"
        return [SchoolPanel(title: "上课", id: "lessons", actions: actions, content: HTML(text: words))]
    }

    func dossier(for school: Organisation, viewer: CurrentUser, on day: LocalDate) async throws -> [DossierSection] {
        []
    }
}
