import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Rosters

@Suite("Guardians of rosters") struct GuardianImportTests {
    private static let boy = RosterSite.number("20170810", 1)
    private static let header = "学籍号,姓名,性别,出生日期,年级,班级,监护人1姓名,监护人1关系,监护人1联系电话,监护人2姓名,监护人2关系,监护人2联系电话"

    private static func roster(
        _ first: String = "韦大力,父亲,19900000001", _ second: String = "李梅,2-母亲,19900000002"
    ) -> String {
        "\(header)\nG\(boy),韦小明,男,20170810,三年级,3班,\(first),\(second)\n"
    }

    private func guardians(_ site: RosterSite) async throws -> [String] {
        let child = try #require(try await site.person("韦小明"))
        let found = try await site.database.read {
            try GuardianshipStore($0).guardians(of: [child], on: Timestamp.now.day)[child] ?? []
        }
        return found.map { "\($0.guardianName) \($0.relationTitle) \($0.order ?? 0) \($0.state) \($0.origin)" }
    }

    private static let both = ["韦大力 父亲 1 confirmed roster", "李梅 母亲 2 confirmed roster"]

    @Test(arguments: TestDatabase.allCases)
    func `relation and order are kept; the same file again changes nothing`(on database: TestDatabase) async throws {
        try await withRosterSite(database) { site in
            try await site.csv(Self.roster())
            #expect(try await guardians(site) == Self.both)
            let again = try await site.csv(Self.roster(), accept: false)
            #expect(again.unchanged == 1 && again.new + again.changed + again.refused + again.doubtful == 0)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a file that tells otherwise changes what they are, and is taken back whole`(
        on database: TestDatabase
    ) async throws {
        try await withRosterSite(database) { site in
            try await site.csv(Self.roster())
            let text = Self.roster("李梅,其他监护人,19900000002", "韦大力,父亲,19900000001")
            let other = try await site.csv(text)
            #expect(other.changed == 1)
            let line = try #require(try await site.lines(other, .changed).first)
            #expect(line.content.changes.map(\.label) == ["家长李梅", "家长韦大力"])
            #expect(line.content.changes.map(\.old) == ["母亲，第2监护人", "父亲，第1监护人"])
            #expect(
                try await guardians(site) == [
                    "李梅 其他监护人 1 confirmed roster", "韦大力 父亲 2 confirmed roster",
                ])
            #expect(try await site.csv(text, accept: false).unchanged == 1)
            try await site.imports.undo(batch: other.batch, by: RosterSite.clerk)
            #expect(try await guardians(site) == Self.both)
            #expect(try await site.csv(Self.roster(), accept: false).unchanged == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `who waits for the school's word, or has had it against her, is left to the school`(
        on database: TestDatabase
    ) async throws {
        try await withRosterSite(database) { site in
            try await site.csv(Self.roster(",,", ",,"))
            let child = try #require(try await site.person("韦小明")), crypto = site.crypto, place = site.primary.path
            try await site.database.write { db in
                let parent = try PersonStore(db).insert(name: "李梅", at: .now)
                let number = try PersonIdentifier(.phone, "19900000002")
                try PersonIdentifierStore(db, crypto).set(number, of: parent, by: "李梅", at: .now)
                try GuardianshipStore(db).insert(
                    [NewGuardianship(guardian: parent, child: child)], .pending, .declared,
                    from: Timestamp.now.day, by: "李梅", at: .now)
            }
            let roster = Self.roster(",,", "李梅,母亲,19900000002")
            let told = try await site.csv(roster)
            #expect(told.unchanged == 1)
            #expect(try await guardians(site) == ["李梅 家长 0 pending declared"])
            // Somebody else of the name is not taken for her.
            #expect(try await site.csv(Self.roster(",,", "李梅,母亲,19900000009"), accept: false).changed == 1)
            try await site.database.write { db in
                let pending = try #require(
                    try GuardianshipStore(db).guardians(of: [child], on: Timestamp.now.day)[child])
                try GuardianshipService(db, crypto, by: RosterSite.clerk).refuse(
                    pending[0].id, "户口簿上没有", of: .init(id: child, name: "韦小明", place: place))
            }
            let refused = try await site.csv(roster)
            #expect(refused.unchanged == 1)
            #expect(try await guardians(site).isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what a school has ended does not come back with a file`(on database: TestDatabase) async throws {
        try await withRosterSite(database) { site in
            try await site.csv(Self.roster())
            let child = try #require(try await site.person("韦小明")), crypto = site.crypto, place = site.primary.path
            try await site.database.write { db in
                let both = try GuardianshipStore(db).guardians(of: [child], on: Timestamp.now.day)[child] ?? []
                let first = try #require(both.first)
                try GuardianshipService(db, crypto, by: RosterSite.clerk).end(
                    first.id, of: .init(id: child, name: "韦小明", place: place))
            }
            let again = try await site.csv(Self.roster())
            #expect(again.unchanged == 1)
            let note = try await site.lines(again, .unchanged).first?.content.notes.map(\.message)
            #expect(note == ["学校已结束家长韦大力的登记，没有恢复"])
            #expect(try await guardians(site) == [Self.both[1]])
        }
    }

    @Test func `two rows of one person and a place that somebody has do not come back as changes`() async throws {
        try await withRosterSite { site in
            let twice = Self.roster("李梅,母亲,19900000002", "李梅,其他亲属,")
            try await site.csv(twice)
            #expect(try await guardians(site).first == "李梅 母亲 1 confirmed roster")
            #expect(try await site.csv(twice, accept: false).unchanged == 1)
            let taken = Self.roster("韦大力,父亲,19900000001", ",,")
            try await site.csv(taken)
            #expect(try await guardians(site).contains("韦大力 父亲 0 confirmed roster"))
            #expect(try await site.csv(taken, accept: false).unchanged == 1)
        }
    }

    @Test func `rows kept before parents had an order are read as they were`() throws {
        var content = RosterContent()
        let number = try RosterNumber(.phone, "19900000001")
        content.guardians = [RosterGuardian(name: "李梅", relation: "2", order: 1, numbers: [number, number])]
        let change = RosterGuardianChange(
            guardianship: .new(), old: .init(relation: nil, order: 2),
            new: .init(relation: "1", order: nil))
        content.guardianChanges = [change]
        let text = RosterContentText.encode(content)
        #expect(RosterContentText.decode(text) == content)
        // Without the unit of the order, and without the part of changes.
        let parts = text.split(separator: "\u{1D}", omittingEmptySubsequences: false).dropLast()
        let old = parts.joined(separator: "\u{1D}").replacing("李梅\u{1F}2\u{1F}1\u{1F}", with: "李梅\u{1F}2\u{1F}")
        let read = RosterContentText.decode(old)
        #expect(read.guardians == [RosterGuardian(name: "李梅", relation: "2", numbers: [number, number])])
        #expect(read.guardianChanges.isEmpty)
    }

    @Test func `in an export everybody stands at her own place`() {
        func guardian(_ name: String, _ order: Int?) -> ExportRow.Guardian {
            ExportRow.Guardian(name: name, relation: "", order: order, phone: "")
        }
        func placed(_ all: ExportRow.Guardian...) -> [String?] { ExportRow.Guardian.placed(all).map { $0?.name } }
        #expect(placed(guardian("李梅", 2)) == [nil, "李梅"])
        #expect(placed(guardian("韦大力", nil), guardian("李梅", nil)) == ["韦大力", "李梅"])
        #expect(placed(guardian("韦大力", 1), guardian("李梅", 1), guardian("黄河", nil)) == ["韦大力", "李梅"])
        #expect(placed() == [nil, nil])
    }
}
