import Database
import Directory
import Foundation
import Kernel
import Platform
import Synchronization
import TestKit
import Testing

@testable import Exchange

/// What a partner's file may do, and what becomes of files that are odd.
@Suite("文件接收的规则") struct DropRulesTests {
    private static let one = "姓名,性别,班级,出生日期\n韦小明,男,三(1)班,2017-08-10\n"

    @Test(arguments: TestDatabase.allCases)
    func `nothing is written but what was agreed to`(on database: TestDatabase) async throws {
        try await DropCity.run(database) { (world: DropCity) async throws in
            try world.put(DropCity.roster, as: world.name())
            try world.put(Self.one, as: world.name("20260902083000"))
            try await world.drop.run()
            let files = try await world.files(), decisions = world.drop.reader.decisions
            let agreed = files[0].outcome.digest
            await #expect(throws: DomainError.self) {
                try await decisions.accept(files[0].id, agreed: "x", by: .system)
            }
            #expect(try await world.pupils() == 0)
            try await decisions.accept(files[1].id, agreed: files[1].outcome.digest, by: .system)
            // As after a stop between the comparing anew and what follows from it.
            _ = try await world.drop.reader.intake.compareAgain(files[0].batch)
            for _ in 0..<2 {
                await #expect(throws: DomainError.self) {
                    try await decisions.accept(files[0].id, agreed: agreed, by: .system)
                }
            }
            #expect(try await world.pupils() == 1)
            let file = try #require(try await world.files().first)
            #expect(file.state == .waiting && file.outcome.digest != agreed && file.outcome.new == 1)
            try await decisions.accept(file.id, agreed: file.outcome.digest, by: .system)
            #expect(try await world.pupils() == 2)
        }
    }

    @Test func `who does not answer for the roll enters nobody`() async throws {
        try await DropCity.run(.sqlite, [("accepts_alone", "1")]) { (world: DropCity) async throws in
            try await world.database.write { try $0.execute("UPDATE exchange_partner SET owners = 'self school'") }
            try world.put(DropCity.roster, as: world.name())
            try await world.drop.run()
            let files = try await world.files()
            #expect(files.allSatisfy { $0.state == .unchanged && $0.outcome.new == 0 && $0.outcome.refused > 0 })
            #expect(files.allSatisfy { $0.message == "没有可接收的内容" })
            #expect(try await world.pupils() == 0)
            let receipt = world.read(world.name() + DropName.receipt) ?? ""
            #expect(receipt.contains("由全国学籍系统负责"), "\(receipt)")
            // A class of somebody who is known stays hers.
            try await world.database.write { try $0.execute("UPDATE exchange_partner SET owners = 'roll'") }
            try world.put(Self.one, as: world.name("20260902083000"))
            try await world.drop.run()
            try await world.database.write { try $0.execute("UPDATE exchange_partner SET owners = 'school'") }
            let classes = try await world.count("directory_class_group")
            try world.put(
                Self.one.replacingOccurrences(of: "三(1)班", with: "三(2)班"), as: world.name("20260903083000"))
            try await world.drop.run()
            let state = try await world.files().last?.state
            #expect(state == .unchanged)
            #expect(try await world.count("directory_class_group") == classes)
        }
    }

    @Test func `parents whom a partner tells of wait for the school`() async throws {
        try await DropCity.run(.sqlite, [("accepts_alone", "1")]) { (world: DropCity) async throws in
            let text = "姓名,班级,出生日期,监护人1姓名,监护人1联系电话\n韦小明,三(1)班,2017-08-10,韦家长,19900000088\n"
            try world.put(text, as: world.name())
            try await world.drop.run()
            let file = try #require(try await world.files().first)
            #expect(file.state == .waiting && file.outcome.new == 1)
            try await world.drop.reader.decisions.accept(file.id, agreed: file.outcome.digest, by: .system)
            let states = try await world.database.read {
                try $0.column(
                    """
                    SELECT g.state FROM directory_guardianship g JOIN directory_person p ON p.id = g.child_id
                    WHERE p.name = '韦小明'
                    """, as: String.self)
            }
            #expect(states == ["pending"])
        }
    }

    @Test func `what was told before waits for a person after something else was told`() async throws {
        try await DropCity.run(.sqlite, [("accepts_alone", "1")]) { (world: DropCity) async throws in
            let other = Self.one.replacingOccurrences(of: "三(1)班", with: "三(2)班")
            for (index, text) in [Self.one, other, Self.one].enumerated() {
                try world.put(text, as: world.name("2026090\(index + 1)083000"))
                try await world.drop.run()
            }
            // Old contents under a new name may be a file sent again by mistake: somebody looks.
            #expect(try await world.files().map(\.state) == [.accepted, .accepted, .waiting])
            let again = try #require(try await world.files().last)
            try await world.drop.reader.decisions.accept(again.id, agreed: again.outcome.digest, by: .system)
            let (number, from) = try await world.database.read { db in
                try db.first(
                    """
                    SELECT c.number, e.valid_from FROM directory_enrolment e
                    JOIN directory_class_group c ON c.id = e.class_id WHERE e.valid_to IS NULL
                    """
                ) { (try $0.get(0, as: Int.self), try $0.text(1)) } ?? (0, "")
            }
            // From the moment of the file, not from the first day of the school year.
            #expect(number == 1 && from == "2026-09-03")
            // A file that comes late waits for a person.
            try world.put(other + "\n", as: world.name("20260902093000"))
            try await world.drop.run()
            let late = try #require(try await world.files().last)
            #expect(late.state == .waiting && late.message.contains("更晚"))
        }
    }

    @Test func `odd names keep no other file from its turn`() async throws {
        try await DropCity.run(.sqlite, [("accepts_alone", "1")]) { (world: DropCity) async throws in
            let long = String(repeating: "a", count: 250)
            try world.write("x", as: long)
            try world.write("", as: long + DropName.marker)
            try FileManager.default.createDirectory(
                atPath: world.path("folder" + DropName.marker), withIntermediateDirectories: false)
            let name = world.name()
            try FileManager.default.createDirectory(
                atPath: world.path(name + DropName.receipt), withIntermediateDirectories: false)
            try world.put(Self.one, as: name)
            try world.put(DropCity.roster, as: world.name("20260902083000"))
            try await world.drop.run()
            #expect(try await world.pupils() == 2)
            let left = try world.names()
            #expect(!left.contains(long + DropName.marker) && !left.contains(name), "\(left)")
        }
    }

    @Test func `a file that is replaced while it is read is read again`() async throws {
        try await DropCity.run(.sqlite, [("accepts_alone", "1")]) { (world: DropCity) async throws in
            let name = world.name(), isReplaced = Mutex(false)
            try world.put(Self.one, as: name)
            var reader = world.drop.reader
            reader.pause = {
                let isFirst = isReplaced.withLock { done in
                    defer { done = true }
                    return !done
                }
                if isFirst { try world.put(DropCity.roster, as: name) }
            }
            _ = try await reader.run(world.partner)
            #expect(try await world.pupils() == 1)
            #expect(world.read(name) == DropCity.roster)
            try await world.drop.run()
            #expect(try await world.pupils() == 2)
            #expect(try world.names() == [name + DropName.receipt])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what is over leaves no rows, and ends with its ledger`(on database: TestDatabase) async throws {
        try await DropCity.run(database, [("accepts_alone", "1")]) { (world: DropCity) async throws in
            try world.put(Self.one, as: world.name())
            try await world.drop.run()
            try world.put(Self.one, as: world.name("20260902083000"))
            try await world.drop.run()
            // Of the second, which brought nothing, no row is kept.
            #expect(try await world.count("rosters_import_row") == 1)
            let source = ExchangeFileRetention(database: world.database, intake: world.drop.reader.intake)
            let end = Timestamp.now.adding(days: 1), kind = "exchange_files"
            #expect(try await source.overdue(kind, before: Timestamp.now.adding(days: -1), sparing: []) == 0)
            let people: [ID<Person>] = try await world.database.read {
                try $0.column("SELECT person_id FROM rosters_import_row WHERE person_id IS NOT NULL")
            }
            #expect(try await source.overdue(kind, before: end, sparing: Set(people)) == 1)
            #expect(try await source.delete(kind, before: end, sparing: [], atMost: 10) == 2)
            let (files, batches) = (
                try await world.count("exchange_drop_file"), try await world.count("rosters_import")
            )
            #expect(files == 0 && batches == 0)
            #expect(try await world.pupils() == 1)
        }
    }
}
