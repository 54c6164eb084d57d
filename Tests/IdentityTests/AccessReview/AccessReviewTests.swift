import Kernel
import Testing
import Web

@testable import Identity

@Suite("权限查询")
struct AccessReviewTests {
    private func names(_ city: IdentityCity, _ permission: Permission, at place: String) async throws -> [String] {
        let place = city.place(place), day = city.clock.now.day
        return try await city.database.read {
            try AccessReviewStore($0).holders(of: permission, at: place, on: day).map(\.login)
        }
    }

    /// The same question answered the slow way, from what each person's session says.
    private func expected(
        _ city: IdentityCity, _ permission: Permission, at place: String, among logins: [String]
    ) async throws -> Set<String> {
        var found: Set<String> = []
        for login in logins where try await city.user(login).may(permission, at: city.place(place).path) {
            found.insert(login)
        }
        return found
    }

    @Test func `it names exactly those whose session would let them`() async throws {
        try await withIdentityCity { city in
            let cast: [(String, Role, String)] = [
                ("shiju", .cityAdministrator, "city"), ("zhou", .researcher, "city"),
                ("chen", .countyAdministrator, "county"), ("ruan", .countyAdministrator, "other"),
                ("li", .schoolAdministrator, "school"), ("wang", .teacher, "school"), ("zhao", .teacher, "second"),
                ("system", .systemAdministrator, "city"), ("audit", .auditAdministrator, "city"),
            ]
            for (login, role, place) in cast { try await city.open(login, role, at: place) }
            for permission in RoleCatalogue.shipped.permissions.map(\.permission) {
                for place in city.places.keys {
                    let found = try await names(city, permission, at: place)
                    let wanted = try await expected(city, permission, at: place, among: cast.map(\.0))
                    #expect(Set(found) == wanted, "\(permission) at \(place)")
                    #expect(found.count == wanted.count)
                }
            }
        }
    }

    @Test func `the page shows why, and nothing about places outside the asker's own`() async throws {
        try await withIdentityCity { city in
            try await city.open("chen", .countyAdministrator, at: "county")
            try await city.open("li", .schoolAdministrator, at: "school")
            try await city.open("wang", .teacher, at: "school")
            let token = try await city.identity.startSession(login: "li")
            let pages = IdentityPages(city.identity)
            func page(_ place: String, _ permission: String) async throws -> String {
                let address = "/accounts/access?permission=\(permission)&place=\(city.place(place).id.rawValue)"
                let answer = try await pages.send(.get, address, token: token)
                guard case .bytes(let bytes) = answer.body else { return "" }
                return String(decoding: bytes, as: UTF8.self)
            }
            let own = try await page("school", "connectivity.register.edit")
            #expect(own.contains("某li") && own.contains("本单位的角色"))
            #expect(own.contains("某chen") && own.contains("上级单位的角色，及于所有下级"))
            #expect(!own.contains("某wang"))
            #expect(try await page("school", "directory.class.view").contains("限于自己任教或所带的班级"))
            #expect(try await page("second", "connectivity.register.edit").contains("还没有查询"))
        }
    }
}
