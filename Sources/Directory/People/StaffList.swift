import Database
import Kernel
import Platform
import Web

/// What the address of a school's list of employees asks for.
struct StaffQuery: Sendable {
    /// Today or earlier.
    let day: LocalDate
    /// 岗位职业码 or the first digit of a group of them; `nil` = all.
    let post: String?
    /// 课程 code.
    let subject: String?
    let team: StaffTeam?

    init(_ values: FormValues, today: LocalDate) {
        day = min(values.text("on").flatMap { LocalDate(iso: $0) } ?? today, today)
        (post, subject) = (values.text("post"), values.text("subject"))
        team = values.text("team").flatMap(StaffTeam.init(rawValue:))
    }
}

/// The people who work at a school on a day, each once with all her posts.
struct StaffList: Sendable {
    struct Row: Sendable {
        let person: ID<Person>
        let name: String
        let posts: [Appointment]
        /// 课程 codes of what she teaches in the school's classes.
        let subjects: [String]
        let teams: Set<StaffTeam>
        /// Masked.
        let numbers: [PersonIdentifierKind: String]

        var postTitles: String { posts.map(\.postTitle).joined(separator: "、") }
        var kindTitles: String { StaffList.words(posts.map(\.kind.title)) }
        var subjectTitles: String { StaffList.words(subjects.map(CodeLists.subject.name(of:))) }
        var teamTitles: String { StaffTeam.allCases.filter(teams.contains).map(\.title).joined(separator: "、") }
        var from: LocalDate { posts.map(\.from).min()! }
    }

    let query: StaffQuery
    let rows: [Row]
    /// How many there are without the filters.
    let total: Int
    /// What is taught at the school, for the filter.
    let subjects: [String]

    init(of school: OrganisationID, _ query: StaffQuery, _ db: Connection, _ crypto: any CryptoProvider) throws {
        self.query = query
        let appointments = try AppointmentStore(db).staff(of: school, on: query.day)
        let taught = try ClassPostStore(db).posts(ofSchool: school, on: query.day).filter { $0.kind == .subject }
        let teams = try StaffTeamStore(db).teams(of: school, on: query.day)
        var subjects: [ID<Person>: [String]] = [:]
        for post in taught where !(subjects[post.person] ?? []).contains(post.subject) {
            subjects[post.person, default: []].append(post.subject)
        }
        self.subjects = Set(taught.map(\.subject)).sorted()
        var people: [[Appointment]] = []
        for appointment in appointments {
            if people.last?.last?.person == appointment.person {
                people[people.count - 1].append(appointment)
            } else {
                people.append([appointment])
            }
        }
        total = people.count
        let wanted = people.filter { posts in
            let person = posts[0].person
            return query.post.map { code in posts.contains { $0.post.hasPrefix(code) } } ?? true
                && query.subject.map { (subjects[person] ?? []).contains($0) } ?? true
                && query.team.map { teams[person]?.contains($0) ?? false } ?? true
        }
        let numbers = try PersonIdentifierStore(db, crypto).masked(of: wanted.map { $0[0].person })
        rows = wanted.map { posts in
            let person = posts[0].person
            return Row(
                person: person, name: posts[0].personName, posts: posts, subjects: subjects[person] ?? [],
                teams: teams[person] ?? [], numbers: numbers[person] ?? [:])
        }
    }

    /// Each word once, in the order of coming.
    private static func words(_ words: [String]) -> String {
        var seen: Set<String> = []
        return words.filter { seen.insert($0).inserted }.joined(separator: "、")
    }
}
