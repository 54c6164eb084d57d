import App
import Database
import Directory
import Identity
import Kernel

/// Opens the accounts of the cast, and in a whole city one for each school's administrator.
struct AccountLoading {
    private let platform: CityPlatform
    private let schools: [(school: DemoSchool, organisation: OrganisationID)]
    private let isCity: Bool
    private static let since = LocalDate(year: 2015, month: 9, day: 1)!

    /// Administrators are appointed for a year at most, so theirs begins on the day of loading.
    private static func start(of role: Role) -> LocalDate {
        role.definition.longestDays == nil ? since : Timestamp.now.day
    }

    private struct Opening: Sendable {
        let account: NewAccount
        let more: [Role]
    }

    init(_ platform: CityPlatform, _ schools: [DemoSchool], _ entered: [Int: Organisation], isCity: Bool) {
        (self.platform, self.isCity) = (platform, isCity)
        self.schools = schools.compactMap { school in entered[school.number].map { (school, $0.id) } }
    }

    func run(_ tell: @Sendable (String) -> Void) async throws {
        // All accounts have one password: one hash spares minutes.
        let hash = try await platform.hasher.hash(DemoCast.password)
        let openings = try await castOpenings() + (isCity ? schoolOpenings() : [])
        for start in stride(from: 0, to: openings.count, by: 100) {
            let chunk = Array(openings[start..<min(start + 100, openings.count)])
            try await platform.database.write { db in
                let service = AccountService(db, by: DemoCity.actor)
                for opening in chunk {
                    let id = try service.create(opening.account, passwordHash: hash, mustChange: false)
                    for role in opening.more {
                        try service.grant(
                            role, at: opening.account.organisation, from: AccountLoading.start(of: role), until: nil,
                            to: id)
                    }
                }
            }
            tell("accounts \(start + chunk.count)/\(openings.count)")
        }
    }

    private func castOpenings() async throws -> [Opening] {
        let byName = Dictionary(uniqueKeysWithValues: schools.map { ($0.school.name, $0.organisation) })
        let codes = try await platform.database.read { db in
            Dictionary(
                uniqueKeysWithValues: try OrganisationStore(db)
                    .all(within: .everything, kinds: [.city, .municipal, .county])
                    .map { ($0.code ?? "", $0.id) })
        }
        return try DemoCast.members.map { member in
            let place: OrganisationID? =
                switch member.place {
                case .code(let code): codes[code]
                case .school(let name): byName[name]
                }
            guard let place else { throw DomainError.notFound }
            let account = NewAccount(
                name: member.name, login: member.login, role: member.roles[0], organisation: place,
                from: AccountLoading.start(of: member.roles[0]))
            return Opening(account: account, more: Array(member.roles.dropFirst()))
        }
    }

    private func schoolOpenings() -> [Opening] {
        schools.filter { !$0.school.isMerged }.map { school, organisation in
            var generator = SeededGenerator(school.name + "/administrator")
            let account = NewAccount(
                name: generator.pick(AccountLoading.surnames) + "老师", login: school.login, role: .schoolAdministrator,
                organisation: organisation, from: AccountLoading.start(of: .schoolAdministrator))
            return Opening(account: account, more: [])
        }
    }

    /// Frequent in the city, 壮, 瑶 and 京 among them.
    private static let surnames = Array("韦黄陆覃农盘阮苏梁李陈吴邓何林刘杨罗莫潘龚武段").map(String.init)
}
