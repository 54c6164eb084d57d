import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Rosters

/// What an export needs and what it leaves behind.
@Suite("Exports")
struct ExportRouteTests {
    @Test("An export names its purpose, stays in the scope and is on record", arguments: TestDatabase.allCases)
    func record(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            try await made.pupil("黄小芳", numbers: [.studentNumber: "G" + RosterCity.girl])
            let li = try await made.city.client(.li), page = ExportPages.root + "/new"
            let form = [("template", "学籍-学生基础信息"), ("day", Timestamp.now.day.iso)]
            let bare = try await li.post(ExportPages.root, from: page, form)
            #expect(bare.status == 422)
            #expect(bare.text.contains("写明用途") && bare.text.contains("选择单位"))
            let beyond = form + [("place", made.border.id.rawValue), ("reason", "报送核查")]
            #expect(try await li.post(ExportPages.root, from: page, beyond).status == 422)
            let good = form + [("place", made.school.id.rawValue), ("reason", "报送核查")]
            #expect(try await li.post(ExportPages.root, from: page, good).status == 200)

            let list = try await li.get(ExportPages.root).text
            #expect(list.contains("报送核查") && list.contains("遮盖"))
            #expect(try await made.city.client(.dongxing).get(ExportPages.root).text.contains("还没有导出过花名册"))
            let entries = try await made.database.read { db in
                try AuditLog.list(within: .everything, action: "roster.exported", limit: 10, on: db)
            }
            #expect(entries.count == 1)
            #expect(entries.first?.detail.contains("1 行") == true)
            #expect(try await made.city.client(.wang).get(page).status == 404)
        }
    }

    @Test("A past day gives the roster of that day", arguments: TestDatabase.allCases)
    func past(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            try await made.pupil("黄小芳")
            let scope = made.school.path, crypto = made.crypto
            let template = try #require(ShippedTemplates.named("学籍-学生基础信息"))
            func names(_ day: LocalDate) async throws -> [String] {
                try await made.database.read { db in
                    try ExportReader(db, crypto, on: day, isFull: false).rows(of: template, at: scope).map {
                        $0.facts["name"] ?? ""
                    }
                }
            }
            #expect(try await names(RosterCity.start) == ["黄小芳"])
            #expect(try await names(RosterCity.start.adding(days: -1)) == [])
        }
    }
}
