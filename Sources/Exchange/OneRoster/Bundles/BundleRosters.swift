import Directory
import Kernel
import Platform

/// What the platform knows of the records that a bundle names.
struct BundleKnowledge: Sendable {
    struct Known: Sendable {
        let person: ID<Person>
        let name: String
        /// Whether she learns or works, or did, where the sender may tell of people.
        var isOurs = true
        /// The school where she is in a class now; `nil` when she is no pupil there.
        var learnsAt: OrganisationID?
        /// Where she holds a post now.
        var worksAt: OrganisationID?
    }
    /// What the sender calls an organisation or a class, by an earlier bundle that was taken.
    struct Place: Sendable {
        let code: String
        let name: String
    }

    var schools: [String: Organisation] = [:]
    /// Names of classes that do not change with the years, by the platform's own keys.
    var classes: [String: String] = [:]
    var organisationsTold: [String: Place] = [:]
    var classesTold: [String: Place] = [:]
}

/// The pupils and staff of a bundle as rows of rosters that the reviewed import reads. Organisations, sessions, courses and
/// classes are the platform's own: they are compared and never taken. People who have left stay; leaving is a deed of the
/// school.
struct BundleRosters: Sendable {
    /// A row of one of the two rosters.
    enum Line: Sendable, Equatable {
        case pupil([String])
        case staff([String])
        /// Guardians, and people whose role is not told.
        case none
    }

    static let pupilHead = [
        "平台编号", "学校标识码", "学校名称", "班级", "姓名", "性别", "出生日期", "学籍号", "身份证件号", "电子信箱", "备注",
    ]
    static let staffHead = [
        "平台编号", "学校标识码", "学校名称", "姓名", "性别", "出生日期", "工号", "身份证件号", "手机号", "电子信箱", "岗位职业", "备注",
    ]

    var known: BundleKnowledge
    private(set) var join: BundleJoin
    /// 标识码 and name of what the bundle calls an organisation; names of its homerooms.
    private(set) var organisations: [String: BundleKnowledge.Place] = [:]
    private(set) var homerooms: [String: BundleKnowledge.Place] = [:]

    /// - Parameter day: on which roles and enrolments have to hold.
    init(_ known: BundleKnowledge, on day: LocalDate) {
        self.known = known
        join = BundleJoin(on: day)
    }

    /// Takes a record of a file that stands before the users. Classes come before enrolments.
    mutating func take(_ record: BundleRecord, of file: String) {
        switch file {
        case "orgs" where record.isActive:
            organisations[record.id] = .init(code: record["identifier"], name: record["name"])
        case "classes" where record.isActive && record["classType"] == "homeroom":
            homerooms[record.id] = .init(code: "", name: record["title"])
        case BundleFile.roles: join.takeRole(record)
        case "enrollments" where className(record["classSourcedId"]) != nil: join.takeEnrolment(record)
        case "demographics": join.takeDemographics(record)
        default: break
        }
    }

    /// The row of a user. Who is told without a role is what she is here.
    func line(_ user: BundleRecord, _ person: BundleKnowledge.Known?) -> Line {
        let key = BundleKey(user.id), roles = join.roles(of: key), place = join.enrolment(of: key)
        let isUntold = roles.isEmpty && place == nil
        let isPupil =
            roles.contains(.student) || (roles.isEmpty && place != nil)
            || (isUntold && person?.learnsAt != nil)
        let isStaff = !roles.isDisjoint(with: .staff) || (isUntold && person?.worksAt != nil)
        guard isPupil || isStaff else { return .none }
        var told = place?.school ?? join.organisation(of: key) ?? user["primaryOrgSourcedId"]
        // A change may be told without saying again where she is.
        if isUntold, let here = isPupil ? person?.learnsAt : person?.worksAt { told = here.rawValue }
        let (code, title) = names(ofSchool: told), name = BundleRosters.name(user, known: person?.name)
        let numbers = BundleRosters.numbers(user), note = "users.csv 第 \(user.line) 行"
        let (sex, born) = join.facts(of: key), platform = person?.person.rawValue ?? ""
        if isPupil {
            return .pupil([
                platform, code, title, place.flatMap { className($0.classGroup) } ?? "", name, sex, born,
                numbers[.studentNumber] ?? "", numbers[.citizenNumber] ?? "", user["email"], note,
            ])
        }
        return .staff([
            platform, code, title, name, sex, born, numbers[.staffNumber] ?? "", numbers[.citizenNumber] ?? "",
            numbers[.phone] ?? "", user["email"], person == nil ? BundleRosters.post(roles) : "", note,
        ])
    }

    /// A change of class may be told without the pupil herself, when she was told before: the row of an enrolment that
    /// counts; `nil` of others.
    func line(ofMoved enrollment: BundleRecord, _ person: BundleKnowledge.Known) -> [String]? {
        guard person.isOurs, join.isOfPupil(enrollment), let name = className(enrollment["classSourcedId"]),
            join.enrolment(of: BundleKey(enrollment["userSourcedId"]))?.line == enrollment.line
        else { return nil }
        let (code, title) = names(ofSchool: enrollment["schoolSourcedId"])
        return [
            person.person.rawValue, code, title, name, person.name, "", "", "", "", "",
            "enrollments.csv 第 \(enrollment.line) 行",
        ]
    }

    private func names(ofSchool key: String) -> (code: String, name: String) {
        if let school = known.schools[key] { return (school.code ?? "", school.name) }
        guard let told = organisations[key] ?? known.organisationsTold[key] else { return ("", key) }
        return (told.code, told.name)
    }

    /// `nil` for a class that is no homeroom, or of which nothing is known.
    private func className(_ key: String) -> String? {
        known.classes[key] ?? (homerooms[key] ?? known.classesTold[key])?.name
    }

    /// 岗位职业码 of somebody new who does not teach.
    private static func post(_ roles: BundleJoin.Roles) -> String {
        if roles.contains(.teacher) { return "" }
        return roles.contains(.principal) ? "31" : roles.contains(.administrator) ? "30" : ""
    }

    /// 姓 before 名, unless the name is in Latin letters. Of somebody known who is called so, as she is written here.
    private static func name(_ user: BundleRecord, known: String?) -> String {
        let family = user["familyName"], given = user["givenName"]
        if let known {
            let parts = ChineseName(known)
            if parts.family == family && parts.given == given { return known }
        }
        return (family + given).utf8.allSatisfy { $0 < 0x80 } ? "\(given) \(family)" : family + given
    }

    /// Numbers among what the sender calls its own keys of the user: those that can be one by their form.
    private static func numbers(_ user: BundleRecord) -> [PersonIdentifierKind: String] {
        var found: [PersonIdentifierKind: String] = [:]
        let named = user["userIds"].split(separator: ",").compactMap { pair -> String? in
            pair.split(separator: ":", maxSplits: 1).last.map { $0.filter { $0 != "}" && $0 != " " } }
        }
        for text in [user["identifier"]] + named {
            for kind in [PersonIdentifierKind.studentNumber, .citizenNumber] where found[kind] == nil {
                if (try? PersonIdentifier(kind, text)) != nil { found[kind] = text }
            }
        }
        for text in [user["sms"], user["phone"]] where found[.phone] == nil {
            if (try? PersonIdentifier(.phone, text)) != nil { found[.phone] = text }
        }
        return found
    }
}
