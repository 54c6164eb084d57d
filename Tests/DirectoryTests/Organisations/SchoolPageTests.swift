import Directory
import Foundation
import Kernel
import Platform
import Testing
import Web

@Suite struct SchoolPageTests {
    private typealias World = DirectoryWorld

    /// Shows for which school and day it was asked.
    private struct Panel: SchoolPanelSource {
        let order: Int
        let title: String

        func panels(
            for school: Organisation, viewer: CurrentUser, on day: LocalDate, page: PageContext
        ) async throws -> [SchoolPanel] {
            [SchoolPanel(title: title, id: "panel-\(order)", content: "<p>\(school.name) \(day.iso)</p>")]
        }

        func dossier(
            for school: Organisation, viewer: CurrentUser, on day: LocalDate
        ) async throws -> [DossierSection] {
            let rows: [[TableValue]] = [[.text("班级数"), .integer(order)], [.text("空")]]
            return [DossierSection(title: title, header: ["项目", "数"], rows: rows)]
        }
    }

    private let panels: [any SchoolPanelSource] = [Panel(order: 2, title: "第二块"), Panel(order: 1, title: "第一块")]

    @Test func `a school's page shows its facts and the panels in order`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450603"), school = try await world.organisation(World.centralSchool)
            let text = try await world.ask(user, "/schools/\(school.id)", panels: panels).text
            for word in ["标识码 2145990003", "防城区 华石镇", "211 小学", "121 镇中心区", "中心校", "石桥教学点", "编辑学校信息"] {
                #expect(text.contains(word), "\(word)")
            }
            let first = try #require(text.range(of: "第一块")), second = try #require(text.range(of: "第二块"))
            #expect(first.lowerBound < second.lowerBound)
            #expect(text.contains(#"id="panel-1""#) && text.contains("华石镇中心小学 \(Timestamp.now.day.iso)"))
        }
    }

    @Test func `a past day shows the school of then`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450600"), school = try await world.organisation(World.centralSchool)
            let town = try await world.organisation("450681101")
            try await world.change { service in
                try service.move(school, below: town, from: World.day)
                try service.rename(try service.find(school.id), to: "江平镇中心小学", from: World.day)
            }
            let then = try await world.ask(user, "/schools/\(school.id)", query: "on=2020-08-31", panels: panels).text
            #expect(then.contains("<h1>华石镇中心小学</h1>") && then.contains("防城区 华石镇"))
            #expect(then.contains("以下是2020年8月31日的情况") && then.contains("2020-08-31"))
            let now = try await world.ask(user, "/schools/\(school.id)", query: "on=2999-01-01").text
            #expect(now.contains("<h1>江平镇中心小学</h1>") && now.contains("东兴市 江平镇"))
        }
    }

    @Test func `before its foundation a school has no panels`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450603"), town = try await world.organisation("450603001")
            let draft = OrganisationService.Draft(
                kind: .school, code: nil, name: "新学校",
                profile: SchoolProfile(schoolType: "211", urbanRural: nil, isCentral: false), openedOn: World.day)
            let school = try await world.change { try $0.add(draft, below: town) }
            let text = try await world.ask(user, "/schools/\(school.id)", query: "on=2020-08-31", panels: panels).text
            #expect(text.contains("2020年8月31日时还没有这所学校") && !text.contains("第一块"))
        }
    }

    @Test func `a county is no school`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450600"), county = try await world.organisation("450603")
            await expectMissing { _ = try await world.ask(user, "/schools/\(county.id)") }
            await expectMissing { _ = try await world.ask(user, "/schools/nonsense") }
        }
    }

    @Test func `the file is a page to print and a workbook with a sheet a section`() async throws {
        try await withDirectory { world in
            let user = try await world.user(at: "450603"), school = try await world.organisation(World.centralSchool)
            let address = "/schools/\(school.id)/dossier"
            let page = try await world.ask(user, address, panels: panels).text
            #expect(page.contains("<h1>华石镇中心小学一校一档</h1>") && page.contains("班级数") && page.contains("变更记录"))
            #expect(page.contains("\(address)?format=xlsx"))
            let answer = try await world.ask(user, address, query: "format=xlsx", panels: panels)
            let path = try #require(answer.filePath)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(bytes.starts(with: Array("PK".utf8)))
            let file = try SheetFile.open(path: path)
            #expect(file.sheets.map(\.name) == ["基本信息", "变更记录", "第一块", "第二块"])
        }
    }
}
