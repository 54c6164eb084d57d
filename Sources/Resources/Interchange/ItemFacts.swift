import Database
import Directory
import Kernel
import Media
import Platform

/// What is told of a resource to other platforms and in files of metadata: its published version, or the draft while there
/// is none.
struct ItemFacts: Sendable {
    struct Parent: Sendable {
        let id: ID<Item>
        let title: String
    }

    struct Area: Sendable {
        /// GB/T 2260, or the platform's own key where a place has none.
        let code: String
        let name: String
    }

    let item: Item
    let authors: [String]
    let places: [NodePlace]
    let files: [ItemFile]
    /// What it was made from.
    let parent: Parent?
    /// The county or 市直 of its school.
    let area: Area?

    var content: ItemContent { item.content }
    /// The platform's own key in LOM 1.1, the same in every export.
    var identifier: String { "FCG:RES:\(item.id)" }
    /// Media types of its files, each once.
    var formats: [String] {
        var seen: Set<String> = []
        return files.map { FormatName.of($0.name) }.filter { seen.insert($0).inserted }
    }
    var size: Int { files.reduce(0) { $0 + $1.size } }

    /// Stage and subject of its lessons, each once, in words.
    var subjects: [String] {
        var seen: Set<String> = []
        return places.map { $0.textbook.key.stageTitle + $0.textbook.key.subjectTitle }
            .filter { seen.insert($0).inserted }
    }

    /// Changes exactly when something of what is told changes.
    var digest: String {
        get throws {
            var parts = [try content.json, "\(item.version)", item.schoolName, area?.code ?? "", area?.name ?? ""]
            parts += authors
            parts += places.map { "\($0.node.id) \($0.full)" }
            parts += files.map { "\($0.sha256) \($0.size) \($0.name)" }
            if let parent { parts.append("\(parent.id) \(parent.title)") }
            return Hex.encode(SHA256.hash(parts.joined(separator: "\u{1F}")))
        }
    }
}

/// Media types by the ends of names (IANA).
enum FormatName {
    static func of(_ name: String) -> String {
        let ending = name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
        return known[ending] ?? "application/octet-stream"
    }

    private static let office = "application/vnd.openxmlformats-officedocument."
    private static let known = [
        "txt": "text/plain", "pdf": "application/pdf", "doc": "application/msword",
        "docx": office + "wordprocessingml.document", "xls": "application/vnd.ms-excel",
        "xlsx": office + "spreadsheetml.sheet", "ppt": "application/vnd.ms-powerpoint",
        "pptx": office + "presentationml.presentation", "csv": "text/csv", "jpg": "image/jpeg", "jpeg": "image/jpeg",
        "png": "image/png", "gif": "image/gif", "webp": "image/webp", "mp3": "audio/mpeg", "m4a": "audio/mp4",
        "wav": "audio/wav", "mp4": "video/mp4", "webm": "video/webm", "zip": "application/zip",
        "srt": "application/x-subrip",
        "vtt": "text/vtt", "md": "text/markdown", "epub": "application/epub+zip",
    ]
}

/// Puts facts together, many resources at a time.
struct ItemFactsStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// In the order of the items. The caller has seen to it that the asker may see them.
    func facts(of items: [Item]) throws -> [ItemFacts] {
        guard !items.isEmpty else { return [] }
        let store = ItemStore(db), ids = items.map(\.id)
        let authors = try store.authors(of: ids), places = try store.places(of: ids), files = try files(of: ids)
        let parents = try parents(items.compactMap(\.adaptedFrom)), areas = try areas(items.compactMap { $0.path.unit })
        return items.map { item in
            ItemFacts(
                item: item, authors: (authors[item.id] ?? []).map(\.name), places: places[item.id] ?? [],
                files: (files[item.id] ?? []).filter { $0.belongs(to: max(item.version, 1)) },
                parent: item.adaptedFrom.flatMap { parents[$0] },
                area: item.path.unit.flatMap { areas[$0] })
        }
    }

    private func files(of ids: [ID<Item>]) throws -> [ID<Item>: [ItemFile]] {
        var found: [ID<Item>: [ItemFile]] = [:]
        try db.each(
            """
            SELECT \(ItemFile.columns), f.item_id FROM \(ItemFile.source) WHERE f.item_id IN \(in: ids) ORDER BY f.id
            """
        ) { row in
            let item: ID<Item> = try row.get(7)
            found[item, default: []].append(try ItemFile(row))
        }
        return found
    }

    private func parents(_ ids: [ID<Item>]) throws -> [ID<Item>: ItemFacts.Parent] {
        guard !ids.isEmpty else { return [:] }
        let rows = try PublicRecordStore(db).open(Array(Set(ids)).sorted()).filter(\.mayTravel)
            .map { ItemFacts.Parent(id: $0.id, title: $0.content.title) }
        return Dictionary(rows.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private func areas(_ paths: [OrganisationPath]) throws -> [OrganisationPath: ItemFacts.Area] {
        guard !paths.isEmpty else { return [:] }
        var found: [OrganisationPath: ItemFacts.Area] = [:]
        try db.each(
            """
            SELECT path, code, id, name FROM directory_organisation WHERE path IN \(in: Array(Set(paths)).sorted())
            """
        ) { row in
            let code: String? = try row.get(1), id: String = try row.get(2)
            found[try row.get(0)] = ItemFacts.Area(code: code ?? id, name: try row.get(3))
        }
        return found
    }
}
