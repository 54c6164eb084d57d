import Database
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Media
@testable import Resources

/// Files of resources: taken from uploads, made fit for the browser, and open to whoever may see the resource.
@Suite("Files of resources")
struct ItemFilesTests {
    private func upload(_ made: ResourceCity, _ name: String, _ text: String, by member: TestCity.Member) async throws
        -> String
    {
        let path = made.city.folder + "/" + Identifiers.next(), bytes = Array(text.utf8)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let user = try await made.city.user(member)
        return try await made.city.platform.media.uploads.receive(
            fileAt: path, name: name, size: bytes.count, by: user
        ).id.rawValue
    }

    private func work(_ made: ResourceCity) async throws {
        let runner = JobRunner(
            database: made.database, handlers: made.city.platform.media.jobs, logger: TestDatabase.logger)
        while try await runner.runOne() {}
    }

    @Test("Uploads are taken up with the resource, once, and only one's own", arguments: TestDatabase.allCases)
    func claims(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.draft(ResourceCity.content()), page = ItemPages.path(id)
            let wang = try await made.city.client(.wang), list = page + "/attachments"
            let own = try await upload(made, "练习.txt", "一", by: .wang)
            let foreign = try await upload(made, "别人.txt", "二", by: .zhao)
            let offered = try await wang.get(page).text
            #expect(offered.contains("练习.txt") && !offered.contains("别人.txt"))
            let refused = try await wang.upload(
                list, from: page, field: "none", fileName: "", [], [("upload", foreign), ("upload", own)])
            #expect(refused.status == 422 && refused.text.contains("选的文件已不在你的上传里"))
            // Nothing was taken of a form that was wrong in one file; what was right is still chosen.
            #expect(refused.text.contains("value=\"\(own)\" checked"))
            #expect(try await made.database.read { try ItemStore($0).files(of: id) }.count == 1)
            let sent = try await wang.upload(list, from: page, field: "none", fileName: "", [], [("upload", own)])
            #expect(sent.status == 303)
            let again = try await wang.upload(list, from: page, field: "none", fileName: "", [], [("upload", own)])
            #expect(again.status == 422 && again.text.contains("已经用过"))
            let none = try await wang.upload(list, from: page, field: "none", fileName: "", [])
            #expect(none.status == 422 && none.text.contains("请选择要添加的文件"))
            let program = try await wang.upload(
                list, from: page, field: "file", fileName: "游戏.pdf", Array("MZ\u{0}\u{0}".utf8))
            #expect(program.status == 422 && program.text.contains("这是程序或脚本，不能上传。"))
            #expect(try await made.database.read { try ItemStore($0).files(of: id) }.count == 2)
        }
    }

    @Test("What was made of a file is as open as the file", arguments: TestDatabase.allCases)
    func access(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.published(ResourceCity.content("海", .public)), page = ItemPages.path(id)
            let wang = try await made.city.client(.wang), visitor = try await made.city.client(.visitor)
            let own = try await upload(made, "课.srt", "1\n00:00:01,000 --> 00:00:02,000\n你好\n", by: .wang)
            _ = try await wang.upload(
                page + "/attachments", from: page, field: "none", fileName: "", [], [("upload", own)])
            try await work(made)
            let files = try await made.database.read { try ItemStore($0).files(of: id) }
            let track = try #require(files.first { $0.name == "课.srt" })
            let path = ItemPages.path(track, of: id) + "/derived/captions.vtt"
            // It belongs to a version that readers do not have yet.
            #expect(try await visitor.get(path).status == 404)
            let mine = try await wang.get(path)
            #expect(mine.status == 200 && mine.text.hasPrefix("WEBVTT") && mine.text.contains("00:00:01.000"))
            #expect(mine.headers[.contentType] == "text/vtt; charset=utf-8")
            #expect(try await wang.get(path, headers: ["range": "bytes=0-5"]).text == "WEBVTT")
            let tag = try #require(mine.headers[.eTag])
            #expect(try await wang.get(path, headers: ["if-none-match": tag]).status == 304)
            #expect(try await wang.get(ItemPages.path(track, of: id) + "/derived/nothing").status == 404)
            let policy = try #require(try await wang.get(page).headers[.contentSecurityPolicy])
            #expect(policy.contains("media-src 'self'") && policy.contains("default-src 'none'"))
            #expect(try await wang.get("/resources").headers[.contentSecurityPolicy]?.contains("media-src") == false)
            #expect(try await made.database.read { try MediaText.text(of: track.sha256, on: $0) } == "你好")
        }
    }

    @Test("A film shows its subtitles, its qualities and how it stands to the norms")
    func figures() {
        var facts = MediaFacts()
        facts.norms = [NormFinding(name: "晒课", differences: ["没有声音"])]
        let view = MediaView(
            source: "a", kind: .video, state: .done, remark: "", facts: facts, progress: nil,
            files: [
                DerivedFile(name: "360.mp4", sha256: "b", size: 9, mediaType: "video/mp4", width: 640, height: 360),
                DerivedFile(name: "180.mp4", sha256: "c", size: 5, mediaType: "video/mp4", width: 320, height: 180),
                DerivedFile(
                    name: "master.m3u8", sha256: "d", size: 1, mediaType: "application/vnd.apple.mpegurl", width: 0,
                    height: 0),
            ])
        let captions = [MediaFigures.Captions(name: "课.en.vtt", url: "/c/captions.vtt")]
        let text = MediaFigures(view, name: "课.mp4", base: "/f", id: "1").html(captions: captions).text
        let places = ["/f/master.m3u8", "/f/360.mp4", "/f/180.mp4"].compactMap { text.range(of: $0)?.lowerBound }
        #expect(places.count == 3 && places == places.sorted())
        #expect(text.contains("srclang=\"en\" label=\"英文\" default") && text.contains("晒课：没有声音"))
        #expect(!text.contains("data-poll"))
    }
}
