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

    /// The plan of 防城区, with a target of its own on its first clause; returns the plan's key.
    private func publishCountyPlan(_ city: TestCity) async throws -> ID<ActionPlan> {
        let service = PlanDocumentService(database: city.database, files: city.platform.files)
        let county = try await city.organisation("450603"), bureau = try await city.user(.bureau)
        let path = city.folder + "/county.txt"
        try "防城区教育信息化计划\n\n一、区级目标\n本区三年内实现<全>覆盖。".write(toFile: path, atomically: true, encoding: .utf8)
        let owner = PlanOwner(organisation: county.id, name: county.name, path: county.path)
        let draft = try await service.begin(path: path, name: "county.txt", owner: owner, plan: nil, by: .system)
        let from = LocalDate(year: 2015, month: 1, day: 1)!, to = LocalDate(year: 2017, month: 12, day: 31)!
        let plan = try await service.publish(
            draft, at: 1, .newPlan(title: "防城区教育信息化计划", layer: .county, from: from, to: to, note: ""), user: bureau,
            by: .system
        ).plan
        let editor = try await CountyEditor(city, county: "450603"), one = "/plan/target-sets/:id"
        let made = try await editor.send(
            .post, "/plan/target-sets", [:],
            [
                ("owner", editor.county.rawValue), ("title", "防城区目标"), ("edition", "1"), ("from", from.iso),
                ("to", to.iso), ("plan", plan.rawValue),
            ])
        let set = try #require(made.headers.first { $0.name == "location" }?.value.split(separator: "/").last)
        let target = [
            ("code", "FC1"), ("validFrom", from.iso), ("title", "录播教室"), ("indicator", "pending"), ("feed", "教学资源"),
            ("operator", ">="), ("threshold", "2"), ("unit", "间"), ("basis", "value"), ("area", "all"),
            ("stage", "all"), ("clause", "一"),
        ]
        #expect(try await editor.send(.post, one + "/targets", ["id": String(set)], target).status == 303)
        let state = [("state", "published")]
        #expect(try await editor.send(.post, one + "/state", ["id": String(set)], state).status == 303)
        return plan
    }

    @Test(arguments: TestDatabase.allCases)
    func `show a county's plan beside the city's to those who may see it`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            #expect(try await !sample.plan(as: .bureau).contains("对照文本"))
            let plan = try await publishCountyPlan(sample.city)
            let county = try await sample.city.organisation("450603").id
            let query = [("text", plan.rawValue), ("organisation", county.rawValue)]
            let alone = try await sample.plan(as: .bureau)
            #expect(alone.contains("对照文本") && alone.contains("防城区：防城区教育信息化计划"))
            #expect(!alone.contains("本区三年内"))
            for member in [TestCity.Member.bureau, .chen] {
                let both = try await sample.plan(as: member, query)
                let parts = both.components(separatedBy: #"id="beside""#)
                try #require(parts.count == 2, "\(member)")
                #expect(parts[1].contains("本区三年内实现&lt;全&gt;覆盖") && parts[1].contains(#"id="beside-clause-一""#))
                #expect(parts[1].contains(">FC1</span>") && !parts[0].contains(">FC1</span>"))
                #expect(parts[0].contains(">T12</span>") && !parts[1].contains(">T12</span>"))
                #expect(both.contains(#"<option value="\#(plan)" selected>"#))
                #expect(both.contains("text=\(plan)"), "links keep the choice")
            }
            let stranger = try await sample.plan(as: .dongxing, [("text", plan.rawValue)])
            #expect(!stranger.contains("本区三年内") && !stranger.contains("防城区教育信息化计划"))
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
