import Database
import Directory
import Kernel
import Web

/// 今天的课 on the page of a child.
struct LessonChildPanel: ChildPanelSource {
    let review: ReviewOffice
    let today: @Sendable () -> LocalDate
    let order = 20

    func panels(for child: ChildSubject, viewer: CurrentUser, _ db: Connection) throws -> [ChildPanel] {
        guard let enrolment = child.enrolment else { return [] }
        let day = today()
        let lessons = try PushStore(db).lessons(of: [enrolment.classGroup], from: day, to: day)
        let lines = try LessonLines(db, review).lines(of: lessons, seesAll: false)
        let words = lines.isEmpty ? "今天还没有推送的资源。" : lines.map(\.place.node.title).joined(separator: "、")
        let content: HTML = """
            <p>\(words)</p>
            <div class="actions">\(UI.linkButton("看今天的课", url: LessonPages.path(ofChild: child.guardianship.child)))</div>
            """
        return [ChildPanel(title: "今天的课", id: "lessons", content: content)]
    }
}

/// What waits for a pupil on the page she begins with: the lessons of today.
struct LessonToday: TodaySource {
    let review: ReviewOffice
    let today: @Sendable () -> LocalDate

    func items(for user: CurrentUser, on day: LocalDate, _ db: Connection) throws -> [TodayItem] {
        guard user.grants.contains(where: { $0.role == "student" }) else { return [] }
        let day = today()
        guard let enrolment = try LessonReader(user, on: day, db).own() else { return [] }
        let lessons = try PushStore(db).lessons(of: [enrolment.classGroup], from: day, to: day)
        guard !lessons.isEmpty else { return [] }
        return [TodayItem("今天有 \(lessons.count) 节课推送了资源。", "看今天的课", path: LessonPages.ownPath)]
    }
}
