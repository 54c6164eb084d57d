import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Exchange

@Suite("文件写出") struct DropWriterTests {
    @Test(arguments: TestDatabase.allCases)
    func `all, then only what changed, and nothing when nothing did`(on database: TestDatabase) async throws {
        try await DropCity.run(database, [("accepts_alone", "1")]) { (world: DropCity) async throws in
            let bureau = try await world.city.client(.bureau), path = PartnerPages.path(world.partner.id)
            try world.put(
                "姓名,班级,出生日期,学籍号,现住址\n韦小明,三(1)班,2017-08-10,G450699201708100015,港口区一路\n", as: world.name())
            try await world.drop.run()
            func order(_ dataset: String, full: Bool = false) async throws -> [String] {
                let before = Set(try world.names(.outward))
                let form = [("dataset", dataset)] + (full ? [("full", "1")] : [])
                #expect(try await bureau.post(path + "/orders", from: path, form).status == 303)
                try await world.drop.run()
                return try world.names(.outward).filter { !before.contains($0) }
            }
            let first = try await order("students")
            let name = try #require(first.first { $0.hasSuffix(".csv") }, "\(first)")
            #expect(first.count == 3 && name.hasPrefix("students_\(TestCity.experimentalSchool)_"))
            let text = world.read(name, .outward) ?? ""
            #expect(text.contains("平台编号") && text.contains("韦小明") && text.contains("2017-08-10"))
            // This partner gets no numbers and no sensitive facts.
            #expect(!text.contains("G450699201708100015") && !text.contains("一路"))
            #expect(try await world.count("directory_look") == 0)
            #expect(try await order("students") == [])
            #expect(try await order("orgs", full: true).count == 3)
            let files = try await world.files().filter { $0.direction == .outward }
            #expect(files.map(\.state) == [.sent, .sent] && files.first?.rows == 1)
            let page = try await bureau.get(DropPages.path(try #require(files.first).id))
            #expect(page.text.contains("已放入对方的文件夹"))
            #expect(try await bureau.get(path).text.contains(name))
            // What goes is told as deleted.
            let file = try #require(try await world.files().first)
            _ = try await bureau.post(DropPages.path(file.id) + "/undo", from: "/account")
            let last = try await order("students")
            let gone = world.read(try #require(last.first { $0.hasSuffix(".csv") }), .outward) ?? ""
            #expect(gone.contains(",1,") && !gone.contains("韦小明"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `sensitive data are on the record of looks, one line a file`(on database: TestDatabase) async throws {
        try await DropCity.run(database, [("accepts_alone", "1"), ("sensitive", "1"), ("rhythm.students", "daily")]) {
            (world: DropCity) async throws in
            try world.put(
                "姓名,班级,出生日期,学籍号\n韦小明,三(1)班,2017-08-10,G450699201708100015\n黄小红,三(1)班,2017-08-11,\n",
                as: world.name())
            // The first look takes the file in after there was nobody to write about.
            try await world.drop.run()
            let partner = world.partner.id
            try await world.database.write {
                try PartnerStore($0).order(.students, isFull: true, for: partner, now: .now)
            }
            try await world.drop.run()
            let name = try #require(try world.names(.outward).first { $0.hasSuffix(".csv") })
            #expect(world.read(name, .outward)?.contains("G450699201708100015") == true)
            let looks = try await world.database.read { try LookStore($0).list(within: .everything, limit: 10) }
            #expect(looks.count == 1 && looks.first?.people == 2 && looks.first?.looker.name == "宿舍系统")
            #expect(looks.first?.data.contains("student_number") == true && looks.first?.reason == "40")
            let due = try await world.database.read { db in
                try PartnerStore(db).datasets(of: partner).first { $0.dataset == .students }?.due
            }
            #expect(due?.text.hasSuffix("02:00") == true)
        }
    }

    @Test func `a missing folder is told on the page, and a paused partner is left alone`() async throws {
        try await DropCity.run(.sqlite) { (world: DropCity) async throws in
            let bureau = try await world.city.client(.bureau), path = PartnerPages.path(world.partner.id)
            let folder = world.city.platform.configuration.exchangeFolder
            try FileManager.default.removeItem(atPath: folder + "/dorm/in")
            try await world.drop.run()
            #expect(try await bureau.get(path).text.contains("文件夹不存在或无法读取"))
            try DropFolders(root: folder).prepare("dorm")
            #expect(try await bureau.post(path + "/switch", from: path, [("on", "0")]).status == 303)
            try world.put(DropCity.roster, as: world.name())
            try await world.drop.run()
            #expect(try await world.files().isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a partner is registered once, with a folder of its own`(on database: TestDatabase) async throws {
        try await DropCity.run(database) { (world: DropCity) async throws in
            let bureau = try await world.city.client(.bureau), page = PartnerPages.root + "/new"
            let good = [
                ("name", "图书系统"), ("code", "books"), ("organisation", world.school.id.rawValue), ("owners", "school"),
                ("reason", "40"),
            ]
            for (field, value) in [
                ("name", ""), ("code", "../x"), ("code", "dorm"), ("organisation", Identifiers.next()),
                ("owners", "nobody"), ("reason", "99"),
            ] {
                let answer = try await bureau.post(page, from: page, good.map { $0.0 == field ? (field, value) : $0 })
                #expect(answer.status == 422, "\(field)=\(value)")
            }
            let made = try await bureau.post(page, from: page, good)
            let path = try #require(made.location, "\(made.text.suffix(600))")
            #expect(try await bureau.get(path + "/settings").text.contains("图书系统"))
            let settings = path + "/settings", shown = try await bureau.get(settings)
            let revision = ("revision", try #require(shown.hidden("revision")))
            let changed =
                good.filter { $0.0 != "organisation" } + [("rhythm.staff", "hourly"), ("format", "xlsx"), revision]
            #expect(try await bureau.post(settings, from: settings, changed).status == 303)
            #expect(try await bureau.get(path).text.contains("每小时"))
            // Who had the old settings before her is told, keeps what she typed, and goes on from the new ones.
            let late = changed.map { $0.0 == "name" ? ("name", "图书馆系统") : $0 }
            let refused = try await bureau.post(settings, from: settings, late)
            #expect(refused.status == 409 && refused.text.contains("刚被他人修改"))
            #expect(refused.text.contains("value=\"图书馆系统\"") && refused.text.contains("现在的设置"))
            #expect(try await bureau.get(path).text.contains("图书系统"))
            let next = ("revision", try #require(refused.hidden("revision")))
            let again = late.map { $0.0 == "revision" ? next : $0 }
            #expect(try await bureau.post(settings, from: settings, again).status == 303)
            #expect(try await bureau.get(path).text.contains("图书馆系统"))
            // Pausing is no change of the settings.
            let kept = ("revision", try #require(try await bureau.get(settings).hidden("revision")))
            _ = try await bureau.post(path + "/switch", from: path, [("on", "0")])
            let calm = late.map { $0.0 == "revision" ? kept : $0 }
            #expect(try await bureau.post(settings, from: settings, calm).status == 303)
            for member in [TestCity.Member.chen, .li, .audit] {
                #expect(try await world.city.client(member).get(path).status == 404, "\(member)")
            }
        }
    }
}
