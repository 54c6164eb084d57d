import Foundation
import Kernel
import Platform
import Web

/// The list by which a machine at the school fetches a light pack at night, and the archive of it.
struct LightManifest: Codable, Sendable, Equatable {
    struct File: Codable, Sendable, Equatable {
        let title: String
        /// Place in the archive.
        let archivePath: String
        let rendition: LightRendition
    }

    struct Left: Codable, Sendable, Equatable {
        let title: String
        let name: String
        /// Bytes of its smallest rendition.
        let size: Int
    }

    struct Class: Codable, Sendable, Equatable {
        let name: String
        let period: Int
        let lesson: String
        let items: [String]
    }

    let school: String
    let day: String
    let budgetBytes: Int
    let bytes: Int
    let classes: [Class]
    let files: [File]
    let leftOut: [Left]

    init(_ day: SchoolDayPack) {
        school = day.school.name
        self.day = day.day.iso
        (budgetBytes, bytes) = (day.pack.budget, day.pack.bytes)
        classes = day.lines.map { line in
            Class(
                name: line.className, period: line.lesson.period, lesson: line.place.full,
                items: line.entries.map(\.item.content.title))
        }
        files = day.pack.chosen.enumerated().map { number, choice in
            File(
                title: choice.file.title,
                archivePath: ItemArchive.path(choice.file.item, number + 1, choice.rendition.name),
                rendition: choice.rendition)
        }
        leftOut = day.pack.leftOut.map {
            Left(title: $0.title, name: $0.name, size: $0.ascending.first?.size ?? 0)
        }
    }

    var json: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(self))
        }
    }

    /// Writes the archive; blocks. Opens without a network: `index.html` leads to the files.
    /// - Parameter place: where the content with the hash lies; empty when it is nowhere, and then it is left out.
    func write(to path: String, _ place: (String) -> String) throws {
        let archive = try StoredArchive(path: path)
        try archive.begin("manifest.json")
        try archive.add(try json)
        try archive.begin("index.html")
        try archive.add(document.bytes)
        for file in files {
            guard let handle = FileHandle(forReadingAtPath: place(file.rendition.sha256)) else { continue }
            defer { try? handle.close() }  // only read
            try archive.begin(file.archivePath)
            while let data = try handle.read(upToCount: 1 << 20), !data.isEmpty { try archive.add(Array(data)) }
        }
        try archive.finish()
    }

    private var document: HTML {
        let title = "\(school) \(day) 轻量包"
        return #"""
            <!doctype html>
            <html lang="zh-CN"><head><meta charset="utf-8"><title>\#(title)</title></head><body>
            <h1>\#(title)</h1>
            <ul>\#(each: classes, { "<li>\($0.name) \(Lesson.title(ofPeriod: $0.period)) \($0.lesson)</li>" })</ul>
            <h2>资源</h2>
            <ul>\#(each: files, { #"<li><a href="\#(url: $0.archivePath)">\#($0.title)</a>（\#($0.rendition.label)）</li>"# })</ul>
            </body></html>
            """#
    }
}
