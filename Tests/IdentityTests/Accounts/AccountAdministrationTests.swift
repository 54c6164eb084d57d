import Database
import Directory
import Kernel
import Testing

@testable import Identity

@Suite("账号管理")
struct AccountAdministrationTests {
    private static func roles(_ codes: String) -> [Role] {
        codes.split(separator: " ").map { Role(rawValue: String($0))! }
    }

    /// What is given at a school, at a county, and at the city.
    private static let ofSchools = roles(
        """
        school_leader academic_director moral_director general_director room_keeper roll_keeper data_officer \
        technician group_leader teacher workroom_host student guardian
        """)
    private static let ofCounties = roles(
        "county_viewer researcher technology_station inspector training_base data_officer")
    private static let ofCity = roles(
        """
        city_admin city_leader leading_group basic_education_office researcher technology_station science_office \
        inspector personnel_office finance_office training_base judge supplier data_officer \
        system_admin
        """)

    private static func pairs(_ roles: [Role], _ places: String...) -> Set<String> {
        Set(roles.flatMap { role in places.map { "\(role) at \($0)" } })
    }

    private static let giving: [Role: Set<String>] = [
        .cityAdministrator: pairs(ofCity, "city")
            .union(pairs(ofCounties + roles("county_admin supplier"), "county", "other"))
            .union(pairs(ofSchools + roles("school_admin inspector"), "school", "second")),
        .countyAdministrator: pairs(ofCounties, "county")
            .union(pairs(ofSchools + roles("school_admin inspector"), "school", "second")),
        .schoolAdministrator: pairs(ofSchools, "school"),
    ]

    private static func home(_ role: Role) -> String {
        if role.kinds.contains(.city) { return "city" }
        return role.kinds.contains(.county) ? "county" : "school"
    }

    @Test func `each role gives exactly its roles at exactly its places`() async throws {
        try await withIdentityCity { city in
            for role in Role.allCases where role != .systemAdministrator {
                let grant = EffectiveGrant(
                    role: role.rawValue, organisation: city.place(Self.home(role)).id,
                    path: city.place(Self.home(role)).path,
                    permissions: role.permissions)
                let user = CurrentUser(account: .new(), person: .new(), name: "某", grants: [grant])
                for (name, place) in city.places {
                    for given in Role.allCases where given.kinds.contains(place.kind) {
                        let expected = Self.giving[role, default: []].contains("\(given) at \(name)")
                        let result = GrantRules.mayGrant(given, at: place.path, by: user)
                        #expect(result == expected, "\(role) gives \(given) at \(name)")
                    }
                }
            }
        }
    }

    @Test func `a county administrator sees and changes her county only`() async throws {
        try await withIdentityCity { city in
            try await city.open("chen", .countyAdministrator, at: "county")
            let wang = try await city.open("wang", .teacher, at: "school")
            let bureau = try await city.open("bureau", .cityAdministrator, at: "city")
            let neighbour = try await city.open("ruan", .countyAdministrator, at: "other")
            let chen = try await city.user("chen")
            try await city.administer(as: chen) { try $0.suspend(wang) }
            #expect(try await city.account("wang").state == .suspended)
            for stranger in [bureau, neighbour] {
                await #expect { try await city.administer(as: chen) { try $0.suspend(stranger) } } throws: {
                    isNotFound($0)
                }
            }
            await #expect { try await city.administer(as: chen) { try $0.suspend(chen.account) } } throws: {
                isForbidden($0)
            }
        }
    }

    @Test func `an account with a higher role elsewhere cannot be taken over from below`() async throws {
        try await withIdentityCity { city in
            try await city.open("li", .schoolAdministrator, at: "school")
            let chen = try await city.open("chen", .countyAdministrator, at: "county")
            let school = city.place("school").id, from = city.clock.now.day
            try await city.database.write { db in
                try AccountService(db, by: .system, now: city.clock.now)
                    .grant(.teacher, at: school, from: from, until: nil, to: chen)
            }
            let li = try await city.user("li")
            await #expect {
                try await city.administer(as: li) { try $0.resetPassword("$argon2id$", of: chen).id }
            } throws: { isForbidden($0) }
        }
    }

    @Test func `an unknown place and a place of others are refused alike`() async throws {
        try await withIdentityCity { city in
            try await city.open("chen", .countyAdministrator, at: "county")
            let chen = try await city.user("chen")
            for place in [city.place("other").id, OrganisationID.new()] {
                let new = NewAccount(
                    name: "某人", login: "somebody", role: .countyViewer, organisation: place, from: city.clock.now.day)
                let error = await #expect(throws: DomainError.self) {
                    try await city.administer(as: chen) { try $0.create(new, passwordHash: "!") }
                }
                guard case .invalid(let problems)? = error else { throw error ?? DomainError.notFound }
                #expect(problems == [FieldProblem(field: "organisation", message: "选择单位")])
            }
        }
    }

    @Test func `a login name is taken once, in any spelling, and a refused account leaves nothing behind`() async throws
    {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            let people = try await count(city, "directory_person")
            await #expect(throws: DomainError.self) { try await city.open("ＷＡＮＧ", .teacher, at: "second") }
            await #expect(throws: DomainError.self) { try await city.open("zhao", .cityLeader, at: "second") }
            let person = try await city.account("wang").person, second = city.place("second").id
            let again = NewAccount(
                name: "某wang", login: "wang2", role: .teacher, organisation: second, from: city.clock.now.day,
                person: person)
            await #expect(throws: DomainError.self) {
                try await city.database.write {
                    try AccountService($0, by: .system).create(again, passwordHash: "!", mustChange: false)
                }
            }
            #expect(try await count(city, "directory_person") == people)
        }
    }

    @Test func `suspending ends sessions at once, ending a role takes its rights at once`() async throws {
        try await withIdentityCity { city in
            try await city.open("bureau", .cityAdministrator, at: "city")
            let wang = try await city.open("wang", .teacher, at: "school")
            let bureau = try await city.user("bureau")
            let token = try await city.identity.startSession(login: "wang")
            let grant = try #require(try await city.account("wang").grants.first).id
            try await city.administer(as: bureau) { try $0.endGrant(grant, of: wang) }
            #expect(try await city.identity.authenticate(token)?.user.grants.isEmpty == true)
            await #expect(throws: DomainError.self) {
                try await city.administer(as: bureau) { try $0.endGrant(grant, of: wang) }
            }
            try await city.administer(as: bureau) { try $0.suspend(wang) }
            #expect(try await city.identity.authenticate(token) == nil)
            guard case .refused("这个账号已停用，请联系管理员") = try await city.signIn("wang") else {
                Issue.record("a suspended account signed in")
                return
            }
            try await city.administer(as: bureau) { try $0.resume(wang) }
            guard case .started = try await city.signIn("wang") else {
                Issue.record("a resumed account could not sign in")
                return
            }
        }
    }

    @Test func `the list is cut to the scope, searched, sorted and continued`() async throws {
        try await withIdentityCity { city in
            for login in ["wang", "zhao", "sun"] { try await city.open(login, .teacher, at: "school") }
            try await city.open("li", .schoolAdministrator, at: "second")
            try await city.open("ruan", .countyAdministrator, at: "other")
            let now = city.clock.now, county = DataScope([city.place("county").path])
            func logins(_ scope: DataScope, _ change: @Sendable (inout AccountStore.Filter) -> Void = { _ in })
                async throws -> [String]
            {
                var filter = AccountStore.Filter()
                change(&filter)
                let asked = filter
                return try await city.database.read {
                    try AccountStore($0).list(within: scope, asked, by: .login, limit: 10, at: now).rows.map(\.login)
                }
            }
            #expect(try await logins(county) == ["li", "sun", "wang", "zhao"])
            #expect(try await logins(.everything).count == 5)
            #expect(try await logins(.nothing) == [])
            #expect(try await logins(county) { $0.role = .teacher } == ["sun", "wang", "zhao"])
            #expect(try await logins(county) { $0.text = "第二" } == ["li"])
            #expect(try await logins(county) { $0.text = "WANG" } == ["wang"])
            #expect(try await logins(county) { $0.text = "%" } == [])
            #expect(try await logins(county) { $0.state = .closed } == [])
            let rest = try await city.database.read { db in
                try AccountStore(db).list(
                    within: county, .init(), by: .login, descending: true, after: ("wang", "~"), limit: 2, at: now)
            }
            #expect(rest.rows.map(\.login) == ["wang", "sun"])
            #expect(rest.total == 4)
        }
    }

    private func count(_ city: IdentityCity, _ table: SQL) async throws -> Int {
        try await city.database.read { try $0.value("SELECT COUNT(*) FROM \(table)") ?? 0 }
    }
}

func isNotFound(_ error: any Error) -> Bool {
    if case DomainError.notFound = error { true } else { false }
}

func isForbidden(_ error: any Error) -> Bool {
    if case DomainError.forbidden = error { true } else { false }
}
