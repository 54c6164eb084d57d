import Foundation
import Kernel
import Testing

@testable import Identity

@Suite("角色目录")
struct RoleCatalogueTests {
    @Test func `every row of the plan's list of roles has a role`() {
        let rows = Set(RoleCatalogue.shipped.order.map(\.definition.plan))
        #expect(rows == Set((1...27).map { "R\($0)" }))
    }

    @Test func `codes and titles are unique, and every permission is held by some role`() {
        let catalogue = RoleCatalogue.shipped
        #expect(Set(catalogue.order.map(\.title)).count == catalogue.order.count)
        #expect(Set(catalogue.order.map(\.description)).count == catalogue.order.count)
        let held = catalogue.order.reduce(into: Set<Permission>()) { $0.formUnion($1.permissions) }
        #expect(held == Set(catalogue.permissions.map(\.permission)))
    }

    @Test func `administration is delegated for a year at most`() {
        for role in Role.allCases where !role.manages.isEmpty || role.isExclusive {
            #expect(role.definition.longestDays.map { $0 <= 366 } ?? false, "\(role)")
        }
    }

    @Test func `a catalogue with a stranger in it is refused`() {
        func flaw(_ text: String) -> RoleCatalogue.Flaw? {
            do {
                _ = try RoleCatalogue(Data(text.utf8))
                return nil
            } catch { return error as? RoleCatalogue.Flaw }
        }
        func document(places: String = "city", permission: String = "a.b.c", manages: String = "") -> String {
            """
            {"bundles": {}, "permissions": [{"name": "a.b.c", "title": "某"}], "roles": [{"code": "x", "name": "x",
            "title": "某", "plan": "R1", "places": ["\(places)"], "permissions": ["\(permission)"],
            "manages": [\(manages)], "isAdministrator": false, "isExclusive": false, "needsSecondFactor": false,
            "longestDays": null, "isGranted": true}]}
            """
        }
        #expect(flaw(document()) == nil)
        #expect(flaw(document(places: "moon")) == .unknownPlace("moon"))
        #expect(flaw(document(permission: "a.b.d")) == .unknownPermission("a.b.d"))
        #expect(flaw(document(permission: "@all")) == .unknownBundle("@all"))
        #expect(flaw(document(manages: "\"y\"")) == .unknownRole("y"))
    }
}
