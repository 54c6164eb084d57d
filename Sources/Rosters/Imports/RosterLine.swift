import Database
import Directory
import Kernel
import Platform

/// What an import would do with a row.
enum RosterLineKind: String, Column, Sendable, CaseIterable {
    case new, changed, unchanged, doubtful, refused

    var title: String {
        switch self {
        case .new: "新增"
        case .changed: "变更"
        case .unchanged: "不变"
        case .doubtful: "疑似重复"
        case .refused: "退回"
        }
    }
}

/// One datum that a row would change, as a person reads it; sensitive values are masked.
struct RosterChange: Sendable, Equatable {
    let label: String
    /// `nil` when nothing was known.
    let old: String?
    let new: String
}

/// What a row tells of a parent who is known: what it is to be, and what it was, so that it can be taken back.
struct RosterGuardianChange: Sendable, Equatable {
    struct Value: Sendable, Equatable {
        /// Code of 监护人关系; `nil` when nobody has told it.
        var relation: String?
        var order: Int?
    }

    let guardianship: ID<Guardianship>
    let old: Value
    let new: Value
}

/// What a row means for the person it was matched with. Values and numbers are only those that are to be written.
struct RosterContent: Sendable, Equatable {
    var school: OrganisationID?
    /// By field id.
    var values: [String: String] = [:]
    var numbers: [RosterNumber] = []
    /// The numbers that those of a known person replace; undoing brings them back.
    var formerNumbers: [RosterNumber] = []
    /// The class she comes into; made when it does not exist.
    var classWords: ClassWords?
    /// That class when it exists.
    var classGroup: ID<ClassGroup>?
    /// The class of the school she leaves for it.
    var leaves: ID<ClassGroup>?
    /// The first day in the class or in the post.
    var from: LocalDate?
    /// 岗位职业码 of the post she gets.
    var post = ""
    /// Whether the posts she holds at the school end with that.
    var endsPosts = false
    /// Parents she gets.
    var guardians: [RosterGuardian] = []
    /// Parents she has, of whom the row tells something else.
    var guardianChanges: [RosterGuardianChange] = []
    /// Of a doubtful row: whom it may mean.
    var candidates: [ID<Person>] = []
    var changes: [RosterChange] = []
    /// What asks for a second look.
    var notes: [ImportProblem] = []
    /// Why the row, or a cell of it, is not taken.
    var problems: [ImportProblem] = []
}

/// A row of an uploaded roster with its meaning: one line of the change set.
struct RosterLine: Sendable, Equatable {
    let id: String
    /// Counts through all sheets, from 1.
    let number: Int
    let sheet: String
    let sheetIndex: Int
    /// As Excel numbers it.
    let row: Int
    let kind: RosterLineKind
    /// Whom it means; made beforehand for somebody new.
    let person: ID<Person>?
    let name: String
    /// School and class as the change set shows them.
    let place: String
    let content: RosterContent

    /// As messages name the place: `“花名册”第 5 行`.
    static func place(sheet: String, row: Int) -> String {
        let name = ChineseText.quoted(sheet)
        return name.isEmpty ? "第 \(row) 行" : "“\(name)”第 \(row) 行"
    }
}
