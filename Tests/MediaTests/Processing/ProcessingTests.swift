import Database
import Foundation
import Kernel
import Platform
import Synchronization
import TestKit
import Testing

@testable import Media

@Suite("处理：文件变成可以看的") struct ProcessingTests {
    @Test(arguments: TestDatabase.allCases)
    func `a film becomes an MP4 of its own streams, a ladder, a poster and a time bar`(
        on database: TestDatabase
    ) async throws {
        try await ProcessingCity.run(database) { made in
            let film = try await made.add("课堂实录.mp4", try await made.film("a.mp4"))
            #expect(try await made.view(film).state == .waiting)
            try await made.work()
            let view = try await made.view(film)
            #expect(view.state == .done, "\(view.remark)")
            #expect(
                Set(view.files.map(\.name)) == [
                    "original.mp4", "poster.jpg", "180.mp4", "180.m3u8", "180.m4s", "360.mp4", "360.m3u8", "360.m4s",
                    "sprite.jpg", "sprite.vtt", "master.m3u8",
                ])
            #expect(view.file("180.mp4")?.width == 320 && view.file("poster.jpg")?.height == 360)
            #expect(view.facts.seconds.map { $0 > 1.9 && $0 < 2.2 } == true && view.facts.norms?.count == 3)
            // What tells where things are stands before them, so that it plays while it comes.
            let bytes = Data(try await made.bytes("original.mp4", of: film))
            let index = try #require(bytes.range(of: Data("moov".utf8))), data = bytes.range(of: Data("mdat".utf8))
            #expect(data.map { index.lowerBound < $0.lowerBound } == true)
            let list = String(decoding: try await made.bytes("360.m3u8", of: film), as: UTF8.self)
            #expect(list.contains("#EXT-X-BYTERANGE") && list.contains("360.m4s"))
            #expect(try await made.count("SELECT COUNT(*) FROM platform_event WHERE kind = 'media.processed'") == 1)
        }
    }

    @Test func `the chapters of a film are kept with it and listed`() async throws {
        try await ProcessingCity.run(.sqlite) { made in
            let notes = "\(made.city.folder)/chapters.txt"
            let text = """
                ;FFMETADATA1
                [CHAPTER]
                TIMEBASE=1/1000
                START=0
                END=1000
                title=导入 <新课>
                [CHAPTER]
                TIMEBASE=1/1000
                START=1000
                END=2000
                title=练习
                """
            try Data(text.utf8).write(to: URL(fileURLWithPath: notes))
            let plain = try await made.film("g.mp4", "320x240"), path = "\(made.city.folder)/h.mp4"
            let joined = try await ProgramRun.run(
                "/usr/bin/ffmpeg",
                ["-v", "error", "-i", plain, "-i", notes, "-map", "0", "-map_chapters", "1", "-c", "copy", path],
                seconds: 60)
            #expect(joined.isGood, "\(joined.complaint)")
            let film = try await made.add("课.mp4", path)
            try await made.work()
            let view = try await made.view(film)
            #expect(view.state == .done, "\(view.remark)")
            #expect(view.facts.chapters?.map(\.title) == ["导入 <新课>", "练习"])
            #expect(view.facts.chapters?.map(\.start) == [0, 1])
            let track = String(decoding: try await made.bytes("chapters.vtt", of: film), as: UTF8.self)
            #expect(track.contains("00:00:00.000 --> 00:00:01.000\n导入 &lt;新课&gt;\n"))
            let page = MediaFigures(view, name: "课.mp4", base: "/f", id: "1").html().text
            #expect(page.contains(#"<track kind="chapters" src="/f/chapters.vtt""#))
            #expect(page.contains(#"/180.mp4#t=1.000" data-chapter="1.000""#) && page.contains("0:01</span> 练习</a>"))
            #expect(page.contains("导入 &lt;新课&gt;"))
        }
    }

    @Test func `another codec is made H.264 first, and sound alone is sound`() async throws {
        try await ProcessingCity.run(.sqlite) { made in
            let film = try await made.add(
                "旧.avi", try await made.film("b.avi", "320x240", ["-c:v", "mpeg4", "-c:a", "libmp3lame"]))
            let sound = try await made.add("朗读.m4a", try await made.film("c.m4a", "320x240", ["-vn"]))
            try await made.work()
            let view = try await made.view(film)
            #expect(view.state == .done && view.file("original.mp4") == nil && view.files.first?.name == "180.mp4")
            #expect(try await made.view(sound).files.map(\.name) == ["sound.m4a"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a document becomes pages and text, in any form`(on database: TestDatabase) async throws {
        try await ProcessingCity.run(database) { made in
            let pdf = try await made.add("讲义.pdf", ProcessingCity.pdf("Lighthouse"))
            var word: String?
            // LibreOffice takes seconds; what it makes is the same on every database.
            if database == .sqlite { word = try await made.add("教案😀.docx", try made.document("灯塔下的路")) }
            try await made.work()
            let view = try await made.view(pdf)
            #expect(view.state == .done && view.facts.pages == 1, "\(view.remark)")
            #expect(view.files.map(\.name) == ["page-0001.jpg"])
            #expect(view.files.first.map { $0.width == 1600 && $0.height > 1000 } == true)
            #expect(try await made.text(pdf)?.contains("Lighthouse") == true)
            if let word {
                let view = try await made.view(word)
                #expect(view.state == .done && view.files.map(\.name) == ["document.pdf", "page-0001.jpg"])
                #expect(try await made.text(word)?.contains("灯塔下的路") == true)
            }
        }
    }

    @Test func `a picture is made smaller and tells no place`() async throws {
        try await ProcessingCity.run(.sqlite) { made in
            let path = try await made.picture("a.jpg"), picture = try await made.add("春游.jpg", path)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).range(of: Data("GPS 21.7N".utf8)) != nil)
            try await made.work()
            let view = try await made.view(picture)
            #expect(view.files.map(\.name) == ["image.jpg", "thumb.jpg"], "\(view.remark)")
            #expect(view.file("image.jpg").map { $0.width == 1600 && $0.height == 800 } == true)
            for name in ["image.jpg", "thumb.jpg"] {
                let bytes = Data(try await made.bytes(name, of: picture))
                #expect(bytes.range(of: Data("GPS".utf8)) == nil && bytes.range(of: Data("Exif".utf8)) == nil)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `text and subtitles need no program; the same content is processed once`(
        on database: TestDatabase
    ) async throws {
        try await ProcessingCity.run(database, programs: "/nowhere/bin") { made in
            let text = try await made.add("教案.txt", Array("灯塔下的路".utf8))
            #expect(try await made.add("另一份.txt", Array("灯塔下的路".utf8)) == text)
            let track = try await made.add("课.srt", Array("1\n00:00:01,000 --> 00:00:02,000\n你好\n".utf8))
            _ = try await made.add("包.zip", Array("PK".utf8))
            #expect(try await made.count("SELECT COUNT(*) FROM platform_job WHERE kind LIKE 'media.%'") == 2)
            #expect(try await made.text(text) == nil)
            try await made.work()
            #expect(try await made.text(text) == "灯塔下的路")
            #expect(try await made.text(track) == "你好")
            #expect(try await made.bytes("captions.vtt", of: track).starts(with: Array("WEBVTT".utf8)))
        }
    }

    @Test func `without the programs it waits, says for which, and goes on when they are there`() async throws {
        try await ProcessingCity.run(.sqlite, programs: "/nowhere/bin") { made in
            let pdf = try await made.add("讲义.pdf", ProcessingCity.pdf("x"))
            try await made.work()
            var view = try await made.view(pdf)
            #expect(view.state == .missing && view.remark.contains("poppler-utils") && view.remark.hasPrefix("未安装"))
            try await made.city.platform.media.processing.tend()
            #expect(try await made.view(pdf).state == .missing)
            let ready = try ProcessingRun(
                database: made.database, files: made.city.platform.files, uploads: made.city.platform.media.uploads,
                programs: Programs(folder: "/usr/bin"), folder: made.city.folder + "/processing",
                logger: TestDatabase.logger, now: { .now })
            try await ready.tend()
            try await made.work(ready)
            view = try await made.view(pdf)
            #expect(view.state == .done, "\(view.remark)")
        }
    }

    /// A content that cannot be shown, with the words that say so.
    struct Bad: Sendable {
        let name: String
        let content: [UInt8]
        let words: String

        init(_ name: String, _ content: [UInt8], _ words: String) {
            (self.name, self.content, self.words) = (name, content, words)
        }

        init(_ name: String, _ content: String, _ words: String) { self.init(name, Array(content.utf8), words) }
    }

    static let bad: [Bad] = [
        Bad("坏.mp4", "\u{0}\u{0}\u{0}\u{18}ftypmp42" + String(repeating: "\u{7}", count: 4000), "视频已损坏"),
        Bad("空.mp4", "", "视频已损坏"), Bad("锁.pdf", ProcessingCity.pdf("x", lock: true), "打开密码"),
        Bad("半.pdf", Array(ProcessingCity.pdf("x").prefix(60)), "打不开"), Bad("假.png", "<svg>", "打不开"),
        Bad("假.mp3", "text", "音频已损坏"), Bad("坏.srt", "没有时间", "不是 WebVTT"),
        Bad(String(repeating: "😀", count: 100) + ".pdf", "%PDF-1.4 nothing", "打不开"),
        Bad("../../etc/passwd;rm -rf $(x).mp4", "x", "视频已损坏"),
    ]

    @Test func `what cannot be shown says so once, and stays to be downloaded`() async throws {
        try await ProcessingCity.run(.sqlite) { made in
            for bad in ProcessingTests.bad {
                let sha256 = try await made.add(bad.name, bad.content)
                try await made.work()
                let view = try await made.view(sha256)
                #expect(view.state == .failed && view.remark.contains(bad.words), "\(bad.name): \(view.remark)")
                #expect(try await made.city.platform.media.uploads.localPath(of: sha256).isEmpty == false)
            }
            // Other jobs of the city are none of its business.
            let open = try await made.count(
                "SELECT COUNT(*) FROM platform_job WHERE kind LIKE 'media.%' AND state <> 'done'")
            #expect(open == 0)
        }
    }

    @Test func `a document that is an office file in name only, or too long at work, ends in words`() async throws {
        try await ProcessingCity.run(.sqlite) { made in
            let zeros = String(repeating: "\u{0}", count: 200)
            let broken = try await made.add("坏.docx", Array(("PK\u{3}\u{4}" + zeros).utf8))
            try await made.work()
            let view = try await made.view(broken)
            #expect(view.state == .failed && view.remark.contains("打不开"), "\(view.remark)")
        }
    }

    private struct Died: Error {}

    @Test(arguments: TestDatabase.allCases)
    func `a worker that dies at any moment leaves the same in the end`(on database: TestDatabase) async throws {
        try await ProcessingCity.run(database) { made in
            let picture = try await made.add("图.jpg", try await made.picture("d.jpg"))
            let seen = Mutex<Set<String>>([])
            var run = made.city.platform.media.processing
            run.moment = { name in
                if seen.withLock({ $0.insert(name).inserted }) { throw Died() }
            }
            var rounds = 0
            while try await made.view(picture).state == .waiting, rounds < 20 {
                rounds += 1
                // As if the lease of a dead worker had run out, however often.
                try await made.database.write {
                    try $0.execute("UPDATE platform_job SET state = 'waiting', attempts = 0, due_at = 0")
                }
                try await made.work(run)
            }
            let moments = seen.withLock { $0 }
            #expect(
                moments == [
                    "before image", "stored image", "kept image", "before thumb", "stored thumb", "kept thumb",
                    "before the end",
                ])
            let view = try await made.view(picture)
            #expect(view.state == .done && view.files.map(\.name) == ["image.jpg", "thumb.jpg"], "\(view.remark)")
            #expect(try await made.count("SELECT COUNT(*) FROM platform_file WHERE name = 'image.jpg'") == 1)
            #expect(try await made.count("SELECT COUNT(*) FROM platform_event WHERE kind = 'media.processed'") == 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: made.city.folder + "/processing").isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a newer version processes again, and what nobody names goes`(on database: TestDatabase) async throws {
        try await ProcessingCity.run(database, programs: "/nowhere/bin") { made in
            let track = try await made.add("课.srt", Array("1\n00:00:01,000 --> 00:00:02,000\n你好\n".utf8))
            try await made.work()
            let old: Int? = try await made.count("SELECT COUNT(*) FROM platform_file WHERE name = 'captions.vtt'")
            try await made.database.write { db in
                try db.execute("UPDATE media_processing SET version = 0, shown = 0")
                try db.execute("UPDATE media_derived SET version = 0")
            }
            let run = made.city.platform.media.processing
            try await run.tend()
            // Readers have the old until the new is complete.
            let between = try await made.view(track)
            #expect(between.state == .waiting && between.files.map(\.name) == ["captions.vtt"])
            try await made.work()
            let renewed = try await made.view(track)
            #expect(renewed.state == .done && renewed.files.map(\.name) == ["captions.vtt"])
            #expect(try await made.count("SELECT COUNT(*) FROM platform_file WHERE name = 'captions.vtt'") == old)
            // Nobody waits for what is made anew.
            let told = try await made.database.read { db in
                try db.column(
                    "SELECT payload FROM platform_event WHERE kind = 'media.processed' ORDER BY id", as: String.self)
            }
            #expect(told.map { $0.contains("\"waited\":") } == [true, false])
            try await made.database.write { db in
                try db.execute("DELETE FROM platform_file WHERE sha256 = \(track)")
                try db.execute("UPDATE media_processing SET requested_at = 0")
            }
            try await run.tend()
            #expect(try await made.count("SELECT COUNT(*) FROM media_processing") == 0)
            #expect(try await made.count("SELECT COUNT(*) FROM platform_file WHERE name = 'captions.vtt'") == 0)
            #expect(try await made.text(track) == nil)
        }
    }
}
