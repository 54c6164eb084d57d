import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Exchange

/// Files that come again, late, by halves, or to two servers at once.
@Suite("重复与残缺的文件") struct DropReplayTests {
    private static let moved = DropCity.roster.replacingOccurrences(of: "三(1)班", with: "三(2)班")

    private func state(_ name: String, _ world: DropCity) async throws -> DropFile {
        try #require(try await world.files().last { $0.name == name })
    }

    @Test(arguments: TestDatabase.allCases)
    func `a file that was refused is taken when it comes again and is right`(on database: TestDatabase) async throws {
        try await DropCity.run(database, [("accepts_alone", "1")]) { (world: DropCity) async throws in
            let name = world.name()
            try world.write("", as: name + DropName.marker)
            try await world.drop.run()
            #expect(try await state(name, world).message == "没有数据文件")
            // In its place something that is no file: the reason is the one of now.
            try FileManager.default.createDirectory(atPath: world.path(name), withIntermediateDirectories: true)
            try world.write("", as: name + DropName.marker)
            try await world.drop.run()
            #expect(try await state(name, world).message == "不是普通文件")
            #expect(world.read(name + DropName.refusal)?.contains("不是普通文件") == true)
            try FileManager.default.removeItem(atPath: world.path(name))
            // Then the file with a wrong sum, and at last with the right one.
            try world.put(DropCity.roster, as: name, sum: String(repeating: "0", count: 64))
            try await world.drop.run()
            let wrong = try await state(name, world)
            #expect(wrong.state == .refused && wrong.message.hasPrefix("SM3 校验值"))
            try world.put(DropCity.roster, as: name)
            try await world.drop.run()
            let right = try await state(name, world)
            #expect(right.id == wrong.id && right.state == .accepted && right.message.isEmpty)
            #expect(try await world.pupils() == 2)
            #expect(try world.names().filter { $0.hasSuffix(DropName.marker) } == [])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an old content under a new name changes nothing back by itself`(on database: TestDatabase) async throws {
        try await DropCity.run(database, [("accepts_alone", "1"), ("owners", "school")]) {
            (world: DropCity) async throws in
            for (moment, text) in [("20260901083000", DropCity.roster), ("20260902083000", Self.moved)] {
                try world.put(text, as: world.name(moment))
                try await world.drop.run()
                #expect(try await state(world.name(moment), world).state == .accepted)
            }
            let again = world.name("20260903083000")
            try world.put(DropCity.roster, as: again)
            try await world.drop.run()
            let file = try await state(again, world)
            #expect(file.state == .waiting && file.outcome.changed == 2, "\(file)")
            #expect(file.message.contains(world.name("20260901083000")) && file.message.contains("可能是旧文件"))
            // And an earlier moment that comes late waits as well.
            let late = world.name("20260901120000")
            try world.put(DropCity.roster + "农小河,男,三(1)班,2017-08-12\n", as: late)
            try await world.drop.run()
            let second = try await state(late, world)
            #expect(second.state == .waiting && second.message.contains("已接受过更晚的"))
            // A person may say that it is right.
            try await world.drop.reader.decisions.accept(file.id, agreed: file.outcome.digest, by: .system)
            #expect(try await state(again, world).state == .accepted)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a file taken away before it was read leaves no rows`(on database: TestDatabase) async throws {
        try await DropCity.run(database) { (world: DropCity) async throws in
            let name = world.name()
            var step = 0, left = 0
            while left == 0, step < 20 {
                try world.put(DropCity.roster, as: name)
                let stop = Stop(at: step)
                var reader = world.drop.reader
                reader.pause = { try stop.pause() }
                do { _ = try await reader.run(world.partner) } catch is Stopped {}
                // Between the dry run and its being on record.
                if try await world.files().last?.state == .reading {
                    left = try await world.count("rosters_import_row")
                }
                step += 1
            }
            #expect(left == 2)
            for end in ["", DropName.sum, DropName.marker] {
                try? FileManager.default.removeItem(atPath: world.path(name + end))
            }
            try await world.drop.run()
            let file = try await state(name, world)
            #expect(file.state == .refused && file.message == "文件在读取前被移走")
            #expect(try await world.count("rosters_import_row") == 0)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `two servers take a file once`(on database: TestDatabase) async throws {
        try await DropCity.run(database, [("accepts_alone", "1")]) { (world: DropCity) async throws in
            for turn in 0..<3 {
                let name = world.name("2026090\(turn + 1)083000")
                try world.put("姓名,班级,出生日期\n韦小\(turn),三(1)班,2017-08-10\n", as: name)
                // Both look at once; whoever does not get the folder leaves it alone.
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<3 { group.addTask { _ = try await world.drop.run() } }
                    try await group.waitForAll()
                }
                try await world.drop.run()
                #expect(try await state(name, world).state == .accepted)
                #expect(try await world.pupils() == turn + 1)
            }
            #expect(try await world.count("exchange_run") == 3)
            #expect(try await world.count("rosters_import") == 3)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a server that was thought gone and goes on takes nothing twice`(on database: TestDatabase) async throws {
        try await DropCity.run(database, [("accepts_alone", "1")]) { (world: DropCity) async throws in
            // The other server's turn falls between any two steps of this one.
            var step = 0, isDone = false
            while !isDone {
                let name = world.name("202609010000" + String(100 + step).dropFirst())
                try world.put("姓名,班级,出生日期\n韦小\(step),三(1)班,2017-08-10\n", as: name)
                let stop = Stop(at: step)
                var slow = world.drop.reader
                slow.pause = { try stop.pause() }
                do { _ = try await slow.run(world.partner) } catch is Stopped {
                    _ = try await world.drop.reader.run(world.partner)
                }
                // It goes on with what it knew before.
                slow.pause = {}
                _ = try await slow.run(world.partner)
                #expect(try await world.pupils() == step + 1, "step \(step)")
                isDone = !stop.reached
                step += 1
            }
            #expect(try await world.count("exchange_run") == step)
        }
    }

    @Test func `what a partner calls like our own half-written files stays`() async throws {
        try await DropCity.run(.sqlite) { (world: DropCity) async throws in
            try world.write("x", as: ".tmp-upload.csv")
            try world.write("x", as: ".tmp-" + Identifiers.next())
            try await world.drop.run()
            #expect(try world.names() == [".tmp-upload.csv"])
        }
    }

    @Test func `GBK is read as it was meant, and a row without end is refused`() async throws {
        try await DropCity.run(.sqlite, [("accepts_alone", "1")]) { (world: DropCity) async throws in
            let text =
                "d0d5c3fb2cd0d4b1f02cb0e0bcb62cb3f6c9fac8d5c6da0acea4d0a1c3f72cc4d02cc8fd283129b0e02c323031372d30382d31300a"
            let bytes = try #require(Hex.decode(text)), name = world.name()
            try Data(bytes).write(to: URL(fileURLWithPath: world.path(name)))
            try world.write(Hex.encode(SM3.hash(bytes)), as: name + DropName.sum)
            try world.write("", as: name + DropName.marker)
            try await world.drop.run()
            #expect(try await state(name, world).state == .accepted)
            let known = try await world.count("directory_person WHERE name = '韦小明'")
            #expect(known == 1)
            let huge = world.name("20260902083000")
            try world.put("姓名,班级\n" + String(repeating: "甲", count: 200_000) + ",三(1)班\n", as: huge)
            try await world.drop.run()
            let file = try await state(huge, world)
            #expect(file.state == .refused && !file.message.isEmpty, "\(file)")
        }
    }

    @Test func `no cell of a file that goes out is a formula`() async throws {
        try await DropCity.run(.sqlite) { (world: DropCity) async throws in
            let school = world.school.id, partner = world.partner.id
            try await world.database.write { db in
                try db.execute("UPDATE directory_organisation SET name = '=HYPERLINK(1)' WHERE id = \(school)")
                try PartnerStore(db).order(.organisations, isFull: true, for: partner, now: .now)
            }
            try await world.drop.run()
            let name = try #require(try world.names(.outward).first { $0.hasSuffix(".csv") })
            let text = try #require(world.read(name, .outward))
            #expect(text.contains("HYPERLINK") && !text.contains(",=HYPERLINK") && !text.contains("\"=HYPERLINK"))
        }
    }
}
