import Database
import Kernel
import Media

/// All SQL of light packs. The caller has found the school within her scope.
struct LightPackStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// In megabytes.
    func budget(of school: OrganisationID) throws -> Int {
        try db.value("SELECT megabytes FROM resources_light_budget WHERE school_id = \(school)") ?? LightBudget.usual
    }

    func set(_ megabytes: Int, of school: OrganisationID) throws {
        try db.execute(
            """
            INSERT INTO resources_light_budget (school_id, megabytes) VALUES (\(school), \(megabytes))
            ON CONFLICT (school_id) DO UPDATE SET megabytes = excluded.megabytes
            """)
    }

    /// The files of the published versions of the resources, each with the ways to have it, in the order of the resources.
    func files(of items: [Item]) throws -> [LightFile] {
        var files: [ID<Item>: [ItemFile]] = [:]
        let versions = Dictionary(items.map { ($0.id, $0.version) }) { first, _ in first }
        try db.each(
            """
            SELECT \(ItemFile.columns), f.item_id FROM \(ItemFile.source) WHERE f.item_id IN \(in: items.map(\.id))
            ORDER BY f.item_id, f.id
            """
        ) { row in
            let file = try ItemFile(row), item: ID<Item> = try row.get(7)
            if file.belongs(to: versions[item] ?? 0) { files[item, default: []].append(file) }
        }
        let views = try MediaProcessing.views(of: files.values.joined().map(\.sha256), on: db)
        return items.flatMap { item in
            (files[item.id] ?? []).map { LightPackStore.file($0, of: item, views[$0.sha256]) }
        }
    }

    private static func file(_ file: ItemFile, of item: Item, _ view: MediaView?) -> LightFile {
        let path = ItemPages.path(file, of: item.id)
        let original = LightRendition(label: "原文件", name: file.name, size: file.size, sha256: file.sha256, path: path)
        let made = (view?.files ?? []).compactMap { derived -> LightRendition? in
            guard let label = label(of: derived.name) else { return nil }
            let stem = file.name.lastIndex(of: ".").map { String(file.name[..<$0]) } ?? file.name
            let ending = derived.name.lastIndex(of: ".").map { String(derived.name[$0...]) } ?? ""
            return LightRendition(
                label: label, name: stem + "-" + label + ending, size: derived.size, sha256: derived.sha256,
                path: "\(path)/derived/\(derived.name)")
        }
        // What is no smaller than the original is of no use here.
        return LightFile(
            item: item.id, title: item.content.title, name: file.name,
            renditions: made.filter { $0.size < original.size } + [original])
    }

    /// `360.mp4` is `360p`; `nil` for what does not stand for the whole file.
    private static func label(of name: String) -> String? {
        if name.hasSuffix(".mp4"), let side = Int(name.dropLast(4)) { return "\(side)p" }
        return name == "sound.m4a" ? "声音" : nil
    }
}
