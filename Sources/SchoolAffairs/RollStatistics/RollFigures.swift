import Directory
import Kernel

/// One class on a day, as statistics count it.
struct CountedClass: Sendable {
    let id: ID<ClassGroup>
    let school: OrganisationID
    let stage: ClassStage
    let entryYear: Int
    let years: Int
    /// Its pupils by grade: two parts in a 复式班.
    var parts: [Part]

    struct Part: Sendable {
        let entryYear: Int
        let pupils: Int
        let boys: Int
        let girls: Int
    }

    var pupils: Int { parts.reduce(0) { $0 + $1.pupils } }
    var boys: Int { parts.reduce(0) { $0 + $1.boys } }
    var girls: Int { parts.reduce(0) { $0 + $1.girls } }

    func grade(ofEntry year: Int, on day: LocalDate) -> Grade? {
        Grade(stage, SchoolYear(containing: day).start - year + 1, years: years)
    }
}

/// One member of a school's staff on a day, as statistics count her.
struct CountedStaffMember: Sendable {
    let person: ID<Person>
    let school: OrganisationID
    /// 岗位职业码, the first of them.
    let post: String
    /// 教师职称 and 学历 codes; empty when nobody has told.
    var title = ""
    var education = ""
    /// 课程 codes.
    var subjects: Set<String> = []

    var group: PostGroup { PostGroup(post: post) }
}

/// 班额: classes by how many pupils they have. More than 55 is a 大班额, more than 65 a 超大班额 by the national statistics.
enum ClassSizeBand: Int, CaseIterable, Sendable {
    case usual, full, large, huge

    init(_ pupils: Int) {
        self = pupils <= 45 ? .usual : pupils <= 55 ? .full : pupils <= 65 ? .large : .huge
    }

    var title: String {
        switch self {
        case .usual: "45 人及以下"
        case .full: "46 至 55 人"
        case .large: "56 至 65 人（大班额）"
        case .huge: "66 人及以上（超大班额）"
        }
    }
}

/// One figure of the statistics. Figures of a place are the sums of those of its schools, and the way down from a figure
/// is the list of its schools.
enum RollFigure: Hashable, Sendable {
    case classes, pupils, boys, girls, boarders
    /// By the code of the grade; without one, those whose stage is over or has not begun.
    case gradeClasses(String)
    case gradePupils(String)
    case gradeBoys(String)
    case gradeGirls(String)
    case size(ClassSizeBand)
    case teachers, staff
    case post(PostGroup)
    case teacherTitle(String)
    case teacherEducation(String)
    case teacherSubject(String)
    case team(StaffTeam)

    /// In the address.
    var key: String {
        switch self {
        case .classes: "classes"
        case .pupils: "pupils"
        case .boys: "boys"
        case .girls: "girls"
        case .boarders: "boarders"
        case .gradeClasses(let code): "grade-classes.\(code)"
        case .gradePupils(let code): "grade.\(code)"
        case .gradeBoys(let code): "grade-boys.\(code)"
        case .gradeGirls(let code): "grade-girls.\(code)"
        case .size(let band): "size.\(band.rawValue)"
        case .teachers: "teachers"
        case .staff: "staff"
        case .post(let group): "post.\(group.rawValue)"
        case .teacherTitle(let code): "title.\(code)"
        case .teacherEducation(let code): "education.\(code)"
        case .teacherSubject(let code): "subject.\(code)"
        case .team(let team): "team.\(team.rawValue)"
        }
    }

    /// Whether small counts are hidden: what is told of children only as a sum.
    var isProtected: Bool { self == .boarders }

    /// Counts below are not shown where a figure is protected.
    static let smallest = 5

    /// The count as a page may show it.
    func text(_ count: Int) -> String {
        isProtected && (1..<RollFigure.smallest).contains(count) ? "少于 \(RollFigure.smallest)" : String(count)
    }

    /// Whether the rows behind it are people who work, not pupils.
    var isOfStaff: Bool {
        switch self {
        case .teachers, .staff, .post, .teacherTitle, .teacherEducation, .teacherSubject, .team: true
        default: false
        }
    }
}

/// The figures of every school on a day.
struct RollFigures: Sendable {
    private(set) var bySchool: [OrganisationID: [RollFigure: Int]] = [:]
    private(set) var classes: [CountedClass] = []
    /// What each grade that occurs is called, in the order of school life.
    private(set) var grades: [(code: String, title: String)] = []

    static let noGrade = "other"

    init(
        classes: [CountedClass], boarders: [OrganisationID: Int], staff: [CountedStaffMember], teams: [TeamMember],
        on day: LocalDate
    ) {
        self.classes = classes
        var titles: [String: (order: String, title: String)] = [:]
        for one in classes {
            add(one.school, .classes, 1)
            add(one.school, .pupils, one.pupils)
            add(one.school, .boys, one.boys)
            add(one.school, .girls, one.girls)
            add(one.school, .size(ClassSizeBand(one.pupils)), 1)
            let first = one.grade(ofEntry: one.entryYear, on: day), own = first?.code ?? RollFigures.noGrade
            titles[own] = (one.stage.rawValue + own, first?.title ?? "其他")
            // A 复式班 is one class, of the grade it was opened for.
            add(one.school, .gradeClasses(own), 1)
            for part in one.parts {
                let grade = one.grade(ofEntry: part.entryYear, on: day), code = grade?.code ?? RollFigures.noGrade
                titles[code] = (one.stage.rawValue + code, grade?.title ?? "其他")
                add(one.school, .gradePupils(code), part.pupils)
                add(one.school, .gradeBoys(code), part.boys)
                add(one.school, .gradeGirls(code), part.girls)
            }
        }
        grades = titles.sorted { $0.value.order < $1.value.order }.map { ($0.key, $0.value.title) }
        for (school, count) in boarders { add(school, .boarders, count) }
        for member in staff { add(member) }
        for member in teams { add(member.school, .team(member.team), 1) }
    }

    private mutating func add(_ member: CountedStaffMember) {
        add(member.school, .staff, 1)
        add(member.school, .post(member.group), 1)
        guard member.group == .teaching else { return }
        add(member.school, .teachers, 1)
        add(member.school, .teacherTitle(member.title), 1)
        // 本科毕业, 本科结业 and 本科肄业 are one family.
        add(member.school, .teacherEducation(member.education.first.map { "\($0)0" } ?? ""), 1)
        for subject in member.subjects { add(member.school, .teacherSubject(subject), 1) }
    }

    private mutating func add(_ school: OrganisationID, _ figure: RollFigure, _ count: Int) {
        bySchool[school, default: [:]][figure, default: 0] += count
    }

    /// The sum over some schools.
    func sum(_ figure: RollFigure, of schools: some Sequence<OrganisationID>) -> Int {
        schools.reduce(0) { $0 + (bySchool[$1]?[figure] ?? 0) }
    }

    /// The figures that occur, one of a kind each.
    func occurring(_ isWanted: (RollFigure) -> Bool) -> [RollFigure] {
        var found: Set<RollFigure> = []
        for figures in bySchool.values {
            for figure in figures.keys where isWanted(figure) { found.insert(figure) }
        }
        return found.sorted { $0.key < $1.key }
    }

    /// The figure an address names; `nil` when none of the schools has it.
    func figure(_ key: String) -> RollFigure? { occurring { $0.key == key }.first }
}
