import Database
import Directory
import Kernel
import Testing
import Web

/// What lies outside a person's scope does not exist, on any door.
@Suite struct OrganisationScopeTests {
    private typealias World = DirectoryWorld

    @Test func `a county user does not find a school of another county`() async throws {
        try await withDirectory { world in
            let scope = DataScope([try await world.organisation("450603").path])
            let foreign = try await world.organisation(World.borderSchool)
            let own = try await world.organisation(World.centralSchool)
            try await world.database.read { db throws in
                let store = OrganisationStore(db)
                #expect(throws: DomainError.self) { try store.find(foreign.id, within: scope) }
                #expect(try store.find(code: World.borderSchool, within: scope) == nil)
                #expect(try store.search("江平", within: scope, limit: 10).isEmpty)
                #expect(try store.find(own.id, within: scope) == own)
                #expect(try store.search("华石镇", within: scope, limit: 10).map(\.name) == ["华石镇", "华石镇中心小学"])
            }
        }
    }

    @Test func `a county user counts and lists only the own schools`() async throws {
        try await withDirectory { world in
            let scope = DataScope([try await world.organisation("450603").path])
            let found = try await world.database.read { db in
                let found = try OrganisationStore(db).schools(within: scope, .init(), limit: 50)
                return (found.rows.map(\.organisation.name), found.total)
            }
            #expect(found.0 == ["防城区第二初级中学", "华石镇中心小学", "石桥教学点"])
            #expect(found.1 == 3)
        }
    }

    @Test func `without a scope there is nothing`() async throws {
        try await withDirectory { world in
            try await world.database.read { db throws in
                let store = OrganisationStore(db)
                #expect(try store.all(within: .nothing).isEmpty)
                #expect(try store.all(within: .nothing, on: DirectoryWorld.day).isEmpty)
                #expect(try store.schools(within: .nothing, .init(), limit: 5).total == 0)
            }
        }
    }

    @Test(arguments: ["", "/history", "/name", "/closure", "/place", "/children"])
    func `pages of a foreign organisation are not found`(face: String) async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450603")
            let foreign = try await world.organisation(World.borderSchool)
            await expectMissing { _ = try await world.ask(user, "/organisations/\(foreign.id)\(face)") }
        }
    }

    @Test(arguments: ["", "/dossier"])
    func `a foreign school has no page and no file`(face: String) async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450603")
            let foreign = try await world.organisation(World.borderSchool)
            await expectMissing { _ = try await world.ask(user, "/schools/\(foreign.id)\(face)") }
            await expectMissing { _ = try await world.ask(user, "/api/v1/organisations/\(foreign.id)") }
        }
    }

    @Test func `a form cannot reach outside the scope, neither as subject nor as target`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450603")
            let foreign = try await world.organisation(World.borderSchool)
            let rename = [("name", "改名"), ("from", "2020-09-01"), ("revision", "1")]
            await expectMissing { _ = try await world.ask(user, "/organisations/\(foreign.id)/name", form: rename) }
            let own = try await world.organisation(World.secondarySchool)
            let merge = [("target", foreign.id.rawValue), ("from", "2020-09-01"), ("revision", "1")]
            let answer = try await world.ask(user, "/organisations/\(own.id)/merger", form: merge)
            #expect(answer.status == 422 && answer.text.contains("选择并入的单位"))
            #expect(!answer.text.contains("江平镇第一小学"))
        }
    }

    @Test func `list, tree, export and interface of a county user name no foreign school`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450603")
            for (path, query) in [
                ("/schools", ""), ("/schools", "format=csv"), ("/schools", "unit=450681"), ("/organisations", ""),
                ("/organisations", "format=xlsx"), ("/organisations", "q=jpz"), ("/api/v1/organisations", "limit=1000"),
            ] {
                let text = try await world.ask(user, path, query: query).text
                #expect(!text.contains("江平") && !text.contains("实验小学"), "\(path) \(query)")
            }
            #expect(try await world.ask(user, "/schools", query: "format=csv").text.contains("石桥教学点"))
        }
    }

    @Test func `who administers a county cannot close or move it`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450603")
            let county = try await world.organisation("450603")
            for action in ["closure", "merger"] {
                #expect(
                    try await isConflict { _ = try await world.ask(user, "/organisations/\(county.id)/\(action)") })
            }
            let page = try await world.ask(user, "/organisations/\(county.id)").text
            #expect(page.contains("新建下级") && !page.contains("撤销单位"))
        }
    }
}

/// The body must be answered as if nothing were there.
func expectMissing(_ body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) async {
    do {
        try await body()
        Issue.record("found", sourceLocation: sourceLocation)
    } catch DomainError.notFound {
        return
    } catch {
        Issue.record("another error: \(error)", sourceLocation: sourceLocation)
    }
}
