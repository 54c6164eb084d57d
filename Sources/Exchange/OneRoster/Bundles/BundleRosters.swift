import Directory
import Kernel
import Platform

/// What the platform knows of the records that a bundle names.
struct BundleKnowledge: Sendable {
    struct Known: Sendable { let person: ID<Person>, name: String }
    /// By the sender's keys.
    var people: [String: Known] = [:]
    var schools: [String: Organisation] = [:]
    /// Names that do not change with the years.
    var classes: [String: String] = [:]
}

/// The pupils and staff of a bundle as rosters that the reviewed import reads. Organisations, sessions, courses and classes
/// are the platform's own: they are compared and never taken. People who have left stay; leaving is a deed of the school.
struct BundleRosters: Sendable {
    struct Roster: Sendable {
        fileprivate(set) var lines: [[String]] = []
        /// The sender's key of the person of each line.
        fileprivate(set) var sources: [String] = []

        /// A text table; the first person stands in row 2.
        func bytes(_ head: [String]) -> [UInt8] {
            [0xEF, 0xBB, 0xBF] + BundleFile.line(head) + lines.flatMap(BundleFile.line)
        }
    }

    private(set) var pupils = Roster()
    private(set) var staff = Roster()
    /// People told as `tobedeleted`.
    private(set) var ended = 0
    /// Guardians, and people whose role is not told.
    private(set) var skipped = 0

    static let pupilHead = [
        "平台编号", "学校标识码", "学校名称", "班级", "姓名", "性别", "出生日期", "学籍号", "身份证件号", "电子信箱", "备注",
    ]
    static let staffHead = [
        "平台编号", "学校标识码", "学校名称", "姓名", "性别", "出生日期", "工号", "身份证件号", "手机号", "电子信箱", "岗位职业", "备注",
    ]

    private let tables: [String: BundleRecords]
    private let known: BundleKnowledge
    private var rolesOf: [String: [BundleRecords.Record]] = [:]
    private var classesOf: [String: BundleRecords.Record] = [:]

    /// - Parameter day: on which roles and enrolments have to hold.
    init(_ check: BundleCheck, _ known: BundleKnowledge, on day: LocalDate) {
        self.known = known
        tables = check.tables.mapValues { BundleRecords($0) }
        for role in tables[BundleFile.roles]?.active ?? [] where role.holds(on: day) {
            rolesOf[role["userSourcedId"], default: []].append(role)
        }
        let homerooms = Set(
            (tables["classes"]?.active ?? []).filter { $0["classType"] == "homeroom" }.map(\.id))
        for enrollment in tables["enrollments"]?.active ?? []
        where enrollment["role"] == "student" && enrollment.holds(on: day) {
            let key = enrollment["classSourcedId"], user = enrollment["userSourcedId"]
            guard homerooms.contains(key) || known.classes[key] != nil else { continue }
            if let other = classesOf[user], !enrollment.goes(before: other) { continue }
            classesOf[user] = enrollment
        }
        var told: Set<String> = []
        for user in tables["users"]?.records ?? [] {
            told.insert(user.id)
            if user.isActive { add(user) } else { ended += 1 }
        }
        addMoved(besides: told)
    }

    private mutating func add(_ user: BundleRecords.Record) {
        let roles = rolesOf[user.id] ?? []
        let words = Set(roles.map { $0["role"] }), place = classesOf[user.id]
        let school = place?["schoolSourcedId"] ?? roles.first { $0["roleType"] == "primary" }?["orgSourcedId"]
        let organisation = school ?? roles.first?["orgSourcedId"] ?? user["primaryOrgSourcedId"]
        let person = known.people[user.id]
        let name = BundleRosters.name(user, known: person?.name)
        let (code, title) = names(ofSchool: organisation)
        let numbers = BundleRosters.numbers(user), note = "users.csv 第 \(user.line) 行"
        let (sex, born) = demographics(user.id)
        if words.contains("student") || (words.isEmpty && place != nil) {
            pupils.lines.append([
                person?.person.rawValue ?? "", code, title, place.map { className($0["classSourcedId"]) } ?? "", name,
                sex, born, numbers[.studentNumber] ?? "", numbers[.citizenNumber] ?? "", user["email"], note,
            ])
            pupils.sources.append(user.id)
        } else if !words.isDisjoint(with: BundleRosters.staffRoles) {
            staff.lines.append([
                person?.person.rawValue ?? "", code, title, name, sex, born, numbers[.staffNumber] ?? "",
                numbers[.citizenNumber] ?? "", numbers[.phone] ?? "", user["email"],
                person == nil ? BundleRosters.post(words) : "", note,
            ])
            staff.sources.append(user.id)
        } else {
            skipped += 1
        }
    }

    /// A change of class may be told without the pupil herself, when she was told before.
    private mutating func addMoved(besides told: Set<String>) {
        for (user, enrollment) in classesOf.sorted(by: { $0.key < $1.key }) where !told.contains(user) {
            guard let person = known.people[user] else { continue }
            let (code, title) = names(ofSchool: enrollment["schoolSourcedId"])
            pupils.lines.append([
                person.person.rawValue, code, title, className(enrollment["classSourcedId"]), person.name, "", "", "",
                "", "", "enrollments.csv 第 \(enrollment.line) 行",
            ])
            pupils.sources.append(user)
        }
    }

    private func names(ofSchool key: String) -> (code: String, name: String) {
        if let school = known.schools[key] { return (school.code ?? "", school.name) }
        guard let told = tables["orgs"]?[key] else { return ("", key) }
        return (told["identifier"], told["name"])
    }

    private func className(_ key: String) -> String {
        known.classes[key] ?? tables["classes"]?[key]?["title"] ?? ""
    }

    private func demographics(_ user: String) -> (sex: String, born: String) {
        guard let told = tables["demographics"]?[user], told.isActive else { return ("", "") }
        return (told["sex"] == "male" ? "男" : told["sex"] == "female" ? "女" : "", told["birthDate"])
    }

    private static let staffRoles: Set<String> = [
        "teacher", "principal", "siteAdministrator", "aide", "counselor", "proctor",
    ]

    /// 岗位职业码 of somebody new who does not teach.
    private static func post(_ roles: Set<String>) -> String {
        if roles.contains("teacher") { return "" }
        return roles.contains("principal") ? "31" : roles.contains("siteAdministrator") ? "30" : ""
    }

    /// 姓 before 名, unless the name is in Latin letters. Of somebody known who is called so, as she is written here.
    private static func name(_ user: BundleRecords.Record, known: String?) -> String {
        let family = user["familyName"], given = user["givenName"]
        if let known {
            let parts = ChineseName(known)
            if parts.family == family && parts.given == given { return known }
        }
        return (family + given).utf8.allSatisfy { $0 < 0x80 } ? "\(given) \(family)" : family + given
    }

    /// Numbers among what the sender calls its own keys of the user: those that can be one by their form.
    private static func numbers(_ user: BundleRecords.Record) -> [PersonIdentifierKind: String] {
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

/// The lines of a file of a bundle by their keys.
struct BundleRecords: Sendable {
    struct Record: Sendable {
        /// As editors number it.
        let line: Int
        fileprivate let columns: [String: Int]
        fileprivate let cells: [String]

        subscript(header: String) -> String {
            columns[header].flatMap { cells.indices.contains($0) ? cells[$0] : nil } ?? ""
        }
        var id: String { cells.first ?? "" }
        var isActive: Bool { self["status"] != "tobedeleted" }

        /// Whether the day lies within `beginDate` and `endDate`, the last day not included; open ends hold.
        func holds(on day: LocalDate) -> Bool {
            let begin = self["beginDate"], end = self["endDate"]
            return (begin.isEmpty || begin <= day.iso) && (end.isEmpty || day.iso < end)
        }

        /// Of two enrolments the primary one counts, then the later.
        func goes(before other: Record) -> Bool {
            let (mine, others) = (self["primary"] == "true", other["primary"] == "true")
            return mine != others ? mine : self["beginDate"] >= other["beginDate"]
        }
    }

    let records: [Record]
    private let byID: [String: Int]

    init(_ table: BundleTable) {
        let columns = Dictionary(table.headers.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        records = table.rows.enumerated().map { Record(line: $0 + 2, columns: columns, cells: $1) }
        byID = Dictionary(records.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    var active: [Record] { records.filter(\.isActive) }
    subscript(id: String) -> Record? { byID[id].map { records[$0] } }
}
