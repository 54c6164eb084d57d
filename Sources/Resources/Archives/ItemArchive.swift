import Foundation
import Kernel
import Platform
import Web

/// 我的存档: everything somebody made and published or has in hand, original files with what is told of them, as one
/// archive that needs nothing of the platform to be read.
struct ItemArchive: Sendable {
    /// One version of one resource, as it stands in the archive.
    struct Entry: Codable, Sendable, Equatable {
        struct File: Codable, Sendable, Equatable {
            /// Place in the archive.
            let path: String
            let name: String
            let size: Int
            let sha256: String
            /// Its content could not be read when the archive was made, and is not in it.
            var isMissing = false
        }

        /// `FCG:RES:` and the platform's own key (LOM 1.1).
        let identifier: String
        let state: String
        let version: Int
        let authors: [String]
        let school: String
        let content: ItemContent
        let lessons: [String]
        let adaptedFrom: String?
        let publishedAt: String?
        /// What the levels said of every version, in order.
        var reviews: [Review] = []
        var files: [File]
    }

    /// The word of one level. Who passed it is named, as the rules ask of what is published (初审、复审、终审); who sent it
    /// back spoke for the level, and an archive leaves the platform.
    struct Review: Codable, Sendable, Equatable {
        let version: Int
        let level: String
        let outcome: String
        let at: String
        /// `nil` for everything but 通过.
        let reviewer: String?
        let reason: String

        /// `nil` for a step on which nothing was said.
        init?(_ step: ReviewStep) {
            guard let decidedAt = step.decidedAt, [.passed, .returned, .refused].contains(step.state) else {
                return nil
            }
            (version, level, outcome) = (step.version, step.level.title, step.state.title)
            (at, reason) = (decidedAt.rfc3339, step.reason)
            reviewer = step.state == .passed ? step.decidedName : nil
        }

        var words: String {
            let name = reviewer.map { "，\($0)" } ?? ""
            return "第 \(version) 版，\(level)\(outcome)，\(at)\(name)" + (reason.isEmpty ? "" : "：\(reason)")
        }
    }

    /// Files of an archive: what its format holds, with room for the lists (APPNOTE 4.4.1.4).
    static let mostFiles = 65_000

    let author: String
    let madeAt: Timestamp
    var entries: [Entry]

    /// Whether it takes longer than somebody waits.
    var isLarge: Bool {
        let files = entries.flatMap(\.files)
        return files.count > ArchiveOrder.direct.files || files.reduce(0) { $0 + $1.size } > ArchiveOrder.direct.bytes
    }

    /// Writes the archive; blocks. A file whose content is not there is told and left out.
    /// - Parameter files: where the content of a file lies, by its hash.
    func write(to path: String, files: (String) -> String) throws {
        var known = self
        known.entries = entries.map { entry in
            var entry = entry
            entry.files = entry.files.map { file in
                var file = file
                file.isMissing = access(files(file.sha256), R_OK) != 0
                return file
            }
            return entry
        }
        try known.writeAll(to: path, files: files)
    }

    private func writeAll(to path: String, files: (String) -> String) throws {
        let archive = try StoredArchive(path: path)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try archive.begin("resources.json")
        try archive.add(Array(try encoder.encode(entries)))
        try archive.begin("index.html")
        try archive.add(document.bytes)
        for file in entries.flatMap(\.files) where !file.isMissing {
            try archive.begin(file.path)
            guard let handle = FileHandle(forReadingAtPath: files(file.sha256)) else {
                throw DomainError.unavailable("文件“\(file.name)”暂时读不到，请稍后再试。")
            }
            defer { try? handle.close() }  // only read
            while let data = try handle.read(upToCount: 1 << 20), !data.isEmpty { try archive.add(Array(data)) }
        }
        try archive.finish()
    }

    private var document: HTML {
        let title = "\(author)的资源存档"
        return #"""
            <!doctype html>
            <html lang="zh-CN"><head><meta charset="utf-8"><title>\#(title)</title></head><body>
            <h1>\#(title)</h1><p>制作时间：\#(madeAt.text)</p>
            \#(each: entries, ItemArchive.section)
            </body></html>
            """#
    }

    private static func section(_ entry: Entry) -> HTML {
        let content = entry.content
        let facts = [
            ("类型", ResourceLists.type.name(of: content.type)), ("作者", entry.authors.joined(separator: "、")),
            ("学校", entry.school), ("所属课", entry.lessons.joined(separator: "；")), ("简介", content.summary),
            ("授权方式", ResourceLists.licence(content.licence)?.name ?? ""),
            ("来源", ResourceLists.origin.name(of: content.origin)), ("出处", content.source),
            ("改编自", entry.adaptedFrom ?? ""), ("状态", entry.state), ("发布时间", entry.publishedAt ?? ""),
            ("标识", entry.identifier),
        ].filter { !$0.1.isEmpty }
        return #"""
            <h2>\#(content.title)</h2>
            <dl>\#(each: facts, { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" })</dl>
            \#(if: !entry.reviews.isEmpty, "<p>审核</p><ul>\(each: entry.reviews, { "<li>\($0.words)</li>" })</ul>")
            <ul>\#(each: entry.files, line)</ul>
            """#
    }

    private static func line(_ file: Entry.File) -> HTML {
        file.isMissing
            ? "<li>\(file.name)（制作存档时读不到，不在存档里）</li>" : #"<li><a href="\#(url: file.path)">\#(file.name)</a></li>"#
    }

    /// A name for a file in the archive: its place tells it from others, its own name is kept for people.
    static func path(_ item: ID<Item>, _ number: Int, _ name: String) -> String {
        let plain = name.unicodeScalars.map { scalar -> Character in
            scalar.value < 0x20 || scalar.value == 0x7F || "/\\:*?\"<>|".unicodeScalars.contains(scalar)
                ? "_" : Character(scalar)
        }
        let safe = String(plain), ending = safe.lastIndex(of: ".").map { safe[$0...] } ?? ""
        // A long name keeps its ending, without which nobody can open it.
        let isWhole = safe.count <= 80 || ending.count > 20
        let short = isWhole ? String(safe.prefix(80)) : String(safe.prefix(80 - ending.count) + ending)
        return "files/\(item)/\(number)-\(short.isEmpty ? "file" : short)"
    }
}
