import Directory
import Kernel
import Testing

@testable import Identity

@Suite("角色")
struct RoleTests {
    private static let business = ["directory.", "connectivity.", "plan.", "identity.class."]

    @Test func `the three administrators hold no business permission`() {
        for role in Role.allCases where role.isExclusive {
            for permission in role.permissions {
                #expect(!RoleTests.business.contains { permission.name.hasPrefix($0) }, "\(role) \(permission)")
            }
        }
        #expect(Role.allCases.filter(\.isExclusive).count == 3)
    }

    @Test func `nobody but the city administrator gives rights over others beyond her own`() {
        for role in Role.allCases where role != .systemAdministrator {
            for managed in role.manages {
                // What a guardian may do concerns her own children only.
                let rights = managed.permissions.subtracting([.childView])
                #expect(rights.isSubset(of: role.permissions), "\(role) gives \(managed)")
            }
        }
    }

    @Test func `who manages accounts may also see them, and only they manage`() {
        for role in Role.allCases {
            #expect(role.manages.isEmpty != role.permissions.contains(.accountManage))
            #expect(!role.permissions.contains(.accountManage) || role.permissions.contains(.accountView))
            #expect(!role.kinds.isEmpty)
        }
    }
}

@Suite("授权规则")
struct GrantRuleTests {
    private static let today = LocalDate(iso: "2015-11-08")!
    private let city = OrganisationID.new(), school = OrganisationID.new()

    private func grant(_ role: Role, _ from: String, _ until: String?, at place: OrganisationID? = nil) -> Grant {
        Grant(
            id: .new(), role: role, organisation: place ?? city, organisationName: "防城港市",
            path: OrganisationPath("0001/"),
            from: LocalDate(iso: from)!, until: until.map { LocalDate(iso: $0)! })
    }

    @Test func `a grant holds from its first day to the day before its end`() {
        let one = grant(.cityLeader, "2015-11-08", "2015-11-10")
        let days = ["2015-11-07", "2015-11-08", "2015-11-09", "2015-11-10"].map { LocalDate(iso: $0)! }
        #expect(days.map { one.holds(on: $0) } == [false, true, true, false])
        #expect(days.map { one.isOpen(on: $0) } == [true, true, true, false])
    }

    @Test(
        arguments: [
            ("2015-11-01", nil, true), ("2015-11-12", nil, false), ("2015-10-01", "2015-11-08", false),
            ("2015-10-01", "2015-11-09", true), ("2015-11-11", "2015-12-01", true),
        ] as [(String, String?, Bool)])
    func `periods overlap on a common day only`(from: String, until: String?, expected: Bool) {
        let one = grant(.cityLeader, "2015-11-08", "2015-11-12")
        #expect(one.overlaps(from: LocalDate(iso: from)!, until: until.map { LocalDate(iso: $0)! }) == expected)
    }

    @Test func `a grant ended on its first day overlaps nothing`() {
        #expect(
            !grant(.auditAdministrator, "2015-11-08", "2015-11-08").overlaps(from: GrantRuleTests.today, until: nil))
    }

    @Test func `one of the three administrators holds nothing else at the same time`() async throws {
        try await withIdentityCity { city in
            let place = city.place("city")
            func isRefused(_ role: Role, beside other: Role, until: String? = nil) throws -> Bool {
                let existing = [grant(other, "2015-01-01", until)]
                do {
                    let end = GrantRules.usualEnd(of: role, from: GrantRuleTests.today)
                    try GrantRules.check(role, at: place, from: GrantRuleTests.today, until: end, beside: existing)
                    return false
                } catch DomainError.invalid(let problems) { return problems.map(\.field) == ["role"] }
            }
            let exclusive = Role.allCases.filter(\.isExclusive)
            for role in exclusive {
                for other in Role.allCases { #expect(try isRefused(role, beside: other), "\(role) beside \(other)") }
                #expect(try isRefused(.cityLeader, beside: role))
                #expect(try !isRefused(.cityLeader, beside: role, until: "2015-11-08"))
            }
            let isOrdinaryRefused = try isRefused(.cityLeader, beside: .teacher)
            #expect(!isOrdinaryRefused)
        }
    }

    @Test func `administration is given for a year at most, and never without an end`() async throws {
        try await withIdentityCity { city in
            let today = GrantRuleTests.today, place = city.place("county")
            func problem(_ until: LocalDate?) -> [String] {
                do {
                    try GrantRules.check(.countyAdministrator, at: place, from: today, until: until, beside: [])
                    return []
                } catch DomainError.invalid(let problems) { return problems.map(\.field) } catch { return ["?"] }
            }
            #expect(problem(nil) == ["until"])
            #expect(problem(today.adding(days: 367)) == ["until"])
            #expect(problem(today.adding(days: 366)) == [])
        }
    }

    @Test func `a role stands only at its kind of organisation`() async throws {
        try await withIdentityCity { city in
            for role in Role.allCases {
                for place in [city.place("city"), city.place("county"), city.place("school")] {
                    let isAllowed: Bool
                    do {
                        let end = GrantRules.usualEnd(of: role, from: GrantRuleTests.today)
                        try GrantRules.check(role, at: place, from: GrantRuleTests.today, until: end, beside: [])
                        isAllowed = true
                    } catch DomainError.invalid { isAllowed = false }
                    #expect(isAllowed == role.kinds.contains(place.kind), "\(role) at \(place.kind)")
                }
            }
        }
    }
}
