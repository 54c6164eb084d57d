import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Resources

/// The city's catalogue of free public resources, and whether its links open.
@Suite("Free public resources")
struct FreeLinkTests {
    private static let root = "/resources/free-links"
    private static let sheets = "/resources/link-sheets"

    private func fields(_ title: String, _ link: String, _ more: [(String, String)] = []) -> [(String, String)] {
        [("title", title), ("link", link), ("audience", "everybody")] + more
    }

    @Test("A curator adds, changes and removes; readers find it, also at the lesson", arguments: TestDatabase.allCases)
    func curating(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let bureau = try await made.city.client(.bureau), root = FreeLinkTests.root, new = root + "/new"
            let visitor = try await made.city.client(.visitor), node = try await made.node()
            let bad = try await bureau.post(
                root, from: new, fields("", "javascript:alert(1)", [("nodes", "没有这个"), ("stage", "9")]))
            #expect(bad.status == 422)
            for words in ["填写标题", "http://", "没有这个", "选择学段"] { #expect(bad.text.contains(words), "\(words)") }
            let good = fields(
                "潮汐表", "https://tide.example/表", [("nodes", ResourceCity.lesson), ("stage", "2"), ("licence", "cc-by")])
            #expect(try await bureau.post(root, from: new, good).location == root)
            let twice = try await bureau.post(root, from: new, fields("又是", "https://tide.example/表"))
            #expect(twice.status == 422 && twice.text.contains("已收录为“潮汐表”"))
            #expect(try await visitor.get("/resources/external?q=%E6%BD%AE%E6%B1%90").text.contains("潮汐表"))
            #expect(try await visitor.get("/resources/external?node=\(node.id)").text.contains("潮汐表"))
            #expect(try await visitor.get("/resources/external?stage=3").text.contains("没有符合条件"))

            let id: String? = try await made.database.read { try $0.value("SELECT id FROM resources_external") }
            let one = root + "/" + (try #require(id)), page = try await bureau.get(one)
            #expect(page.text.contains(ResourceCity.lesson))
            let revision = try #require(page.hidden("revision"))
            let changed = good.map { $0.0 == "title" ? ($0.0, "北部湾潮汐表") : $0 } + [("revision", revision)]
            #expect(try await bureau.post(one, from: one, changed).location == root)
            let late = try await bureau.post(one, from: one, changed.map { $0.0 == "title" ? ($0.0, "又一个名字") : $0 })
            // What was typed stays, to be saved over what is there now.
            #expect(late.status == 409 && late.text.contains("又一个名字") && late.text.contains("刚被"))
            #expect(try #require(late.hidden("revision")) != revision)
            #expect(try await visitor.get("/resources/external").text.contains("北部湾潮汐表"))
            #expect(try await bureau.post(one + "/removal", from: one).location == root)
            #expect(try await !visitor.get("/resources/external").text.contains("北部湾潮汐表"))
            #expect(try await bureau.get(one).status == 404)
            // It comes back under its old key.
            #expect(try await bureau.post(root, from: new, good).location == root)
            let again: [String] = try await made.database.read {
                try $0.column("SELECT id FROM resources_external WHERE is_removed = 0")
            }
            #expect(again == [try #require(id)])
            let wang = try await made.city.client(.wang)
            #expect(try await wang.get(root).status == 404)
        }
    }

    @Test("A workbook is compared, its bad cells told, and taken in once", arguments: TestDatabase.allCases)
    func workbook(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let bureau = try await made.city.client(.bureau), sheets = FreeLinkTests.sheets
            func send(_ text: String) async throws -> TestAnswer {
                try await bureau.upload(
                    sheets, from: sheets + "/new", field: "file", fileName: "目录.csv", Array(text.utf8))
            }
            let none = try await send("甲,乙\n1,2\n")
            #expect(none.status == 422 && none.text.contains("标题、网址"))
            let text = """
                名称,链接,适用学段,科目,许可,标签,节点代码,可见范围
                潮汐表,https://tide.example/,小学,语文,CC BY 4.0,潮汐、海,SYW31-01-03,所有人
                红树林,https://mangrove.example/,大学,,,,,
                坏网址,file:///etc/passwd,,,,,,
                又是潮汐,https://tide.example/,,,,,,
                没有的课,https://none.example/,,,,,XX-1,谁都行

                """
            let path = try #require(try await send(text).location), page = try await bureau.get(path)
            #expect(page.text.contains("新增 1，变更 0，不变 0，退回 4"))
            for words in [
                "C 列“学段”：不认识“大学”", "B 列“网址”：网址以 http://", "B 列“网址”：与第 2 行相同", "G 列“节点代码”：教材目录里没有 XX-1",
                "H 列“谁能找到”：写“所有人”或“教师”",
            ] { #expect(page.text.contains(words), "\(words)") }
            #expect(try await bureau.post(path + "/acceptance", from: path).location == FreeLinkTests.root)
            let visitor = try await made.city.client(.visitor)
            #expect(try await visitor.get("/resources/external").text.contains("潮汐表"))
            let second = try #require(try await send(text.replacing("潮汐表", with: "新潮汐表")).location)
            #expect(try await bureau.get(second).text.contains("新增 0，变更 1，不变 0，退回 4"))
            #expect(try await bureau.post(second + "/discard", from: second).location == FreeLinkTests.root)
            let third = try #require(try await send(text).location)
            #expect(try await bureau.get(third).text.contains("新增 0，变更 0，不变 1，退回 4"))
            #expect(try await bureau.post(path + "/acceptance", from: third).location == path)
        }
    }

    @Test("A long workbook is taken in slices, and gone on with where it was left", arguments: TestDatabase.allCases)
    func slices(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let bureau = try await made.city.client(.bureau), sheets = FreeLinkTests.sheets
            let rows = (0..<120).map { "资源\($0),https://links.example/\($0)\n" }.joined()
            let text = "标题,网址\n" + rows
            let sent = try await bureau.upload(
                sheets, from: sheets + "/new", field: "file", fileName: "目录.csv", Array(text.utf8))
            let path = try #require(sent.location), id = try #require(path.split(separator: "/").last.map(String.init))
            // The first slice alone, as a process that died behind it leaves it.
            let done = try await made.database.write { db in
                let sheet = try LinkSheetStore(db).find(ID<LinkSheet>(id))
                let stored = try made.city.platform.files.find(sheet.file, on: db)
                let table = try MetadataSheet<FreeLinkColumn>(
                    path: made.city.platform.files.path(of: stored.sha256), limit: FreeLink.mostRows)
                let parts = try LinkSheetPlan(table, db).parts
                #expect(parts.map { $0.count(.new) } == [50, 50, 20])
                try FreeLinkService(db, by: .system, now: .now).accept(sheet, parts[0], isLast: false)
                return try ExternalStore(db).own([], after: nil, limit: 1).total
            }
            #expect(done == 50)
            #expect(try await bureau.get(path).text.contains("新增 70，变更 0，不变 50，退回 0"))
            #expect(try await bureau.post(path + "/acceptance", from: path).location == FreeLinkTests.root)
            let total = try await made.database.read { try ExternalStore($0).own([], after: nil, limit: 1).total }
            #expect(total == 120)
            let page = try await bureau.get(path)
            #expect(page.text.contains("不变 120") && page.text.contains("已接受"))
            let entries: Int? = try await made.database.read {
                try $0.value("SELECT COUNT(*) FROM platform_audit_entry WHERE action = 'external.imported'")
            }
            #expect(entries == 3)
        }
    }

    @Test("Of a common word only so many entries are looked at, from each page on", arguments: TestDatabase.allCases)
    func common(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let now = Timestamp.now
            try await made.database.write { db in
                for number in 0..<30 {
                    var link = FreeLink(FormValues())
                    link.content.title = number == 3 ? "潮汐图" : "潮汐"
                    link.content.link = "https://a.example/\(number)"
                    // Few are for everybody.
                    link.audience = number % 10 == 0 ? .everybody : .staff
                    _ = try FreeLinkService(db, by: .system, now: now).add(link)
                }
            }
            func list(_ text: String, after: String? = nil) async throws -> (ids: [String], total: Int, isExact: Bool) {
                try await made.database.read { db in
                    var filter = ExternalStore.Filter()
                    filter.text = text
                    let found = try ExternalStore(db).list(
                        filter, for: ResourceViewer(nil), after: after, limit: 10, mostLooked: 15)
                    return (found.rows.map(\.id.rawValue), found.total, found.isExact)
                }
            }
            // Of the latest fifteen one is for everybody; behind it the next fifteen are looked at.
            let first = try await list("潮汐")
            #expect(first.ids.count == 1 && first.total == 1 && !first.isExact)
            #expect(try await list("潮汐", after: first.ids[0]).ids.count == 1)
            // A rare word is looked at to its end.
            let rare = try await list("潮汐图")
            #expect(rare.ids.isEmpty && rare.isExact)
        }
    }

    /// A catalogue of the links, and what a look finds.
    private func check(
        _ made: ResourceCity, _ other: OtherPlatform, _ clock: TurnedClock, _ pauses: HarvesterTests.Pauses
    ) async throws -> (looked: Int, failed: Int) {
        let checking = LinkChecking(
            database: made.database, outbound: other, pause: { pauses.note($0) }, now: { clock.now })
        return try await checking.run { _ in }
    }

    @Test("Links are looked at in turn, gently, and hidden after three failures", arguments: TestDatabase.allCases)
    func links(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let clock = TurnedClock(), pauses = HarvesterTests.Pauses()
            let addresses = ["ok", "moved", "gone", "slow", "head", "big", "loop"]
            try await made.database.write { db in
                for name in addresses {
                    var link = FreeLink(FormValues())
                    (link.content.title, link.content.link) = (name, "https://a.example/\(name)")
                    _ = try FreeLinkService(db, by: .system, now: clock.now).add(link)
                }
            }
            let other = OtherPlatform { request in
                let name = request.url.split(separator: "/").last ?? ""
                switch name {
                case "ok": return OutboundResponse(status: 200)
                case "moved": return OutboundResponse(status: 301, headers: [("Location", "/ok")])
                case "gone": return OutboundResponse(status: 404)
                case "slow": throw OutboundError.timeout
                case "head": return OutboundResponse(status: request.method == .head ? 405 : 200)
                case "big":
                    if request.method == .get { throw OutboundError.tooLarge }
                    return OutboundResponse(status: 403)
                default: return OutboundResponse(status: 302, headers: [("Location", "loop")])
                }
            }
            let first = try await check(made, other, clock, pauses)
            #expect(first == (7, 3))
            #expect(pauses.all == Array(repeating: 1, count: 6))
            func states() async throws -> [String: LinkState] {
                let rows = try await made.database.read { try ExternalStore($0).own([], after: nil, limit: 20).rows }
                return Dictionary(uniqueKeysWithValues: rows.map { ($0.content.title, $0.link.state) })
            }
            let found = try await states()
            #expect(
                found["ok"] == .ok && found["moved"] == .moved && found["gone"] == .gone && found["slow"] == .timeout)
            #expect(found["head"] == .ok && found["big"] == .ok && found["loop"] == .failing)
            let moved = try await made.database.read { try ExternalStore($0).own([.moved], after: nil, limit: 9).rows }
            #expect(moved.first?.link.target == "https://a.example/ok")
            // Nothing is due before its time; then only what failed.
            #expect(try await check(made, other, clock, pauses) == (0, 0))
            clock.advance(86_400)
            #expect(try await check(made, other, clock, pauses) == (3, 3))
            let visitor = ResourceViewer(nil)
            func shown() async throws -> Set<String> {
                let rows = try await made.database.read {
                    try ExternalStore($0).list(.init(), for: visitor, after: nil, limit: 20).rows
                }
                return Set(rows.map(\.content.title))
            }
            #expect(try await shown().contains("gone"))
            clock.advance(86_400)
            #expect(try await check(made, other, clock, pauses) == (3, 3))
            #expect(try await shown() == ["ok", "moved", "head", "big"])
            let bureau = try await made.city.client(.bureau)
            let list = try await bureau.get(FreeLinkTests.root + "?state=bad")
            #expect(list.text.contains("已失效，已隐藏") && list.text.contains("超时，已隐藏") && !list.text.contains(">head<"))
            // What opens again is shown again.
            other.answer { _ in OutboundResponse(status: 200) }
            clock.advance(86_400)
            #expect(try await check(made, other, clock, pauses) == (3, 0))
            #expect(try await shown().count == 7)
        }
    }
}
