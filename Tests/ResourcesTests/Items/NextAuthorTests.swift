import Directory
import Foundation
import Kernel
import TestKit
import Testing

@testable import Resources

/// Authors of a version that is not published yet, and what an archive tells of reviews.
@Suite("Authors with the version") struct NextAuthorTests {
    private func save(_ made: ResourceCity, _ id: ID<Item>, _ title: String, with others: [ID<Person>]) async throws {
        let node = try await made.node(), wang = try await made.city.user(.wang)
        try await made.database.write { db in
            var content = ResourceCity.content(title)
            content.nodes = [node.id.rawValue]
            let item = try ItemStore(db).find(id, for: ResourceViewer(wang))
            try ItemService(db, by: wang, now: .now).save(id, at: item.revision, content, with: others)
        }
    }

    private func authors(_ made: ResourceCity, _ id: ID<Item>) async throws -> [ID<Person>] {
        try await made.database.read { try ItemStore($0).authors(of: id).map(\.person) }
    }

    @Test("A name comes with the version that readers get, not before", arguments: TestDatabase.allCases)
    func publication(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let wang = try await made.city.user(.wang).person, zhao = try await made.city.user(.zhao).person
            let id = try await made.published(ResourceCity.content("灯塔教案"))
            try await save(made, id, "灯塔教案，第二版", with: [zhao])
            #expect(try await authors(made, id) == [wang])
            let next = try await made.database.read { try NextAuthors($0).of(id, version: 2).map(\.person) }
            #expect(next == [wang, zhao])
            // She has no rights yet; the author reads whom it will name.
            let path = ItemPages.path(id)
            #expect(try await made.city.client(.zhao).get(path).status == 404)
            #expect(try await made.city.client(.wang).get(path).text.contains("新版本的作者"))
            #expect(try await made.city.client(.wang).get(path + "/edit").text.contains("zhao(示例)"))
            try await made.review(.wang) { try $0.submit(id) }
            #expect(try await authors(made, id) == [wang])
            try await made.pass(id, by: [.li])
            #expect(try await authors(made, id) == [wang, zhao])
            let left = try await made.database.read { try NextAuthors($0).of(id, version: 2) }
            #expect(left.isEmpty)
            #expect(try await made.city.client(.zhao).get(path).status == 200)
        }
    }

    @Test("A name that is taken back asks for nothing; a draft names at once", arguments: TestDatabase.allCases)
    func changes(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let wang = try await made.city.user(.wang).person, zhao = try await made.city.user(.zhao).person
            let id = try await made.published(ResourceCity.content("灯塔教案"))
            try await save(made, id, "第二版", with: [zhao])
            try await save(made, id, "第二版", with: [])
            let next = try await made.database.read { try NextAuthors($0).of(id, version: 2) }
            #expect(next.isEmpty)
            let draft = try await made.draft(ResourceCity.content("草稿"))
            try await save(made, draft, "草稿", with: [zhao])
            #expect(try await authors(made, draft) == [wang, zhao])
        }
    }

    @Test("An archive tells what the levels said, and names who passed it", arguments: TestDatabase.allCases)
    func reviews(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.draft(ResourceCity.content("灯塔教案"))
            try await made.review(.wang) { try $0.submit(id) }
            try await made.review(.li) { try $0.decide(id, at: $0.seen(id).item.revision, .returned, remark: "缺板书") }
            try await save(made, id, "灯塔教案，有板书", with: [])
            try await made.review(.wang) { try $0.submit(id) }
            try await made.pass(id, by: [.li])
            let steps = try await made.database.read { try ReviewStore($0).steps(of: id) }
            let reviews = steps.compactMap(ItemArchive.Review.init)
            #expect(reviews.map(\.outcome) == ["退回", "通过"] && reviews.map(\.level) == ["校级", "校级"])
            #expect(reviews.map(\.reviewer) == [nil, "li(示例)"] && reviews[0].reason == "缺板书")
            let answer = try await made.city.client(.wang).get(ItemPages.root + "/mine/archive")
            #expect(answer.text.contains("缺板书") && answer.text.contains("\"reviewer\" : \"li(示例)\""))
        }
    }
}
