import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Exchange

@Suite("文件接收") struct DropReaderTests {
    @Test(arguments: TestDatabase.allCases)
    func `a file is looked at, accepted, known the second time, and taken back`(on database: TestDatabase) async throws
    {
        try await DropCity.run(database) { (world: DropCity) async throws in
            let name = world.name(), bureau = try await world.city.client(.bureau)
            try world.put(DropCity.roster, as: name)
            try await world.drop.run()
            let file = try #require(try await world.files().first)
            #expect(
                file.state == .waiting && file.outcome.new == 2 && file.sm3 == Hex.encode(SM3.hash(DropCity.roster)))
            #expect(try await world.pupils() == 0)
            // What was taken does not lie about; its sender reads how it stands.
            #expect(try world.names() == [name + DropName.receipt])
            #expect(world.read(name + DropName.receipt)?.contains("结果：待接受") == true)

            let path = DropPages.path(file.id), page = try await bureau.get(path)
            #expect(page.text.contains("还没有写入花名册"))
            let stale = try await bureau.post(path + "/acceptance", from: path, [("digest", "x")])
            #expect(stale.location == path)
            let digest = try #require(page.hidden("digest"))
            let sent = try await bureau.post(path + "/acceptance", from: path, [("digest", digest)])
            #expect(sent.location?.hasPrefix("/jobs/") == true)
            try await world.work()
            #expect(try await world.pupils() == 2)
            #expect(try await bureau.get(path).text.contains("已写入花名册"))

            // The same content again, under another name and under the same.
            try world.put(DropCity.roster, as: world.name("20260902083000"))
            try world.put(DropCity.roster, as: name)
            try await world.drop.run()
            let known = try await world.files()
            #expect(known.map(\.state) == [.accepted, .repeated])
            #expect(world.read(world.name("20260902083000") + DropName.receipt)?.contains("0 处变化") == true)
            #expect(world.read(name + DropName.receipt)?.contains("结果：已接受") == true)
            // The same people in another file.
            try world.put(DropCity.roster + "\n", as: world.name("20260903083000"))
            try await world.drop.run()
            #expect(try await world.files().last?.state == .unchanged)
            #expect(try await world.pupils() == 2)

            let undone = try await bureau.post(path + "/undo", from: path)
            #expect(undone.location == path)
            #expect(try await world.pupils() == 0)
            try await world.drop.run()
            #expect(world.read(name + DropName.receipt)?.contains("结果：已撤销") == true)
            for member in [TestCity.Member.chen, .li, .wang, .system] {
                #expect(try await world.city.client(member).get(path).status == 404, "\(member)")
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what cannot be taken is refused beside the file, with the reason`(on database: TestDatabase) async throws {
        try await DropCity.run(database) { (world: DropCity) async throws in
            let good = DropCity.roster
            try world.put(good, as: world.name("20260901000001"), sum: String(repeating: "0", count: 64))
            try world.write(good, as: world.name("20260901000002"))
            try world.write("", as: world.name("20260901000002") + DropName.marker)
            try world.put(good, as: "students_\(TestCity.borderSchool)_20260901000003.csv")
            try world.put(good, as: world.name("20260901000004", "orgs"))
            try world.put("", as: world.name("20260901000005"))
            try world.put(good, as: world.name("20260901000006", "students", "xlsx"))
            try world.put("甲,乙\n1,2\n", as: world.name("20260901000007"))
            try world.put(good, as: "名册.csv")
            try world.write("", as: world.name("20260901000009") + DropName.marker)
            // Links point at what is not theirs.
            let secret = world.city.folder + "/secret.csv"
            try Data(good.utf8).write(to: URL(fileURLWithPath: secret))
            let link = world.name("20260901000010"), hard = world.name("20260901000011")
            try FileManager.default.createSymbolicLink(atPath: world.path(link), withDestinationPath: secret)
            try FileManager.default.linkItem(atPath: secret, toPath: world.path(hard))
            for name in [link, hard] {
                try world.write(Hex.encode(SM3.hash(good)), as: name + DropName.sum)
                try world.write("", as: name + DropName.marker)
            }
            try await world.drop.run()
            let reasons: [(String, String)] = [
                (world.name("20260901000001"), "SM3 校验值与文件不符"), (world.name("20260901000002"), "没有 SM3 校验文件"),
                ("students_\(TestCity.borderSchool)_20260901000003.csv", "不是防城港市实验小学(示例)范围内的单位"),
                (world.name("20260901000004", "orgs"), "由市教育局平台维护"), (world.name("20260901000005"), "文件是空的"),
                (world.name("20260901000006", "students", "xlsx"), "内容与扩展名不符"),
                (world.name("20260901000007"), "没有找到表头"), ("名册.csv", "文件名应为"),
                (world.name("20260901000009"), "没有数据文件"), (link, "不是普通文件"), (hard, "不是普通文件"),
            ]
            for (name, reason) in reasons {
                let report = world.read(name + DropName.refusal) ?? ""
                #expect(report.contains(reason), "\(name): \(report)")
            }
            let files = try await world.files()
            #expect(files.count == reasons.count && files.allSatisfy { $0.state == .refused })
            #expect(try world.names().filter { $0.hasSuffix(DropName.marker) } == [])
            #expect(FileManager.default.contents(atPath: secret) == Data(good.utf8))
            // The refused data stay for their sender.
            #expect(world.read(world.name("20260901000001")) == good)
            #expect(try await world.pupils() == 0)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a clean file of a trusted partner needs nobody, one with a wrong row does`(on database: TestDatabase)
        async throws
    {
        try await DropCity.run(database, [("accepts_alone", "1")]) { (world: DropCity) async throws in
            try world.put(DropCity.roster, as: world.name())
            try await world.drop.run()
            #expect(try await world.files().map(\.state) == [.accepted])
            #expect(try await world.pupils() == 2)
            let wrong = DropCity.roster + "农小兰,女,海豚班,2017-08-12\n农小河,男,三(1)班,2017-08-12\n"
            try world.put(wrong, as: world.name("20260902083000"))
            try await world.drop.run()
            let file = try #require(try await world.files().last)
            #expect(file.state == .waiting && file.outcome.new == 1 && file.outcome.refused == 1)
            #expect(try await world.pupils() == 2)
            let receipt = world.read(world.name("20260902083000") + DropName.receipt) ?? ""
            #expect(receipt.contains("第 4 行，C 列") && receipt.contains("海豚班"), "\(receipt)")
        }
    }

    @Test func `data of other owners stay as they are`() async throws {
        try await DropCity.run(.sqlite, [("accepts_alone", "1")]) { (world: DropCity) async throws in
            try world.put(DropCity.roster, as: world.name())
            try await world.drop.run()
            // 特长 is the school's, 民族 the roll's.
            let more = "姓名,班级,出生日期,民族,特长\n韦小明,三(1)班,2017-08-10,壮族,围棋\n"
            try world.put(more, as: world.name("20260902083000"))
            try await world.drop.run()
            let crypto = world.city.platform.crypto
            let facts = try await world.database.read { db in
                let person: ID<Person>? = try db.value("SELECT id FROM directory_person WHERE name = '韦小明'")
                return try person.flatMap { try PersonFactStore(db, crypto).latest(of: $0) }
            }
            #expect(facts?["ethnicity"] == "08" && facts?["talent"] == nil)
            #expect(facts?.values["ethnicity"]?.source.kind == .exchange)
        }
    }

    @Test func `a page of the import leads to where the file is decided on`() async throws {
        try await DropCity.run(.sqlite) { (world: DropCity) async throws in
            try world.put(DropCity.roster, as: world.name())
            try await world.drop.run()
            let file = try #require(try await world.files().first)
            let bureau = try await world.city.client(.bureau), batch = "/rosters/batches/\(file.batch)"
            let page = try await bureau.get(batch)
            #expect(page.text.contains(DropPages.path(file.id)))
            let accepted = try await bureau.post(
                batch + "/acceptance", from: "/account", [("digest", file.outcome.digest)])
            #expect(accepted.status == 409)
        }
    }
}
