import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Resources

/// The index follows the records, and shows nobody more than they do.
@Suite("Index of the resource search")
struct SearchIndexTests {
    private func found(
        _ text: String, _ member: TestCity.Member?, _ made: ResourceCity
    ) async throws -> [String] {
        let user: CurrentUser? = if let member { try await made.city.user(member) } else { nil }
        let viewer = ResourceViewer(user)
        return try await made.database.read { db in
            let hits = try ItemSearch(db).find(SearchRequest(text: text), for: viewer).hits.map(\.item)
            let records = try ItemStore(db).published(hits, for: viewer)
            // What the index finds, the records let her see.
            #expect(records.count == hits.count, "\(text)")
            return hits.compactMap { records[$0]?.content.title }
        }
    }

    @Test("What is published is found at once, and after the index took it over", arguments: TestDatabase.allCases)
    func following(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let indexing = made.city.platform.resources.searchIndexing
            let id = try await made.published(ResourceCity.content("灯塔教案", .city))
            #expect(try await found("灯塔", .zhao, made) == ["灯塔教案"])
            let now = Timestamp.now
            #expect(try await indexing.catchUp(now: now) > 0)
            #expect(try await indexing.catchUp(now: now) == 0)
            for text in ["灯塔", "dtja", "燈塔", "灯塔下的路", "登塔教案"] {
                #expect(try await found(text, .zhao, made) == ["灯塔教案"], "\(text)")
            }
            try await made.review(.li) { try $0.takeDown(id, reason: "换新") }
            #expect(try await found("灯塔", .zhao, made).isEmpty)
            try await indexing.catchUp()
            #expect(try await found("灯塔", .zhao, made).isEmpty)
            try await made.review(.li) { try $0.restore(id) }
            #expect(try await found("灯塔", .zhao, made) == ["灯塔教案"])
            try await indexing.catchUp()
            #expect(try await found("灯塔", .zhao, made) == ["灯塔教案"])
        }
    }

    @Test("Everybody finds what is open to her", arguments: TestDatabase.allCases)
    func scope(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            for (title, visibility, audience) in [
                ("校内海图", ItemVisibility.school, ["teacher"]), ("县里海图", .county, ["teacher"]),
                ("全市海图", .city, ["teacher"]), ("学生海图", .city, ["student"]), ("公开海图", .public, ["teacher"]),
            ] { _ = try await made.published(ResourceCity.content(title, visibility, audience: audience)) }
            _ = try await made.draft(ResourceCity.content("草稿海图", .public))
            for isIndexed in [false, true] {
                if isIndexed { try await made.city.platform.resources.searchIndexing.catchUp() }
                let everything: Set = ["校内海图", "县里海图", "全市海图", "学生海图", "公开海图"]
                #expect(Set(try await found("海图", .wang, made)) == everything)
                #expect(Set(try await found("海图", .bureau, made)) == everything)
                #expect(
                    Set(try await found("海图", .zhao, made)) == ["全市海图", "学生海图", "公开海图"], "\(isIndexed)")
                #expect(try await found("海图", nil, made) == ["公开海图"])
            }
        }
    }

    @Test("Made anew it answers the same, and what changes meanwhile is not lost", arguments: TestDatabase.allCases)
    func rebuild(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let indexing = made.city.platform.resources.searchIndexing
            for title in ["潮水教案", "潮水课件", "贝壳微课"] {
                _ = try await made.published(ResourceCity.content(title, .city))
            }
            try await indexing.catchUp()
            let before = try await found("潮水", .zhao, made)
            _ = try await made.published(ResourceCity.content("潮水习题", .city))
            #expect(try await indexing.rebuild() == 4)
            #expect(Set(try await found("潮水", .zhao, made)) == Set(before + ["潮水习题"]))
            try await indexing.catchUp()
            #expect(Set(try await found("潮水", .zhao, made)) == Set(before + ["潮水习题"]))
            let (old, lists) = try await made.database.read { db in
                let old: Int? = try db.value("SELECT COUNT(*) FROM resources_search_block WHERE state <> 'active'")
                let lists: Int? = try db.value(
                    """
                    SELECT COUNT(*) FROM resources_search_list l WHERE NOT EXISTS (
                        SELECT 1 FROM resources_search_block b WHERE b.block = l.block)
                    """)
                return (old, lists)
            }
            #expect(old == 0 && lists == 0)
            try await made.database.write {
                try SearchRebuildStore($0).begin("another", now: .now, abandonedBefore: Timestamp(milliseconds: 0))
            }
            await #expect(throws: DomainError.self) { try await indexing.rebuild() }
            // While another rebuild runs nothing is folded, and still all is found.
            _ = try await made.published(ResourceCity.content("潮水故事", .city))
            try await indexing.catchUp()
            #expect(try await found("潮水故事", .zhao, made).first == "潮水故事")
        }
    }

    @Test("What was adapted stands before what was not", arguments: TestDatabase.allCases)
    func merit(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let used = try await made.published(ResourceCity.content("贝壳教案", .city))
            _ = try await made.published(ResourceCity.content("贝壳教案", .city))
            for _ in 0..<4 {
                let copy = try await made.draft(
                    {
                        var content = ResourceCity.content("改编", .school); content.origin = "adapted"; return content
                    }(),
                    adapting: used)
                try await made.review(.wang) { try $0.submit(copy) }
                try await made.pass(copy, by: [.li])
            }
            try await made.city.platform.resources.searchIndexing.catchUp()
            let viewer = ResourceViewer(try await made.city.user(.zhao))
            let first = try await made.database.read {
                try ItemSearch($0).find(SearchRequest(text: "贝壳教案"), for: viewer).hits.first?.item
            }
            #expect(first == used)
        }
    }

    @Test("A new name of the school is followed, and text of a file", arguments: TestDatabase.allCases)
    func names(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.published(ResourceCity.content("渔歌教案", .city)), database = made.database
            let indexing = SearchIndexing(database: database, texts: KnownText(text: "鲸鱼出没的海湾"))
            try await indexing.catchUp()
            #expect(try await found("鲸鱼出没", .zhao, made) == ["渔歌教案"])
            let school = made.school.id
            try await database.write { db in
                try db.execute("UPDATE directory_organisation SET name = '浪花小学' WHERE id = \(school)")
                try db.execute(
                    """
                    UPDATE directory_organisation_version SET recorded_at = \(Timestamp.now.adding(seconds: 5))
                    WHERE organisation_id = \(school)
                    """)
            }
            try await indexing.catchUp(now: Timestamp.now.adding(seconds: 60))
            #expect(try await found("浪花小学", .zhao, made) == ["渔歌教案"])
            let hash = try await database.read { try SearchSourceStore($0).hashes(of: [id])[id]?.first }
            try await SearchIndexing(database: database, texts: KnownText(text: "白鹭")).textArrived(try #require(hash))
            try await SearchIndexing(database: database, texts: KnownText(text: "白鹭")).catchUp()
            #expect(try await found("白鹭", .zhao, made) == ["渔歌教案"])
        }
    }
}

/// Says the same of every file.
private struct KnownText: ItemTextSource {
    let text: String
    func texts(of hashes: [String]) async throws -> [String: String] {
        Dictionary(uniqueKeysWithValues: hashes.map { ($0, text) })
    }
}
