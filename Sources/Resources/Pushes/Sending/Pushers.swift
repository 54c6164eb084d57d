import Database
import Directory
import Kernel

/// The classes somebody may push to: those she leads or teaches, and all where she reviews.
struct ClassesOfPusher {
    private let user: CurrentUser
    private let day: LocalDate
    private let db: Connection

    init(_ user: CurrentUser, on day: LocalDate, _ db: Connection) {
        (self.user, self.day, self.db) = (user, day, db)
    }

    /// Those she leads or teaches, as the form offers them.
    func own() throws -> [ClassGroup] {
        try ClassGroupStore(db).classes(of: user.person, on: day).filter { user.may(.lessonPush, at: $0.path) }
    }

    /// Those of the classes that she may push to.
    func classes(_ ids: [ID<ClassGroup>]) throws -> [ID<ClassGroup>: ClassGroup] {
        let own = Set(try own().map(\.id))
        return try ClassGroupStore(db).find(Set(ids).sorted(), within: .everything).filter { id, group in
            own.contains(id) || (user.may(.lessonPush, at: group.path) && user.may(.itemReview, at: group.path))
        }
    }
}

/// The grade that a textbook is for.
struct PushGrade: Sendable, Equatable {
    let code: String
    let stage: ClassStage
    let ordinal: Int

    /// `nil` for a textbook without a grade.
    init?(_ key: TextbookKey) {
        guard let stage = ClassStage(rawValue: key.stage), let ordinal = Int(key.grade.dropFirst()),
            Grade(stage, ordinal) != nil
        else { return nil }
        (code, self.stage, self.ordinal) = (key.grade, stage, ordinal)
    }

    var title: String { TextbookGrade.title(code) }

    /// The grades on the day of pupils who began the stage in the years, by the codes of their textbooks. Where 初中 has
    /// four years its first is 六年级, and reads the books of 小学.
    static func codes(_ stage: ClassStage, years: Int, entries: [Int], on day: LocalDate) -> [String] {
        entries.compactMap { entry in
            let ordinal = SchoolYear(containing: day).start - entry + 1
            guard let grade = Grade(stage, ordinal, years: years) else { return nil }
            guard stage == .junior, years == 4 else { return grade.code }
            return ordinal == 1 ? Grade(.primary, 6)?.code : Grade(.junior, ordinal - 1)?.code
        }
    }
}
