import App
import Database
import Directory
import Kernel
import Platform
import SchoolAffairs

/// Gives the staff of the schools of the cast what their records show: education and title, the three teams, somebody
/// away, and somebody about to leave for another school.
struct StaffLoading {
    private let platform: CityPlatform
    private let schools: [String: Organisation]
    private let now = Timestamp.now

    init(_ platform: CityPlatform, _ schools: [DemoSchool], _ entered: [Int: Organisation]) {
        self.platform = platform
        self.schools = Dictionary(
            schools.compactMap { school in entered[school.number].map { (school.name, $0) } }
        ) { first, _ in first }
    }

    func run(_ tell: @Sendable (String) -> Void) async throws {
        var count = 0
        for roster in DemoRoster.all {
            guard let school = schools[roster.school] else { continue }
            count += try await describe(school)
        }
        try await startCases()
        tell("staff records: \(count)")
    }

    /// Facts and teams of a school's staff. Returns how many there are.
    private func describe(_ school: Organisation) async throws -> Int {
        let crypto = platform.crypto, now = now
        return try await platform.database.write { db in
            let staff = try PersonStore(db).staff(of: school.id, on: now.day)
            let facts = PersonFactStore(db, crypto), posts = AppointmentService(db, by: DemoCity.actor, now: now)
            let source = FactSource(.teacher, reference: "演示", at: now, by: DemoCity.actor.name)
            for (index, member) in staff.enumerated() {
                var generator = SeededGenerator("\(school.name)/record/\(index)")
                let title = ["2", "3", "3", "3", "4", "4", "5"][generator.number(in: 0...6)]
                let education = ["14", "21", "21", "21", "31"][generator.number(in: 0...4)]
                try facts.change(
                    ["title": title, "education": education, "staffKind": "1", "establishment": "1"],
                    of: member.person.id, from: member.from, source: source)
                let team: StaffTeam? =
                    member.post == "31" ? .management : index == 1 ? .technical : index % 4 == 0 ? .teaching : nil
                if let team { try posts.setTeams([team], of: member.person.id, at: school, from: now.day) }
            }
            return staff.count
        }
    }

    /// One teacher of 实验小学 is on leave, another is offered to 江平镇第一小学.
    private func startCases() async throws {
        guard let school = schools[DemoSchool.experimental], let other = schools[DemoSchool.border] else { return }
        let crypto = platform.crypto, now = now, listeners = platform.staffListeners
        try await platform.database.write { db in
            // Neither the cast nor who leads or teaches a class.
            let taught = Set(try ClassPostStore(db).posts(ofSchool: school.id, on: now.day).map(\.person))
            let free = try PersonStore(db).staff(of: school.id, on: now.day).map(\.person.id).filter {
                !taught.contains($0)
            }
            guard free.count > 2, let leader = try PersonStore(db).staff(of: school.id, on: now.day).first else {
                return
            }
            try StaffLeaveService(db, crypto, by: DemoCity.actor, now: now).start(
                LeaveDraft(
                    kind: .study, reason: "", from: now.day.adding(days: -20), expected: now.day.adding(days: 40)),
                of: free[1], at: school)
            let grant = EffectiveGrant(
                role: "school_admin", organisation: school.id, path: school.path, permissions: [.staffEdit])
            let user = CurrentUser(
                account: .new(), person: leader.person.id, name: DemoCity.actor.name, grants: [grant])
            _ = try StaffTransferService(
                db, crypto, by: user, address: "", now: now, telling: listeners
            ).offer(
                free[2], of: school, to: other.code ?? other.name,
                AppointmentDraft(post: "10", from: now.day.adding(days: 30)))
        }
    }
}
