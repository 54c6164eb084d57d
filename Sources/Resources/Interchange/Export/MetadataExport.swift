import Database
import Kernel
import Platform
import Web

/// Metadata as files: LOM for other platforms, and a table with the columns that a folder is imported with.
enum MetadataExport {
    static let table = DataTable<ItemFacts>(
        caption: "资源元数据",
        columns: [
            column(.title) { $0.content.title }, column(.type) { $0.item.typeTitle },
            column(.files) { $0.files.map(\.name).joined(separator: "；") }, column(.summary) { $0.content.summary },
            column(.node) { $0.places.compactMap(\.node.code).joined(separator: "；") },
            column(.lesson) { $0.places.map(\.node.title).joined(separator: "；") },
            column(.stage) { $0.places.first?.textbook.key.stageTitle ?? "" },
            column(.subject) { $0.places.first?.textbook.key.subjectTitle ?? "" },
            column(.grade) { $0.places.first?.textbook.key.gradeTitle ?? "" },
            column(.volume) { $0.places.first?.textbook.key.volumeTitle ?? "" },
            column(.tags) { $0.content.tags.joined(separator: "；") },
            column(.language) { ResourceLists.language.name(of: $0.content.language) },
            column(.audience) { facts in
                facts.content.audience.map { ResourceLists.audience.name(of: $0) }.joined(separator: "；")
            },
            column(.minutes) { $0.content.minutes.map { String($0) } ?? "" },
            column(.licence) { $0.item.licence?.name ?? "" },
            column(.origin) { ResourceLists.origin.name(of: $0.content.origin) }, column(.source) { $0.content.source },
            column(.visibility) { $0.item.reach.title },
            DataColumn("作者", value: { .text($0.authors.joined(separator: "；")) }),
            DataColumn("学校", value: { .text($0.item.schoolName) }),
            DataColumn("发布日期", value: { facts in facts.item.publishedAt.map { .date($0.day) } ?? .empty }),
            DataColumn("标识", value: { .text($0.identifier) }),
        ], empty: "")

    private static func column(
        _ column: FolderColumn, _ text: @escaping @Sendable (ItemFacts) -> String
    ) -> DataColumn<ItemFacts> {
        DataColumn(column.title, value: { .text(text($0)) })
    }

    static func lom(_ facts: ItemFacts, address: SiteAddress) -> [UInt8] {
        XMLWriter.document { writer in
            LearningObject(facts: facts, address: address.absolute(ItemPages.path(facts.item.id))).write(to: &writer)
        }
    }

    /// An archive of one LOM file for each resource. Blocks.
    static func write(_ facts: [ItemFacts], address: SiteAddress, to path: String) throws {
        let archive = try StoredArchive(path: path)
        for one in facts {
            try archive.begin("\(one.item.id).xml")
            try archive.add(lom(one, address: address))
        }
        try archive.finish()
    }
}
