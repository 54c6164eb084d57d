import Kernel
import Testing

@testable import Web

@Suite struct NavigationTests {
    private func item(_ title: String, _ group: String? = nil) -> NavigationItem {
        NavigationItem(title, path: "/" + title, group: group)
    }

    private func told(_ items: [NavigationItem]) -> [String] {
        NavigationSection.sections(of: items).map { section in
            (section.title ?? "") + ":" + section.items.map(\.title).joined(separator: ",")
        }
    }

    @Test func fewItemsStandSideBySide() {
        #expect(told((1...7).map { item("\($0)", "g") }) == [":1,2,3,4,5,6,7"])
    }

    @Test func manyItemsFoldIntoTheirGroups() {
        let items =
            [item("a"), item("b", "g"), item("c", "h"), item("d", "g"), item("e"), item("f"), item("i", "h")]
            + [item("alone", "k")]
        #expect(told(items) == [":a", "g:b,d", "h:c,i", ":e,f,alone"])
    }

    @Test func everyItemIsToldOnce() {
        let items = (1...30).map { item("\($0)", $0 % 4 == 0 ? nil : "g\($0 % 4)") }
        let all = NavigationSection.sections(of: items).flatMap(\.items).map(\.title)
        #expect(Set(all).count == 30)
        #expect(all.count == 30)
    }

    private func user(_ permissions: Set<Permission>) -> CurrentUser {
        CurrentUser(
            account: ID("a"), person: ID("p"), name: "王老师",
            grants: [EffectiveGrant(role: "R1", organisation: ID("o"), path: .city, permissions: permissions)])
    }

    @Test func whatIsKeptOfAMenuIsNotShownToOthersNorElsewhere() {
        let menu: NavigationMenu = [
            NavigationItem("计划", path: "/plan"), NavigationItem("目标", path: "/plan/targets", permission: "plan.edit"),
            NavigationItem("审计", path: "/audit", permission: "audit.read"),
        ]
        func bar(_ permissions: Set<Permission>, _ path: String) -> String {
            menu.markup(for: user(permissions), at: path).bar.text
        }
        for _ in 1...2 {
            #expect(bar(["audit.read"], "/plan").contains("审计"))
            #expect(!bar([], "/plan").contains("审计"))
            #expect(!bar([], "/plan").contains("目标"))
            #expect(bar([], "/plan/targets").contains(#"<a href="/plan" aria-current="page">"#))
            #expect(bar(["plan.edit"], "/plan/targets/T1").contains(#"<a href="/plan/targets" aria-current="page">"#))
            #expect(bar(["plan.edit"], "/plan/targetsets").contains(#"<a href="/plan" aria-current="page">"#))
            #expect(!bar([], "/planning").contains("aria-current"))
        }
        #expect(menu.markup(for: nil, at: "/plan").bar.text.isEmpty)
    }
}
