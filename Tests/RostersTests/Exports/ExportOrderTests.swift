import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Rosters

/// Large exports are made by a job and fetched by whoever asked for them.
@Suite("Large exports")
struct ExportOrderTests {
    @Test("A workbook for each school, on record with the looks, for its asker alone", arguments: TestDatabase.allCases)
    func archive(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            try await made.pupil("黄小芳", numbers: [.studentNumber: "G" + RosterCity.girl])
            try await made.pupil("韦小河", in: made.borderClass)
            let bureau = try await made.city.user(.bureau), crypto = made.crypto
            let order = try await made.database.write { db in
                guard let city = try OrganisationStore(db).city() else { throw DomainError.notFound }
                let asked = ExportRequest(
                    place: city.id, template: "学籍-学生基础信息", day: Timestamp.now.day, isFull: true, reason: "报送核查",
                    why: "40", lookReason: try LookReason("40"))
                let choice = try ExportService.choice(asked, within: .everything, on: asked.day, db, crypto)
                let looker = Looker(bureau, using: [.exportRun], at: city.path, address: "")
                let order = try ExportOrderStore(db).insert(asked, choice, looker, now: .now)
                _ = try JobStore(db).add(kind: ExportOrders.job, title: "导出", payload: order, by: bureau, at: city.path)
                return order
            }
            let client = try await made.city.client(.bureau), path = "\(ExportPages.root)/\(order)/file"
            #expect(try await client.get(ExportPages.root).text.contains("正在准备"))
            #expect(try await client.get(path).status == 404)
            let runner = JobRunner(
                database: made.database, handlers: made.city.platform.jobs, logger: TestDatabase.logger)
            while try await runner.runOne() {}
            #expect(try await client.get(ExportPages.root).text.contains(path))
            let answer = try await client.get(path)
            // What is kept is on record, and so is who fetched it.
            let (kept, fetched) = try await made.database.read { db in
                (
                    try db.value("SELECT name FROM platform_file", as: String.self),
                    try db.value(
                        "SELECT COUNT(*) FROM platform_audit_entry WHERE action = 'roster.export_fetched'", as: Int.self
                    )
                )
            }
            #expect(kept?.hasSuffix(".zip") == true && fetched == 1)
            let zip = made.city.folder + "/export.zip"
            try Data(answer.bytes).write(to: URL(fileURLWithPath: zip))
            let files = try TestArchive.files(at: zip)
            #expect(files.keys.sorted() == ["江平镇第一小学(示例).xlsx", "防城港市实验小学(示例).xlsx"])
            let book = made.city.folder + "/school.xlsx"
            try Data(files["防城港市实验小学(示例).xlsx"] ?? []).write(to: URL(fileURLWithPath: book))
            let cells = try RosterCity.cells(path: book)
            #expect(cells.values.contains("黄小芳") && cells.values.contains("G" + RosterCity.girl))
            let (looks, exports) = try await made.database.read { db in
                (
                    try LookStore(db).list(within: .everything, limit: 5),
                    try ExportStore(db).list(within: .everything, after: nil, limit: 5).rows
                )
            }
            #expect(looks.map(\.people) == [2] && exports.map(\.rows) == [2])
            for member in [TestCity.Member.chen, .li, .leader] {
                #expect(try await made.city.client(member).get(path).status == 404, "\(member)")
            }
        }
    }

    @Test("An export with full numbers says why, and the data officer can read it", arguments: TestDatabase.allCases)
    func look(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            try await made.pupil("黄小芳", numbers: [.studentNumber: "G" + RosterCity.girl])
            let li = try await made.city.client(.li), page = ExportPages.root + "/new"
            let form = [
                ("template", "学籍-学生基础信息"), ("day", Timestamp.now.day.iso), ("place", made.school.id.rawValue),
                ("reason", "报送核查 2026"), ("full", "1"),
            ]
            let unknown = try await li.post(ExportPages.root, from: page, form + [("why", "77")])
            #expect(unknown.status == 422 && unknown.text.contains("选择查看原因"))
            #expect(try await li.post(ExportPages.root, from: page, form + [("why", "30")]).status == 200)
            let masked = form.filter { $0.0 != "full" }
            #expect(try await li.post(ExportPages.root, from: page, masked).status == 200)
            let looks = try await made.database.read { try LookStore($0).list(within: .everything, limit: 5) }
            #expect(looks.count == 1 && looks.first?.reason == "30" && looks.first?.note == "报送核查 2026")
            #expect(looks.first?.people == 1 && looks.first?.data.contains("student_number") == true)
        }
    }
}
