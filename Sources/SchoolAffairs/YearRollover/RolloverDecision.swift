import Database
import Directory
import Kernel

/// What becomes of the pupils of one grade of a class in the new school year. The raw value is stored.
enum RolloverAction: String, Column, Sendable, CaseIterable {
    /// They go up with their class; nothing is written, as the grade follows from the day.
    case promote
    case graduate
    /// The last grade goes on to the next stage of the same school as a class (九年一贯制).
    case nextStage = "next_stage"
    /// The class goes from the teaching point to its central school.
    case central
    /// They join a class of their own grade.
    case merge
    /// They form a 复式班 with another grade of the number told, or with the new first grade.
    case combine
    /// Of a 复式班, they form a class of their own.
    case separate

    var title: String {
        switch self {
        case .promote: "随班升级"
        case .graduate: "毕业离校"
        case .nextStage: "升入本校下一学段"
        case .central: "整班转入中心校"
        case .merge: "并入同年级班级"
        case .combine: "编入复式班"
        case .separate: "另编新班"
        }
    }
}

/// The pupils of one entry year in one class.
struct RolloverPartKey: Hashable, Sendable, Comparable {
    let classGroup: ID<ClassGroup>
    let entryYear: Int

    static func < (a: RolloverPartKey, b: RolloverPartKey) -> Bool {
        (a.classGroup, a.entryYear) < (b.classGroup, b.entryYear)
    }
}

/// What was decided for a part, by default or by a person.
struct RolloverDecision: Sendable, Equatable {
    var action: RolloverAction
    /// The class they join; only with `merge`.
    var target: ID<ClassGroup>?
    /// 班号 of the class they form; the number of the present class when none is told.
    var number: Int?
    /// Whether the teachers go on: in the class where it goes on, else in the class that the pupils form.
    var keepsPosts = true
}

/// What becomes of a pupil who does not go with her class.
enum RolloverSingleAction: String, Column, Sendable, CaseIterable {
    /// 留级: into a class of the grade below.
    case `repeat`
    /// 跳级: into a class of the grade above.
    case skip
    /// 转班级: into another class of her grade.
    case change
    case withdraw

    var title: String {
        switch self {
        case .repeat: "留级"
        case .skip: "跳级"
        case .change: "转班"
        case .withdraw: "离校"
        }
    }

    /// By how many years her entry year changes.
    var shift: Int {
        switch self {
        case .repeat: 1
        case .skip: -1
        case .change, .withdraw: 0
        }
    }

    var reason: LeavingReason {
        switch self {
        case .repeat: .repeating
        case .skip: .skipping
        case .change: .classChange
        case .withdraw: .other
        }
    }
}

/// 例外 of one pupil.
struct RolloverSingle: Sendable, Equatable {
    let enrolment: ID<Enrolment>
    let part: RolloverPartKey
    let action: RolloverSingleAction
    /// 班号 of the class she comes into, after the rollover.
    let number: Int
}

/// What looks wrong with a pupil and is worth a look before the rollover.
enum RolloverWarning: String, Sendable, CaseIterable {
    case noFacts, overAge, tooYoung, twice

    var title: String {
        switch self {
        case .noFacts: "缺性别或出生日期"
        case .overAge: "比同年级大三岁以上"
        case .tooYoung: "入学年可能有误"
        case .twice: "同名同生日"
        }
    }
}
