import Kernel
import Testing

@Suite("数据范围") struct DataScopeTests {
    private func grant(_ path: String, _ permissions: Set<Permission>) -> EffectiveGrant {
        EffectiveGrant(role: "r", organisation: .new(), path: OrganisationPath(path), permissions: permissions)
    }

    @Test func `a scope keeps only the outermost subtrees`() {
        let scope = DataScope(["0001/0002/0003/", "0001/0002/", "0001/0004/"].map(OrganisationPath.init))
        #expect(scope.roots.map(\.text) == ["0001/0002/", "0001/0004/"])
        #expect(scope.contains(OrganisationPath("0001/0002/0009/")))
        #expect(!scope.contains(OrganisationPath("0001/0003/")))
    }

    @Test func `the end of a subtree comes after every path in it and before its next sibling`() {
        let path = OrganisationPath("0001/0002/")
        for inside in ["0001/0002/", "0001/0002/0001/", "0001/0002/9999/9999/"] {
            #expect(inside >= path.text && inside < path.end)
        }
        for outside in ["0001/0001/", "0001/0003/", "0001/", "0001/00021/"] {
            #expect(!(outside >= path.text && outside < path.end))
        }
    }

    @Test func `a right is held where it is granted and below, never beside or above`() {
        let user = CurrentUser(
            account: .new(), person: .new(), name: "陈主任",
            grants: [grant("0001/0002/", ["a.b.c"]), grant("0001/", ["d.e.f"])])
        #expect(user.may("a.b.c", at: OrganisationPath("0001/0002/0005/")))
        #expect(!user.may("a.b.c", at: OrganisationPath("0001/0003/")))
        #expect(!user.may("a.b.c", at: OrganisationPath("0001/")))
        #expect(user.scope(of: "d.e.f").roots.map(\.text) == ["0001/"])
        #expect(user.scope(of: "x.y.z").isEmpty)
    }
}
