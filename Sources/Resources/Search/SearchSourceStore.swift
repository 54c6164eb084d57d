import Database
import Directory
import Foundation
import Kernel

/// What the index is made from: published resources as the records have them.
struct SearchSourceStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Of those of the resources that are published, in the order of the ids.
    func entries(of items: [ID<Item>]) throws -> [SearchEntry] {
        var entries: [SearchEntry] = []
        for start in stride(from: 0, to: items.count, by: 256) {
            entries += try chunk(Array(items[start..<min(start + 256, items.count)]))
        }
        return entries
    }

    /// The next published resources behind the one named.
    func published(after id: String, limit: Int) throws -> [ID<Item>] {
        try db.column(
            "SELECT id FROM resources_item WHERE state = 'published' AND id > \(id) ORDER BY id LIMIT \(limit)")
    }

    /// What of a content is searched; to read all of it takes three times as long.
    private struct Searched: Decodable {
        let title: String
        let type: String
        let summary: String
        let tags: [String]
        let audience: [String]

        /// - Parameter reach: who finds it is what the levels of review have passed, not what it asks for.
        func content(for reach: ItemVisibility) -> ItemContent {
            ItemContent(
                title: title, type: type, nodes: [], summary: summary, tags: tags, audience: audience,
                visibility: reach)
        }
    }

    private func chunk(_ items: [ID<Item>]) throws -> [SearchEntry] {
        let decoder = JSONDecoder()
        var entries = try db.rows(
            """
            SELECT i.id, i.content, i.type_group, o.name, o.path, (
                SELECT COUNT(*) FROM resources_item a WHERE a.adapted_from = i.id AND a.state = 'published'),
                i.visibility
            FROM \(Item.source) WHERE i.id IN \(in: items) AND i.state = 'published' ORDER BY i.id
            """
        ) { row in
            let searched = try decoder.decode(Searched.self, from: Data(row.get(1, as: String.self).utf8))
            return SearchEntry(
                try row.get(0), searched.content(for: try row.get(6)), group: try row.get(2),
                school: try row.get(3), at: try row.get(4), uses: try row.get(5))
        }
        let authors = try ItemStore(db).authors(of: entries.map(\.item)),
            places = try ItemStore(db).places(of: entries.map(\.item))
        for index in entries.indices {
            let id = entries[index].item
            entries[index].setTeachers((authors[id] ?? []).map(\.name))
            for place in places[id] ?? [] { entries[index].add(place) }
        }
        return entries
    }

    /// The contents of the files of the version that readers see.
    func hashes(of items: [ID<Item>]) throws -> [ID<Item>: [String]] {
        var found: [ID<Item>: [String]] = [:]
        try db.each(
            """
            SELECT f.item_id, s.sha256 FROM \(ItemFile.source) JOIN resources_item i ON i.id = f.item_id
            WHERE f.item_id IN \(in: items) AND f.since <= i.version AND (f.until IS NULL OR f.until > i.version)
            ORDER BY f.item_id, f.id
            """
        ) { found[try $0.get(0), default: []].append(try $0.get(1)) }
        return found
    }
}

extension SearchEntry {
    init(
        _ item: ID<Item>, _ content: ItemContent, group: String, school: String, at path: OrganisationPath, uses: Int
    ) {
        self.init(item: item)
        fields[.title] = [content.title]
        fields[.tag] = content.tags
        fields[.school] = [school]
        let type = ResourceLists.type[content.type]
        fields[.word] = [type?.name ?? ""] + (type?.aliases ?? [])
        body = [content.summary].filter { !$0.isEmpty }
        let isForPupils = content.audience.contains { $0 == "student" || $0 == "guardian" }
        marks = SearchScope.marks(content.visibility, of: path, forPupils: isForPupils)
        marks.formUnion([
            SearchFacet.type.mark(content.type), SearchFacet.group.mark(group),
            SearchFacet.level.mark(content.visibility.rawValue),
        ])
        marks.formUnion(path.lineage.map { SearchFacet.place.mark($0.text) })
        let level =
            switch content.visibility {
            case .school: 0
            case .county: 1
            case .city, .public: 2
            }
        merit = SearchMerit(level: level, uses: uses)
    }

    /// Those who made it, found as 王小明 and as 王老师.
    mutating func setTeachers(_ names: [String]) {
        fields[.teacher] = names
        let forms = names.compactMap { name in name.first.map { "\($0)老师" } }
        fields[.word] += forms.filter { !fields[.word].contains($0) }
    }

    /// A lesson or unit it belongs to, with the words by which people name its textbook.
    mutating func add(_ place: NodePlace) {
        let key = place.textbook.key
        fields[.lesson] += [place.node.title, place.unit].filter { !$0.isEmpty && !fields[.lesson].contains($0) }
        var words = [key.stageTitle + key.subjectTitle, key.editionTitle, key.gradeTitle + key.volumeTitle]
        words += ResourceLists.edition[key.edition]?.aliases ?? []
        if let short = SearchEntry.shortGrades[key.grade] { words.append(short) }
        fields[.word] += words.filter { !$0.isEmpty && !fields[.word].contains($0) }
        marks.formUnion([
            SearchFacet.stage.mark(key.stage), SearchFacet.subject.mark(key.subject),
            SearchFacet.edition.mark(key.edition), SearchFacet.grade.mark(key.grade),
        ])
    }

    /// The grades of 初中 as their stage counts them.
    private static let shortGrades = ["J1": "初一", "J2": "初二", "J3": "初三"]
}
