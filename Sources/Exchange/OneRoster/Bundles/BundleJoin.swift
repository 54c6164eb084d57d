import Kernel

/// What the other files of a bundle say of each of its users: a few bytes a user, whatever their records hold.
struct BundleJoin: Sendable {
    /// The roles that count here.
    struct Roles: OptionSet, Sendable {
        let rawValue: UInt8
        static let student = Roles(rawValue: 1)
        static let teacher = Roles(rawValue: 2)
        static let principal = Roles(rawValue: 4)
        static let administrator = Roles(rawValue: 8)
        /// of staff, without a post of its own
        static let helper = Roles(rawValue: 16)
        /// of nobody in a roster
        static let other = Roles(rawValue: 32)
        static let staff: Roles = [.teacher, .principal, .administrator, .helper]

        init(rawValue: UInt8) { self.rawValue = rawValue }

        init(word: String) {
            switch word {
            case "student": self = .student
            case "teacher": self = .teacher
            case "principal": self = .principal
            case "siteAdministrator": self = .administrator
            case "aide", "counselor", "proctor": self = .helper
            default: self = .other
            }
        }
    }

    /// Where a user stands in `names`.
    private typealias Name = Int32

    private struct Post: Sendable {
        var roles: Roles = []
        var organisation: Name?
        var isPrimary = false
    }

    private struct Place: Sendable {
        let classGroup: Name
        let school: Name
        let begin: Int32
        let isPrimary: Bool
        let line: Int32

        /// Of two enrolments the primary one counts, then the later.
        func goes(before other: Place) -> Bool {
            isPrimary != other.isPrimary ? isPrimary : begin >= other.begin
        }
    }

    private struct Facts: Sendable {
        let sex: UInt8
        let born: Int32
    }

    /// A class that a pupil is in, by the sender's keys.
    struct Enrolment: Sendable, Equatable {
        let classGroup: String
        let school: String
        /// Of `enrollments.csv`.
        let line: Int
    }

    private let day: LocalDate
    /// Keys of organisations and classes, each once.
    private var names: [String] = []
    private var numbers: [String: Name] = [:]
    private var posts: [BundleKey: Post] = [:]
    private var places: [BundleKey: Place] = [:]
    private var facts: [BundleKey: Facts] = [:]

    /// - Parameter day: on which roles and enrolments have to hold.
    init(on day: LocalDate) { self.day = day }

    private mutating func number(_ name: String) -> Name {
        if let known = numbers[name] { return known }
        let number = Name(names.count)
        names.append(name)
        numbers[name] = number
        return number
    }

    mutating func takeRole(_ role: BundleRecord) {
        guard role.isActive, role.holds(on: day) else { return }
        let key = BundleKey(role["userSourcedId"]), isPrimary = role["roleType"] == "primary"
        var post = posts[key] ?? Post()
        post.roles.insert(Roles(word: role["role"]))
        if post.organisation == nil || (isPrimary && !post.isPrimary) {
            (post.organisation, post.isPrimary) = (number(role["orgSourcedId"]), isPrimary)
        }
        posts[key] = post
    }

    /// Whether the record says that a pupil is in a class now.
    func isOfPupil(_ enrollment: BundleRecord) -> Bool {
        enrollment.isActive && enrollment["role"] == "student" && enrollment.holds(on: day)
    }

    /// Takes an enrolment in a class of which the rosters know.
    mutating func takeEnrolment(_ enrollment: BundleRecord) {
        guard isOfPupil(enrollment) else { return }
        let key = BundleKey(enrollment["userSourcedId"])
        let place = Place(
            classGroup: number(enrollment["classSourcedId"]), school: number(enrollment["schoolSourcedId"]),
            begin: BundleJoin.figures(enrollment["beginDate"]), isPrimary: enrollment["primary"] == "true",
            line: Int32(clamping: enrollment.line))
        if let other = places[key], !place.goes(before: other) { return }
        places[key] = place
    }

    mutating func takeDemographics(_ told: BundleRecord) {
        guard told.isActive else { return }
        let sex: UInt8 = told["sex"] == "male" ? 1 : told["sex"] == "female" ? 2 : 0
        facts[BundleKey(told.id)] = Facts(sex: sex, born: BundleJoin.figures(told["birthDate"]))
    }

    /// `20260901` for 2026-09-01; 0 for no day.
    private static func figures(_ day: String) -> Int32 { Int32(day.filter { $0 != "-" }) ?? 0 }

    func roles(of user: BundleKey) -> Roles { posts[user]?.roles ?? [] }
    /// Where her primary role is, or else her first.
    func organisation(of user: BundleKey) -> String? {
        posts[user]?.organisation.map { names[Int($0)] }
    }

    func enrolment(of user: BundleKey) -> Enrolment? {
        places[user].map {
            Enrolment(classGroup: names[Int($0.classGroup)], school: names[Int($0.school)], line: Int($0.line))
        }
    }

    /// 性别 and 出生日期 as a roster has them; empty when they are not told.
    func facts(of user: BundleKey) -> (sex: String, born: String) {
        guard let told = facts[user] else { return ("", "") }
        let born = told.born == 0 ? "" : String(told.born), sexes = ["", "男", "女"]
        let date = born.utf8.count == 8 ? "\(born.prefix(4))-\(born.dropFirst(4).prefix(2))-\(born.suffix(2))" : ""
        return (sexes[Int(told.sex)], date)
    }
}
