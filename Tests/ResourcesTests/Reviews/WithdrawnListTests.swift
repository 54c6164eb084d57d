import Database
import Directory
import Kernel
import TestKit
import Testing
import Web

@testable import Resources

/// A consent that was taken back counts in the next list, before the resource is taken down.
@Suite("Consents in lists")
struct WithdrawnListTests {
    /// The resource shows a pupil about whom nobody has said yes.
    private func showPupil(_ id: ID<Item>, _ made: ResourceCity) async throws {
        let crypto = made.city.platform.crypto, school = made.border, day = SchoolYear(containing: Timestamp.now.day)
        try await made.database.write { db in
            let group = try ClassGroupService(db, by: .system).open(
                ClassDraft(stage: .primary, entryYear: day.start, number: 1, openedOn: day.firstDay), at: school)
            let pupil = try EnrolmentService(db, crypto, by: .system).add(
                NewPupil(name: "黄海"), to: group, from: day.firstDay)
            let item = try #require(try ItemStore(db).look(for: id))
            var content = item.content
            content.pupilUses = ["works"]
            try db.execute("UPDATE resources_item SET content = \(content.json), travels = 0 WHERE id = \(id)")
            try ItemPupilStore(db).set([pupil], of: id, version: item.version)
        }
    }

    @Test("No list shows it from that request on, but to whoever reviews", arguments: TestDatabase.allCases)
    func lists(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.opened(ResourceCity.open("海边灯塔的画"))
            _ = try await made.opened(ResourceCity.open("海边的路"))
            let node = try await made.node().id
            let places = [
                ItemPages.root, SearchPages.root + "?q=" + URLCoding.encode("海边"), "/textbook-nodes/\(node)",
                SchoolResourcePages.path(made.border.id),
            ]
            let files = [
                ItemPages.root + "?format=csv", SearchPages.root + "?q=" + URLCoding.encode("海边") + "&format=csv",
                SchoolResourcePages.path(made.border.id) + "?format=csv",
            ]
            let visitor = try await made.city.client(.visitor), wang = try await made.city.client(.wang)
            for place in places {
                for reader in [visitor, wang] { #expect(try await reader.get(place).text.contains("灯塔的画"), "\(place)") }
            }
            try await showPupil(id, made)
            for place in places {
                for reader in [visitor, wang] {
                    let page = try await reader.get(place)
                    #expect(page.status == 200 && !page.text.contains("灯塔的画"), "\(place)")
                    #expect(page.text.replacing("</mark>", with: "").contains("海边的路"), "\(place)")
                }
            }
            for file in files {
                let answer = try await wang.get(file)
                #expect(answer.status == 200 && !answer.text.contains("灯塔的画"), "\(file)")
                #expect(answer.text.contains("海边的路"), "\(file)")
            }
            let reviewer = try await made.city.client(.dongxing)
            #expect(try await reviewer.get(ItemPages.root).text.contains("灯塔的画"))
        }
    }

    @Test("A list goes on behind what it hides", arguments: TestDatabase.allCases)
    func pages(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let item = try await made.opened(ResourceCity.open("样本"))
            try await made.database.write { db in
                // As many as make a second page.
                for _ in 0..<TableQuery.pageLength {
                    let id = ID<Item>.new()
                    try db.execute(
                        """
                        INSERT INTO resources_item (id, school_id, state, revision, version, content, title, words, type,
                            type_group, visibility, origin, for_pupils, created_at, changed_at, changed_by,
                            published_at, reason, opened_at)
                        SELECT \(id), school_id, state, revision, version, content, title, words, type, type_group,
                            visibility, origin, for_pupils, created_at, changed_at, changed_by, published_at, reason,
                            opened_at
                        FROM resources_item WHERE id = \(item)
                        """)
                }
            }
            let visitor = try await made.city.client(.visitor)
            let path = SchoolResourcePages.path(made.border.id)
            for place in [ItemPages.root, path] { #expect(try await visitor.get(place).text.contains("after=")) }
            let latest: ID<Item>? = try await made.database.read { try $0.value("SELECT MAX(id) FROM resources_item") }
            try await showPupil(try #require(latest), made)
            for place in [ItemPages.root, path] {
                #expect(try await visitor.get(place).text.contains("after="), "\(place)")
            }
        }
    }
}
