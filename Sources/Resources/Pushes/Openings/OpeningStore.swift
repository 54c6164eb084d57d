import Database
import Directory
import Kernel

/// All SQL of openings.
struct OpeningStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Whether it is the first of the class in the lesson.
    func insert(
        _ lesson: Lesson, period: Int, _ item: ID<Item>, now: Timestamp
    ) throws -> Bool {
        try db.change(
            """
            INSERT INTO resources_opening (class_id, day, period, lesson_id, item_id, at)
            VALUES (\(lesson.classGroup), \(lesson.day), \(period), \(lesson.id), \(item), \(now))
            ON CONFLICT (class_id, day, period) DO NOTHING
            """) > 0
    }

    /// In which lessons of the day each of the packs was opened.
    func periods(of lessons: [ID<Lesson>]) throws -> [ID<Lesson>: [Int]] {
        var found: [ID<Lesson>: [Int]] = [:]
        try db.each(
            """
            SELECT g.lesson_id, g.period FROM resources_opening g WHERE g.lesson_id IN \(in: lessons)
            ORDER BY g.lesson_id, g.period
            """
        ) { found[try $0.get(0), default: []].append(try $0.get(1)) }
        return found
    }
}
