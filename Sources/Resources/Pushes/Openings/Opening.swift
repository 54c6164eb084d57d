import Kernel

/// 课上打开: that a class had something of its pack on the board in a lesson. Counted once for a class and lesson; no person
/// stands in it.
enum OpeningVerdict: Sendable, Equatable {
    /// For this lesson of the day.
    case counts(Int)
    case otherDay
    case noSchoolDay
    case outsideLesson

    /// - Parameters:
    ///   - lesson: what the pack is for; the lesson 0 is any.
    ///   - now: when it is opened.
    static func judge(
        day: LocalDate, period: Int, now: Timestamp, bells: BellSchedule, isSchoolDay: Bool
    ) -> OpeningVerdict {
        guard now.day == day else { return .otherDay }
        guard isSchoolDay else { return .noSchoolDay }
        let minute = now.minuteOfDay
        if period == 0 { return bells.period(at: minute).map { .counts($0.number) } ?? .outsideLesson }
        // A lesson that the school has taken out of its times since counts no more.
        guard let window = bells.window(of: period), window.contains(minute) else { return .outsideLesson }
        return .counts(period)
    }
}

/// What came of opening something.
enum OpeningOutcome: Sendable, Equatable {
    case counted(Int)
    case repeated(Int)
    /// Shown, not counted, for this reason.
    case notCounted(OpeningVerdict)

    var words: String {
        switch self {
        case .counted(let period): "已计入第\(period)节的课堂使用"
        case .repeated(let period): "第\(period)节已经计过，不重复计"
        case .notCounted(.otherDay): "不是这节课的日子，不计"
        case .notCounted(.noSchoolDay): "今天不上课，不计"
        case .notCounted: "不在上课时间，不计"
        }
    }

    var isCounted: Bool {
        if case .counted = self { true } else { false }
    }
}

enum OpeningSchema {
    static let statements = [
        """
        CREATE TABLE resources_opening (
            class_id TEXT NOT NULL REFERENCES directory_class_group (id), day TEXT NOT NULL, period INTEGER NOT NULL,
            lesson_id TEXT NOT NULL REFERENCES resources_lesson (id),
            item_id TEXT NOT NULL REFERENCES resources_item (id), at INTEGER NOT NULL,
            PRIMARY KEY (class_id, day, period))
        """,
        "CREATE INDEX resources_opening_lesson ON resources_opening (lesson_id)",
        """
        CREATE TABLE resources_item_use (
            item_id TEXT NOT NULL PRIMARY KEY REFERENCES resources_item (id), uses INTEGER NOT NULL)
        """,
    ]

    /// Several rows of one resource, so that classes that open it in the same minute do not write the same row.
    static let slots = [
        """
        CREATE TABLE resources_item_use_slot (
            item_id TEXT NOT NULL REFERENCES resources_item (id), slot INTEGER NOT NULL, uses INTEGER NOT NULL,
            PRIMARY KEY (item_id, slot))
        """,
        "INSERT INTO resources_item_use_slot (item_id, slot, uses) SELECT item_id, 0, uses FROM resources_item_use",
        "DROP TABLE resources_item_use",
    ]
}
