import App
import Database
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Media

/// A city whose files are processed, and ways to make small files.
struct ProcessingCity: Sendable {
    let city: TestCity
    var database: Database { city.database }

    static func run(
        _ database: TestDatabase, programs: String = "/usr/bin", _ body: (ProcessingCity) async throws -> Void
    ) async throws {
        try await withTestCity(
            database,
            configured: { configuration, _ in
                configuration.media.programFolder = programs
            }
        ) { (city: TestCity) async throws in try await body(ProcessingCity(city: city)) }
    }

    /// Keeps a file as a record of hers would, and asks for it to be processed; its content's hash.
    func add(_ name: String, _ path: String) async throws -> String {
        let files = city.platform.files, user = try await city.user(.wang)
        let kept = try files.keep(fileAt: path)
        try await database.write { db in
            let file = try files.record(
                sha256: kept.sha256, size: kept.size, name: name, by: user.name, now: .now, on: db)
            try MediaProcessing.request(file, named: name, by: user, now: .now, on: db)
        }
        return kept.sha256
    }

    func add(_ name: String, _ bytes: [UInt8]) async throws -> String {
        let path = "\(city.folder)/sample-\(Identifiers.next())"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try await add(name, path)
    }

    func view(_ sha256: String) async throws -> MediaView {
        try #require(try await database.read { try MediaProcessing.views(of: [sha256], on: $0)[sha256] })
    }

    func text(_ sha256: String) async throws -> String? {
        try await database.read { try MediaText.text(of: sha256, on: $0) }
    }

    /// Runs every job that is due.
    func work(_ run: ProcessingRun? = nil, now: Timestamp = .now) async throws {
        let run = run ?? city.platform.media.processing
        let handlers = Set(ProcessingKind.allCases.map(\.jobKind)).sorted().map(run.handler)
        let runner = JobRunner(database: database, handlers: handlers, logger: TestDatabase.logger)
        while try await runner.runOne(now: now) {}
    }

    /// The content of a derived file.
    func bytes(_ name: String, of sha256: String) async throws -> [UInt8] {
        let file = try await database.read { try MediaProcessing.derived(name, of: sha256, on: $0) }
        let path = try await city.platform.media.uploads.localPath(of: file.sha256)
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    func count(_ sql: SQL) async throws -> Int? { try await database.read { try $0.value(sql) } }

    /// Two seconds of ffmpeg's test picture.
    func film(_ name: String, _ size: String = "640x360", _ more: [String] = []) async throws -> String {
        let path = "\(city.folder)/\(name)"
        var arguments = ["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=\(size):r=25:d=2"]
        arguments += [
            "-f", "lavfi", "-i", "sine=d=2", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
        ]
        arguments += ["-c:a", "aac"]
        arguments += more
        arguments.append(path)
        let outcome = try await ProgramRun.run("/usr/bin/ffmpeg", arguments, seconds: 60)
        #expect(outcome.isGood, "\(outcome.complaint)")
        return path
    }

    /// A picture that carries a place.
    func picture(_ name: String) async throws -> String {
        let path = "\(city.folder)/\(name)"
        let outcome = try await ProgramRun.run(
            "/usr/bin/ffmpeg",
            ["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=2000x1000:d=1", "-frames:v", "1", path], seconds: 60)
        #expect(outcome.isGood, "\(outcome.complaint)")
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let exif = Array("Exif\u{0}\u{0}II*\u{0}\u{8}\u{0}\u{0}\u{0}\u{0}\u{0} GPS 21.7N 108.4E".utf8)
        bytes.replaceSubrange(2..<2, with: [0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// A document of one paragraph.
    func document(_ text: String) throws -> String {
        let path = "\(city.folder)/document-\(Identifiers.next())", office = "http://schemas.openxmlformats.org"
        let parts: [(name: String, content: String)] = [
            (
                "[Content_Types].xml",
                """
                <Types xmlns="\(office)/package/2006/content-types"><Default Extension="rels"
                ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override
                PartName="/word/document.xml"
                ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>
                """
            ),
            (
                "_rels/.rels",
                """
                <Relationships xmlns="\(office)/package/2006/relationships"><Relationship Id="r1"
                Type="\(office)/officeDocument/2006/relationships/officeDocument"
                Target="word/document.xml"/></Relationships>
                """
            ),
            (
                "word/document.xml",
                """
                <w:document xmlns:w="\(office)/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>\(text)</w:t></w:r>
                </w:p></w:body></w:document>
                """
            ),
        ]
        let archive = try StoredArchive(path: path)
        for part in parts {
            try archive.begin(part.name)
            try archive.add(Array(("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + part.content).utf8))
        }
        try archive.finish()
        return path
    }

    /// A PDF of one page with the words; with `lock`, one that asks for a password.
    static func pdf(_ words: String, lock: Bool = false) -> [UInt8] {
        let stream = "BT /F1 24 Tf 20 100 Td (\(words)) Tj ET"
        var objects = [
            "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
            "<</Length \(stream.utf8.count)>>stream\n\(stream)\nendstream",
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        ]
        let mark = String(repeating: "00", count: 32)
        if lock { objects.append("<</Filter/Standard/V 1/R 2/O<\(mark)>/U<\(mark)>/P -44>>") }
        var text = "%PDF-1.4\n", places: [Int] = []
        for (index, object) in objects.enumerated() {
            places.append(text.utf8.count)
            text += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let table = text.utf8.count, id = String(repeating: "0", count: 32)
        text += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for place in places { text += String(format: "%010d 00000 n \n", place) }
        text += "trailer<</Size \(objects.count + 1)/Root 1 0 R/ID[<\(id)><\(id)>]\(lock ? "/Encrypt 6 0 R" : "")>>\n"
        return Array((text + "startxref\n\(table)\n%%EOF\n").utf8)
    }
}
