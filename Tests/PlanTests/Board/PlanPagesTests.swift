import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Plan

@Suite struct `The living plan's pages` {
    @Test(arguments: TestDatabase.allCases)
    func `show a light for every target and say where text is missing`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            let page = try await sample.plan(as: .bureau)
            #expect(page.contains("行动计划") && page.contains("还没有导入行动计划的正文"))
            for number in 1...34 { #expect(page.contains(">T\(number)</span>"), "T\(number)") }
            #expect(page.contains("light--bad") && page.contains("待接入") && page.contains("“教学资源”模块"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `read as the plan reads, its empty quotation untouched`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            let context = try await sample.boards.board(on: BoardSample.day)
            let clause = PlanText.Clause(
                path: "三/(五)", token: "（五）", level: 2, heading: nil, paragraphs: ["积极引进“ ”等理念。", "<b>二</b>"])
            let text = PlanPages.text(clause).text
            #expect(text == "<p>（五）积极引进“ ”等理念。</p><p>&lt;b&gt;二&lt;/b&gt;</p>")
            #expect(context.plan == nil)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `only what falls short leaves out what is attained`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            let page = try await sample.plan(as: .bureau, [("date", BoardSample.day.iso), ("short", "1")])
            #expect(page.contains(">T12</span>") && !page.contains(">T7</span>"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `escape the names of schools`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            let school = sample.central, day = BoardSample.day
            try await sample.city.database.write { db in
                try OrganisationService(db, by: .system, source: "test").rename(
                    school, to: "<script>华石</script>", from: day)
            }
            for page in [try await sample.plan(as: .bureau), try await sample.target("T12", as: .bureau)] {
                #expect(page.contains("&lt;script&gt;华石") && !page.contains("<script>华石"))
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a target names who falls short, by how much and what it costs`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            let page = try await sample.target("T12", as: .bureau)
            #expect(page.contains("未达标学校") && page.contains("华石镇中心小学(示例)"))
            #expect(page.contains("各县(市、区)比较") && page.contains("最省的达标办法"))
            #expect(page.contains("/schools/\(sample.central.id)") && page.contains("10 Mbit/s"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a school sees its own value and gap`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            let query = [("date", BoardSample.day.iso), ("organisation", sample.central.id.rawValue)]
            let page = try await sample.plan(as: .bureau, query)
            #expect(page.contains("20 Mbit/s") && page.contains("≥ 30 Mbit/s") && page.contains("还缺 10 Mbit/s"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a school's panel tells the binding rule and the gap`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            let panel = PlanSchoolPanel(database: sample.city.database, boards: sample.boards)
            let request = try await sample.request("/schools/x", as: .chen)
            let viewer = try await sample.city.user(.chen)
            let panels = try await panel.panels(
                for: sample.central, viewer: viewer, on: BoardSample.day, page: request.page)
            let text = panels.map(\.content.text).joined()
            #expect(text.contains("中学、中心校接入带宽") && text.contains("还差 10 Mbit/s"))
            let stranger = try await sample.city.user(.dongxing)
            let hidden = try await panel.panels(
                for: sample.central, viewer: stranger, on: BoardSample.day, page: request.page)
            #expect(hidden.isEmpty)
            let dossier = try await panel.dossier(for: sample.central, viewer: viewer, on: BoardSample.day)
            #expect(dossier.first?.rows.contains { $0.first == .text("T12") } == true)
        }
    }
}
