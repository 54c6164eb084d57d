import Directory
import Foundation
import Kernel
import Testing
import Web

@Suite struct OrganisationInterfaceTests {
    private typealias World = DirectoryWorld

    private struct List: Decodable {
        struct Item: Decodable {
            let id: String, kind: String, name: String
            let code: String?, schoolType: String?, area: String?, closedOn: String?
        }
        let organisations: [Item]
        let next: String?
    }

    private func list(_ world: World, _ user: CurrentUser, _ query: String) async throws -> List {
        let answer = try await world.ask(user, "/api/v1/organisations", query: query)
        return try JSONDecoder().decode(List.self, from: Data(answer.text.utf8))
    }

    @Test func `pages of the list follow each other to the end`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450600")
            var ids: [String] = [], after: String?
            repeat {
                let page = try await list(world, user, "limit=5" + (after.map { "&after=\($0)" } ?? ""))
                #expect(page.organisations.count <= 5)
                ids += page.organisations.map(\.id)
                after = page.next
            } while after != nil
            #expect(ids.count == 42 && Set(ids).count == 42 && ids == ids.sorted())
        }
    }

    @Test func `closed schools are listed with their day`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450603"), school = try await world.organisation(World.secondarySchool)
            try await world.change { try $0.close(school, on: World.day) }
            let page = try await list(world, user, "kind=school")
            #expect(page.organisations.map(\.code) == [World.centralSchool, World.secondarySchool])
            #expect(page.organisations.map(\.closedOn) == [nil, "2020-09-01"])
            #expect(page.organisations.map(\.area) == ["urban", "urban"])
        }
    }

    @Test(arguments: [
        ("limit=0", "limit"), ("limit=1001", "limit"), ("limit=x", "limit"), ("after=1", "after"), ("kind=x", "kind"),
    ])
    func `a question that cannot be read is told so`(query: String, field: String) async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450600")
            let told = await problemField { _ = try await world.ask(user, "/api/v1/organisations", query: query) }
            #expect(told == field)
        }
    }

    @Test func `one organisation comes with its superiors and history`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450603"), point = try await world.teachingPoint()
            try await world.change { try $0.rename(point, to: "石桥小学教学点", from: World.day) }
            let text = try await world.ask(user, "/api/v1/organisations/\(point.id)").text
            #expect(text.contains(#""name":"石桥小学教学点""#) && text.contains(#""validFrom":"2020-09-01""#))
            #expect(text.contains(#""name":"防城区""#) && !text.contains(#""name":"防城港市""#))
        }
    }
}
