import Directory
import Foundation
import Kernel
import Resources
import TestKit
import Testing

extension WalkRecords {
    /// A catalogue of the city with one lesson, and a draft for it of a teacher of the school.
    static func resources(of school: Organisation, in city: TestCity) async throws -> [String: String] {
        let sent = try await (try await city.client(.bureau)).upload(
            "/textbooks/catalogues", from: "/textbooks/catalogues/new", field: "file", fileName: "目录.csv",
            Array("学段,学科,版本,年级,册次,单元,课,节点代码\n小学,语文,示例版,三年级,上册,第一单元,第一课,A-1\n".utf8),
            [("year", String(SchoolYear(containing: Timestamp.now.day).start))])
        let location = try #require(sent.location, "\(sent.text.suffix(800))")
        let catalogue = String(try #require(location.split(separator: "/").last))
        let bureau = try await city.client(.bureau), page = try await bureau.get(location)
        _ = try await bureau.post(
            location + "/acceptance", from: location, [("digest", try #require(page.hidden("digest")))])
        let zhao = try await city.user(.zhao), files = city.platform.files, now = Timestamp.now
        let path = city.folder + "/walk.txt"
        try Data(mark.utf8).write(to: URL(fileURLWithPath: path))
        let kept = try files.keep(fileAt: path)
        let (node, item, file) = try await city.database.write { db in
            let node = try #require(try TextbookStore(db).node(code: "A-1"))
            let stored = try files.record(
                sha256: kept.sha256, size: kept.size, name: mark + ".txt", by: zhao.name, now: now, on: db)
            let item = try ItemService(db, by: zhao, now: now).create(
                ItemContent(title: mark + "教案", type: "lesson-plan", nodes: [node.id.rawValue]), at: school,
                files: [NewItemFile(file: stored, name: mark + ".txt")])
            let file: String? = try db.value("SELECT id FROM resources_item_file LIMIT 1")
            return (node, item, file)
        }
        return [
            "catalogues": catalogue, "textbooks": node.textbook.rawValue, "textbook-nodes": node.id.rawValue,
            "resources": item.rawValue, "attachments": try #require(file),
        ]
    }
}
