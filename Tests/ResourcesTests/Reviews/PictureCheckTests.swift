import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Resources

/// Slides and films that look like those of another resource.
@Suite("Machine checks of pictures") struct PictureCheckTests {
    private static let deck = (1...8).map { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 }

    /// As if processing had drawn the first file of the resource so.
    private func draw(
        _ values: [UInt64], _ kind: String, spacing: Int = 0, of item: ID<Item>, _ made: ResourceCity
    ) async throws -> String {
        let found = try await made.database.read { try ItemStore($0).files(of: item).first }
        let sha256 = try #require(found).sha256, bytes = PictureSketch(values).bytes
        try await made.database.write { db in
            try db.execute("UPDATE media_processing SET state = 'done' WHERE sha256 = \(sha256)")
            try db.execute(
                """
                INSERT INTO media_picture_hashes (source, kind, spacing, hashes, noted_at)
                VALUES (\(sha256), \(kind), \(spacing), \(bytes), 0)
                """)
        }
        return sha256
    }

    private func check(_ item: ID<Item>, _ made: ResourceCity) async throws -> [ReviewFinding] {
        let review: ID<Review>? = try await made.database.read {
            try $0.value("SELECT id FROM resources_review WHERE item_id = \(item) AND state = 'open'")
        }
        let id = try #require(review), uploads = made.city.platform.media.uploads
        let job = ReviewCheckJob(
            database: made.database, reader: ProcessedReader(database: made.database, uploads: uploads))
        _ = try await job.run(id, turn: 0)
        return try await made.database.read { try ReviewCheckStore($0).findings(of: id) }
    }

    @Test(
        "Slides published before are found by what they look like, and stand side by side",
        arguments: TestDatabase.allCases)
    func slides(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let known = try await made.published(ResourceCity.content("灯塔课件", .city))
            let sha256 = try await draw(PictureCheckTests.deck, "page", of: known, made)
            let keeping = TraceKeeping(database: made.database)
            try await keeping.arrived(sha256)
            try await keeping.arrived(sha256)
            // Six of eight pages are the same but for one bit, in another order.
            let pages = PictureCheckTests.deck.dropFirst(2).reversed().map { $0 ^ 1 << 40 } + [3, 5].map { $0 << 20 }
            let copy = try await made.draft(ResourceCity.content("海边的灯塔"), by: .zhao)
            _ = try await draw(pages, "page", of: copy, made)
            let zhao = try await made.city.client(.zhao)
            #expect(try await zhao.post(ItemPages.path(copy) + "/submission", from: ItemPages.path(copy)).status == 303)
            let found = try await check(copy, made)
            let finding = try #require(found.first { $0.kind == .page }, "\(found)")
            #expect(finding.other == known && finding.percent == 100 && finding.grade == .note)
            let path = ItemPages.path(copy) + "/findings/\(finding.id)"
            let page = try await zhao.get(path)
            #expect(page.text.contains("左边共 8 页，右边共 8 页，6 对看起来相同"), "\(page.status) \(page.text.suffix(600))")
            #expect(page.text.contains("第 1 页") && page.text.contains("灯塔课件"))
            // Nobody else has a look at what was not published.
            #expect(try await (try await made.city.client(.wang)).get(path).status == 404)
        }
    }

    @Test("Films are compared at even times, and other films are not told", arguments: TestDatabase.allCases)
    func films(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let known = try await made.published(ResourceCity.content("课堂实录", .city))
            let other = try await made.published(ResourceCity.content("另一节课", .city))
            let keeping = TraceKeeping(database: made.database)
            try await keeping.arrived(try await draw(PictureCheckTests.deck, "frame", spacing: 8, of: known, made))
            let far = PictureCheckTests.deck.map { $0 &* 0xD1B5_4A32_D192_ED03 }
            try await keeping.arrived(try await draw(far, "frame", spacing: 8, of: other, made))
            let copy = try await made.draft(ResourceCity.content("示范课"))
            _ = try await draw(PictureCheckTests.deck.map { $0 ^ 2 }, "frame", spacing: 8, of: copy, made)
            try await made.review(.wang) { try $0.submit(copy) }
            let found = try await check(copy, made).filter { $0.kind == .frame }
            #expect(found.map(\.other) == [known])
            let path = ItemPages.path(copy) + "/findings/\(try #require(found.first).id)"
            #expect(try await (try await made.city.client(.li)).get(path).text.contains("0 分 56 秒"))
        }
    }

    @Test("However many share a page, only some are read", arguments: TestDatabase.allCases)
    func common(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let bands = PictureSketch([PictureCheckTests.deck[0]]).bands
            let found = try await made.database.write { db in
                let store = ReviewCheckStore(db)
                for number in 1...250 { try store.addTrace(of: "common\(number)", .page, [0], bands: bands) }
                let deck = PictureSketch(PictureCheckTests.deck)
                try store.addTrace(of: "whole", .page, deck.bytes, bands: deck.bands)
                return try store.alike(.page, deck.bands, except: "", atMost: 3)
            }
            #expect(found.count == 3 && found.first == "whole")
        }
    }

    @Test(
        "A review that no longer waits for a film is looked through when it has come", arguments: TestDatabase.allCases)
    func late(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.draft(ResourceCity.content("长片"))
            try await made.review(.wang) { try $0.submit(id) }
            let sha256 = try await draw(PictureCheckTests.deck, "frame", spacing: 8, of: id, made)
            let jobs: SQL = "SELECT COUNT(*) FROM platform_job WHERE kind = \(ReviewChecks.jobKind)"
            let before: Int? = try await made.database.read { try $0.value(jobs) }
            try await TraceKeeping(database: made.database).arrived(sha256)
            #expect(try await made.database.read { try $0.value(jobs) } == before)
            try await made.database.write { try $0.execute("UPDATE resources_review SET is_checked = 1") }
            try await TraceKeeping(database: made.database).arrived(sha256)
            #expect(try await made.database.read { try $0.value(jobs) } == (before ?? 0) + 1)
        }
    }
}
