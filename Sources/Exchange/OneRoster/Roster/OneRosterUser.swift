import Directory
import Kernel

/// The record of a user.
struct OneRosterUser {
    let person: OneRosterUserStore.Known
    let roles: [OneRosterUserStore.Role]
    let agents: [OneRosterUserStore.Agent]
    let view: OneRosterView

    /// What she is at one organisation.
    private struct Place {
        let role: String
        let organisation: OrganisationID
        var from: LocalDate
        /// `nil` while it holds.
        var until: LocalDate?
    }

    private var isActive: Bool {
        !person.isMerged && roles.contains { OneRosterUser.holds($0.until, on: view.today) }
    }

    private static func holds(_ until: LocalDate?, on day: LocalDate) -> Bool { until.map { $0 > day } ?? true }

    private var modified: Timestamp {
        var latest = person.changedAt
        for role in roles {
            latest = max(latest, role.changedAt).orReached(role.from, by: view.today)
                .orReached(role.until, by: view.today)
        }
        for agent in agents {
            latest = max(latest, agent.changedAt).orReached(agent.from, by: view.today)
                .orReached(agent.until, by: view.today)
        }
        return latest
    }

    var record: OneRosterRecord {
        let places = places, name = ChineseName(person.name)
        var members = [
            OneRosterMember("username", person.id), OneRosterMember("enabledUser", .flag(isActive)),
            OneRosterMember("givenName", name.given), OneRosterMember("familyName", name.family),
        ]
        members += view.version == .v1p1 ? plainRoles(places) : dated(places)
        members.append(OneRosterMember("identifier", person.id))
        let guardians = agents.filter { OneRosterUser.holds($0.until, on: view.today) }
        if !guardians.isEmpty && isActive {
            let references = guardians.map { view.reference("user", .users, $0.id) }
            members.append(OneRosterMember("agents", .list(references)))
        }
        let grades = Set(roles.compactMap(grade))
        if !grades.isEmpty { members.append(OneRosterMember("grades", .texts(grades.sorted()))) }
        return OneRosterRecord(person.id, isActive: isActive, modified: modified, members)
    }

    private func grade(_ role: OneRosterUserStore.Role) -> String? {
        guard case .pupil(let grade) = role.kind, OneRosterUser.holds(role.until, on: view.today) else { return nil }
        return grade?.code
    }

    /// What she is where; of one who has left all that she was.
    private var places: [Place] {
        let present = roles.filter { OneRosterUser.holds($0.until, on: view.today) }
        var places: [Place] = []
        for role in present.isEmpty ? roles : present {
            let word = OneRosterUser.word(role)
            if let index = places.firstIndex(where: { $0.role == word && $0.organisation == role.organisation }) {
                places[index].from = min(places[index].from, role.from)
                let ends = [places[index].until, role.until]
                places[index].until = ends.contains { $0 == nil } ? nil : ends.compactMap { $0 }.max()
            } else {
                places.append(
                    Place(role: word, organisation: role.organisation, from: role.from, until: role.until))
            }
        }
        return places
    }

    private func dated(_ places: [Place]) -> [OneRosterMember] {
        var seen: Set<OrganisationID> = []
        let values = places.map { place -> OneRosterValue in
            var members = [
                // Each organisation has one primary role of hers.
                OneRosterMember("roleType", seen.insert(place.organisation).inserted ? "primary" : "secondary"),
                OneRosterMember("role", place.role), OneRosterMember("org", view.organisation(place.organisation)),
                OneRosterMember("beginDate", place.from.iso),
            ]
            if let until = place.until { members.append(OneRosterMember("endDate", until.iso)) }
            return .object(members)
        }
        return [
            OneRosterMember("roles", .list(values)),
            OneRosterMember("primaryOrg", view.organisation(places.first?.organisation ?? view.root)),
        ]
    }

    /// Version 1.1 knows one role and a list of organisations.
    private func plainRoles(_ places: [Place]) -> [OneRosterMember] {
        let role = places.first.map { OneRosterUser.plain($0.role) } ?? "student"
        var organisations: [OrganisationID] = []
        for place in places where !organisations.contains(place.organisation) {
            organisations.append(place.organisation)
        }
        return [
            OneRosterMember("role", role), OneRosterMember("orgs", .list(organisations.map(view.organisation))),
        ]
    }

    private static func plain(_ role: String) -> String {
        switch role {
        case "principal", "siteAdministrator", "districtAdministrator": "administrator"
        default: role
        }
    }

    /// 岗位职业码 of GB/T 33782-2017 in the words of the standard: 10 and 20 teach, 34 and 49 do too, 31 leads the school.
    static func word(_ role: OneRosterUserStore.Role) -> String {
        switch role.kind {
        case .pupil: return "student"
        case .teacher: return "teacher"
        case .guardian: return "guardian"
        case .staff(let post):
            guard role.isSchool else { return "districtAdministrator" }
            switch post {
            case "34", "49": return "teacher"
            case "31": return "principal"
            case _ where post.hasPrefix("1") || post.hasPrefix("2"): return "teacher"
            case _ where post.hasPrefix("3"): return "siteAdministrator"
            default: return "aide"
            }
        }
    }
}

/// 姓 and 名 of a name. Double surnames are told from a list; with a dot, as in names of several peoples, what follows it
/// is taken as the family's.
struct ChineseName: Sendable, Equatable {
    let family: String
    let given: String

    private static let double: Set<String> = [
        "欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛", "尉迟", "公羊", "赫连",
        "澹台", "皇甫", "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容", "仲孙", "钟离", "长孙", "宇文", "司徒", "鲜于",
        "司空", "闾丘", "子车", "亓官", "司寇", "巫马", "公西", "颛孙", "壤驷", "公良", "漆雕", "乐正", "宰父", "谷梁", "拓跋",
        "夹谷", "轩辕", "令狐", "段干", "百里", "呼延", "东郭", "南门", "羊舌", "微生", "梁丘", "左丘", "东门", "西门",
    ]

    init(_ name: String) {
        if let dot = name.firstIndex(where: { $0 == "·" || $0 == "•" }), dot != name.startIndex {
            let rest = name[name.index(after: dot)...]
            (given, family) = (String(name[..<dot]), rest.isEmpty ? String(name[..<dot]) : String(rest))
            return
        }
        let length = name.count > 2 && ChineseName.double.contains(String(name.prefix(2))) ? 2 : 1
        family = String(name.prefix(length))
        let rest = name.dropFirst(length)
        given = rest.isEmpty ? family : String(rest)
    }
}
