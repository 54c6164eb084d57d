import Database
import Directory
import Kernel

/// A lesson with what somebody sees of its pack.
struct LessonLine: Sendable {
    let lesson: Lesson
    let classGroup: ClassGroup
    let place: NodePlace
    let push: Push
    /// What is open to the class, in order; of it, for families, what is meant for pupils.
    let entries: [PackEntry]
    /// How many of the pack are taken down or no longer open to the class.
    let missing: Int
    /// When the lesson is; `nil` for any lesson of the day.
    let period: Period?
    /// In which lessons it was opened in class.
    let counted: [Int]

    var className: String { classGroup.name(on: lesson.day) }
    var when: String { period.map { "\(lesson.periodTitle) \($0.times)" } ?? lesson.periodTitle }
}

/// Gathers lines for many lessons with as many questions as there are kinds of facts.
struct LessonLines {
    private let db: Connection
    private let office: ReviewOffice

    init(_ db: Connection, _ office: ReviewOffice) { (self.db, self.office) = (db, office) }

    /// In the order of the lessons. The reader has been let in to each of the classes.
    func lines(of lessons: [Lesson], seesAll: Bool) throws -> [LessonLine] {
        guard !lessons.isEmpty else { return [] }
        let classes = try ClassGroupStore(db).find(unique(lessons.map(\.classGroup)), within: .everything)
        let places = Dictionary(
            try TextbookStore(db).places(of: unique(lessons.map(\.node))).map { ($0.node.id, $0) }
        ) { first, _ in first }
        let pushes = try PushStore(db).pushes(unique(lessons.map(\.push)))
        let packs = try PackStore(db).entries(of: unique(lessons.map(\.push)))
        let bells = try BellStore(db).schedules(of: unique(lessons.map(\.school)))
        let counted = try OpeningStore(db).periods(of: lessons.map(\.id))
        let shown = try PackGate(office.consent, db).open(packs.values.joined().map(\.item))
        return lessons.compactMap { lesson in
            guard let group = classes[lesson.classGroup], let place = places[lesson.node],
                let push = pushes[lesson.push]
            else { return nil }
            let pack = packs[lesson.push] ?? []
            let open = pack.filter { $0.isOpen(to: group.path) && shown.contains($0.item.id) }
            let schedule = bells[lesson.school] ?? .usual
            return LessonLine(
                lesson: lesson, classGroup: group, place: place, push: push,
                entries: seesAll ? open : open.filter(\.isForPupils), missing: pack.count - open.count,
                period: schedule[lesson.period], counted: counted[lesson.id] ?? [])
        }
    }

    private func unique<Key: Hashable & Comparable>(_ keys: [Key]) -> [Key] { Set(keys).sorted() }
}
