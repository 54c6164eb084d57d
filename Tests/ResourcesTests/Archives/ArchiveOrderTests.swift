import Database
import Kernel
import Platform
import TestKit
import Testing

@testable import Resources

/// Archives that a job makes.
@Suite("Large archives") struct ArchiveOrderTests {
    private func work(_ made: ResourceCity) async throws {
        let runner = JobRunner(
            database: made.database, handlers: made.city.platform.resources.jobs, logger: TestDatabase.logger)
        while try await runner.runOne() {}
    }

    @Test("It is asked for, made, fetched by its author alone, and gone after a week", arguments: TestDatabase.allCases)
    func order(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.published(ResourceCity.content("灯塔教案"))
            let wang = try await made.city.client(.wang), zhao = try await made.city.client(.zhao)
            let root = ArchivePages.root
            #expect(try await wang.post(root, from: root).location == root)
            #expect(try await wang.post(root, from: root).status == 409)
            #expect(try await wang.get(root).text.contains("正在制作"))
            try await work(made)
            let page = try await wang.get(root)
            let link = try #require(page.text.firstMatch(of: #/href="([^"]+/parts/1)"/#), "\(page.text.suffix(900))")
            let file = try await wang.get(String(link.1))
            #expect(file.status == 200 && file.text.contains("resources.json") && file.text.contains("FCG:RES:\(id)"))
            #expect(try await zhao.get(String(link.1)).status == 404)
            #expect(try await wang.get(String(link.1).replacing("parts/1", with: "parts/2")).status == 404)
            try await made.database.write { try ArchiveOrderStore($0).deleteOld(now: .now.adding(days: 8)) }
            #expect(try await wang.get(String(link.1)).status == 404)
            #expect(try await wang.get(root).text.contains("还没有制作存档"))
        }
    }

    @Test("Many resources come in several parts; a second run changes nothing", arguments: TestDatabase.allCases)
    func parts(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            for number in 1...3 { _ = try await made.draft(ResourceCity.content("教案 \(number)")) }
            let wang = try await made.city.user(.wang), id = ID<ArchiveOrder>.new(), platform = made.city.platform
            try await made.database.write { db in
                try ArchiveOrderStore(db).insert(id, of: wang.person, wang.name, job: .new(), now: .now)
            }
            let job = ArchiveJob(
                database: made.database, files: platform.files, uploads: platform.media.uploads,
                workFolder: made.city.folder, partBytes: 10)
            #expect(try await job.run(id) { _, _, _ in } == "存档已做好，共 3 个压缩包")
            let first = try await made.database.read { try ArchiveOrderStore($0).parts(of: id) }
            #expect(first.map(\.number) == [1, 2, 3] && first.allSatisfy { $0.size > 0 })
            _ = try await job.run(id) { _, _, _ in }
            #expect(try await made.database.read { try ArchiveOrderStore($0).parts(of: id) } == first)
        }
    }
}
