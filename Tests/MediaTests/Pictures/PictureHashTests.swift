import Database
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Media

/// Pictures that are made of numbers, so that they are the same everywhere.
private struct Drawing {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    private mutating func next(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
    }

    /// A slide: paper with a heading, and some shaded boxes.
    mutating func slide(width: Int = 144, height: Int = 128) -> [UInt8] {
        var pixels = [UInt8](repeating: 250, count: width * height)
        for _ in 0..<9 {
            let left = next(width * 3 / 4), top = next(height * 3 / 4), shade = UInt8(20 + next(200))
            let right = min(width, left + width / 8 + next(width / 3)),
                bottom = min(height, top + height / 8 + next(height / 3))
            for y in top..<bottom { for x in left..<right { pixels[y * width + x] = shade } }
        }
        return pixels
    }

    /// The noise of compression.
    mutating func noisy(_ pixels: [UInt8], by most: Int) -> [UInt8] {
        pixels.map { UInt8(clamping: Int($0) + next(2 * most + 1) - most) }
    }
}

@Suite("指纹：像的图相近，不像的不近") struct PictureHashTests {
    private func hash(_ pixels: [UInt8], width: Int = 144, height: Int = 128) throws -> UInt64 {
        PictureHash.of(try #require(GreyPicture(width: width, height: height, pixels: pixels)))
    }

    private func distance(_ a: UInt64, _ b: UInt64) -> Int { (a ^ b).nonzeroBitCount }

    @Test(arguments: UInt64(1)...40)
    func `noise, brightness and size leave a picture near itself`(_ seed: UInt64) throws {
        var drawing = Drawing(seed: seed)
        let slide = drawing.slide(), own = try hash(slide)
        #expect(try hash(slide) == own)
        #expect(distance(own, try hash(drawing.noisy(slide, by: 8))) <= 6)
        #expect(distance(own, try hash(slide.map { UInt8(clamping: Int($0) - 15) })) <= 6)
        // Twice as large, each pixel four times.
        let large = (0..<256).flatMap { y in (0..<288).map { x in slide[y / 2 * 144 + x / 2] } }
        #expect(try hash(large, width: 288, height: 256) == own)
        // Half as large.
        let small = (0..<64).flatMap { y in (0..<72).map { x in slide[y * 2 * 144 + x * 2] } }
        #expect(distance(own, try hash(small, width: 72, height: 64)) <= 6)
    }

    @Test func `other pictures are far, but for the few that chance makes alike`() throws {
        let hashes = try (UInt64(1)...60).map { seed in
            var drawing = Drawing(seed: seed &* 7919)
            return try hash(drawing.slide())
        }
        var near = 0, sum = 0, count = 0
        for (index, own) in hashes.enumerated() {
            for other in hashes[(index + 1)...] {
                sum += distance(own, other)
                count += 1
                if distance(own, other) <= 6 { near += 1 }
            }
        }
        #expect(near == 0, "\(near) of \(count)")
        #expect(sum / count >= 12)
    }

    @Test func `even paper says nothing, with noise or without`() throws {
        var drawing = Drawing(seed: 5)
        let paper = [UInt8](repeating: 240, count: 144 * 128)
        #expect(try hash(paper) == 0)
        #expect(try hash(drawing.noisy(paper, by: 6)) == 0)
        // From dark on the left to bright on the right every part is brighter than the one before.
        let ramp = (0..<128).flatMap { _ in (0..<144).map { UInt8($0) } }
        #expect(try hash(ramp) == .max)
        #expect(try hash(ramp.reversed()) == 0)
    }

    @Test func `PGM is read, and whatever else is not`() throws {
        let pixels = (0..<72).map { UInt8($0) }
        let picture = try #require(GreyPicture(pgm: Array("P5\n# made by hand\n9 8\n255\n".utf8) + pixels))
        #expect(picture.width == 9 && picture.height == 8 && picture.pixels == pixels)
        for broken in ["", "P5", "P5 9 8", "P6\n9 8\n255\n", "P5\n9 8\n65535\n", "P5\n99999999999999999999 8\n255\n"] {
            #expect(GreyPicture(pgm: Array(broken.utf8) + pixels) == nil, "\(broken)")
        }
        #expect(GreyPicture(pgm: Array("P5 9 8 255\n".utf8) + pixels.dropLast()) == nil)
        #expect(GreyPicture(width: 8, height: 8, pixels: [UInt8](repeating: 0, count: 64)) == nil)
    }

    @Test func `a long film has its pictures at the times of a short one`() {
        #expect(PictureHashes.spacing(seconds: 20) == 4)
        #expect(PictureHashes.spacing(seconds: 1600) == 4)
        #expect(PictureHashes.spacing(seconds: 1601) == 8)
        #expect(PictureHashes.spacing(seconds: 3 * 3600) == 32)
    }

    @Test(arguments: TestDatabase.allCases)
    func `hashes are kept, and what has no pictures is not asked for again`(on database: TestDatabase) async throws {
        try await ProcessingCity.run(database, programs: "/nowhere/bin") { made in
            let run = made.city.platform.media.processing
            let track = try await made.add("课.srt", Array("1\n00:00:01,000 --> 00:00:02,000\n你好\n".utf8))
            try await made.work()
            let kept = PictureHashes(.frame, spacing: 8, [0, 1, .max, 0x8000_0000_0000_0001])
            try await made.database.write { db in
                #expect(try PictureHashStore(db).nextUnhashed() == nil)
                try PictureHashStore(db).set(PictureHashes(.page, [7]), of: track, now: .now)
                try PictureHashStore(db).set(kept, of: track, now: .now)
            }
            let found = try await made.database.read { try MediaPictures.hashes(of: track, on: $0) }
            #expect(found == kept)
            // As if it had been processed before there were hashes.
            try await made.database.write { try $0.execute("UPDATE media_processing SET hash_method = 0") }
            #expect(try await made.database.read { try PictureHashStore($0).nextUnhashed()?.sha256 } == track)
            try await run.tend()
            try await run.tend()
            #expect(
                try await made.count("SELECT COUNT(*) FROM platform_job WHERE kind = \(ProcessingRun.hashKind)") == 1)
            let runner = JobRunner(database: made.database, handlers: [run.hashHandler], logger: TestDatabase.logger)
            while try await runner.runOne() {}
            #expect(try await made.database.read { try PictureHashStore($0).nextUnhashed() } == nil)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a content that cannot be read holds up none behind it`(on database: TestDatabase) async throws {
        try await ProcessingCity.run(database, programs: "/nowhere/bin") { made in
            let run = made.city.platform.media.processing
            for words in ["你好", "再见"] {
                let text = "1\n00:00:01,000 --> 00:00:02,000\n\(words)\n"
                let sha256 = try await made.add("课.srt", Array(text.utf8))
                try await made.work()
                if words == "你好" {
                    try FileManager.default.removeItem(atPath: made.city.platform.files.path(of: sha256))
                }
            }
            try await made.database.write { try $0.execute("UPDATE media_processing SET hash_method = 0") }
            try await run.tend()
            let runner = JobRunner(database: made.database, handlers: [run.hashHandler], logger: TestDatabase.logger)
            while try await runner.runOne() {}
            #expect(try await made.database.read { try PictureHashStore($0).nextUnhashed() } == nil)
        }
    }

    @Test func `what a program leaves is read when it is a plain file of its size, and nothing else`() async throws {
        let folder = NSTemporaryDirectory() + "santong-bench-" + Identifiers.next()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // the system clears what is left over
        let bench = Workbench(
            source: "", ending: "", size: 0, folder: folder, programs: Programs(folder: "/nowhere"),
            progress: StepProgress(), made: { _ in throw DomainError.notFound })
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: bench.path("plain")))
        try FileManager.default.createSymbolicLink(atPath: bench.path("link"), withDestinationPath: bench.path("plain"))
        #expect(mkfifo(bench.path("pipe"), 0o600) == 0)
        #expect(try await bench.read("plain", atMost: 3) == [1, 2, 3])
        #expect(try await bench.read("plain", atMost: 2) == nil)
        for name in ["link", "pipe", "missing"] { #expect(try await bench.read(name, atMost: 9) == nil, "\(name)") }
    }

    @Test(arguments: TestDatabase.allCases)
    func `pages are hashed when a document is processed, and later where they were not`(
        on database: TestDatabase
    ) async throws {
        try await ProcessingCity.run(database) { made in
            let run = made.city.platform.media.processing
            let pdf = try await made.add("讲义.pdf", ProcessingCity.pdf("Lighthouse at the sea"))
            try await made.work()
            let first = try #require(try await made.database.read { try MediaPictures.hashes(of: pdf, on: $0) })
            #expect(first.kind == .page && first.values.count == 1 && first.values != [0])
            try await made.database.write { db in
                try PictureHashStore(db).delete(pdf)
                try db.execute("UPDATE media_processing SET hash_method = 0")
            }
            try await run.tend()
            let runner = JobRunner(database: made.database, handlers: [run.hashHandler], logger: TestDatabase.logger)
            while try await runner.runOne() {}
            #expect(try await made.database.read { try MediaPictures.hashes(of: pdf, on: $0) } == first)
            #expect(
                try await made.count("SELECT COUNT(*) FROM platform_event WHERE kind = 'media.pictures_hashed'") == 1)
        }
    }

    @Test func `frames of a film are hashed at even distances`() async throws {
        try await ProcessingCity.run(.sqlite) { made in
            let film = try await made.add("课.mp4", try await made.film("a.mp4"))
            try await made.work()
            let found = try #require(try await made.database.read { try MediaPictures.hashes(of: film, on: $0) })
            #expect(found.kind == .frame && found.spacing == 4 && !found.values.isEmpty && found.values[0] != 0)
        }
    }
}
