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
}
