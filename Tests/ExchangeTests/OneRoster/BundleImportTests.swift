import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Exchange

@Suite("OneRoster 名册包接收") struct BundleImportTests {
    private static let root = BundleImportPages.root

    @Test(arguments: TestDatabase.allCases)
    func `a bundle is looked at, accepted as one deed, known the second time, and taken back`(
        on database: TestDatabase
    ) async throws {
        try await DropCity.run(database, [("owners", "school")]) { (world: DropCity) async throws in
            let bureau = try await world.city.client(.bureau)
            let bytes = try BundleFixture.archive(BundleFixture.files(), in: world.city.folder)
            let (path, page) = try await world.send(bytes, bureau)
            let first = try await world.bundle(path)
            #expect(first.state == .compared && first.outcome.new == 3, "\(first)")
            #expect((first.pupils, first.staff, first.skipped) == (2, 1, 1))
            #expect(page.text.contains("users.csv") && page.text.contains("还没有写入名册"))
            #expect(try await world.pupils() == 0)
            let again = try await bureau.upload(
                Self.root, from: Self.root + "/new", field: "file", fileName: "名册包.zip", bytes,
                [("partner", world.partner.id.rawValue)])
            #expect(again.location == path)

            try await world.accept(path, page, bureau)
            #expect(try await world.bundle(path).state == .accepted)
            #expect(try await world.pupils() == 2)
            #expect(try await world.count("exchange_bundle_key") == 3)
            let number = try PersonIdentifier(.studentNumber, "G450699201708100015")
            let crypto = world.city.platform.crypto
            let holder = try await world.database.read { try PersonIdentifierStore($0, crypto).holder(of: number) }
            #expect(holder != nil)

            // The same bundle again, and one that calls a pupil by another birth date: by her key she is the same.
            let (same, _) = try await world.send(bytes, bureau)
            let second = try await world.bundle(same)
            #expect(second.state == .unchanged && second.outcome.unchanged == 3, "\(second)")
            let moved = try BundleFixture.archive(BundleFixture.files(className: "三年级(2)班"), in: world.city.folder)
            let (change, changed) = try await world.send(moved, bureau)
            #expect(try await world.bundle(change).outcome.changed == 2)
            #expect(changed.hidden("digest") != nil)
            #expect(try await bureau.post(change + "/discard", from: change).location == change)

            #expect(try await bureau.post(path + "/undo", from: path).location == path)
            #expect(try await world.bundle(path).state == .undone)
            #expect(try await world.pupils() == 0)
            #expect(try await world.count("exchange_bundle_key") == 0)
            for member in [TestCity.Member.chen, .li, .wang] {
                #expect(try await world.city.client(member).get(path).status == 404, "\(member)")
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `our own bundle brings nothing back, and only what a partner answers for changes`(
        on database: TestDatabase
    ) async throws {
        try await DropCity.run(database, [("accepts_alone", "1")]) { (world: DropCity) async throws in
            try world.put(DropCity.roster + "买买提·艾力,男,三(1)班,2017-08-12\n", as: world.name())
            try await world.drop.run()
            let bureau = try await world.city.client(.bureau), path = world.city.folder + "/own.zip"
            try await world.city.platform.exchange.bundles.write(
                BundleExport.Order(scope: DataScope([world.school.path]), hasDemographics: true), to: path, at: .now,
                by: .system)
            let bytes = Array(try #require(FileManager.default.contents(atPath: path)))
            let (own, page) = try await world.send(bytes, bureau)
            let bundle = try await world.bundle(own)
            #expect(bundle.state == .unchanged && bundle.outcome.unchanged == 3, "\(bundle) \(page.text.suffix(3000))")
            // 电子信箱 is the person's own: this partner does not answer for it.
            let known: String? = try await world.database.read {
                try $0.value("SELECT id FROM directory_person WHERE name = '韦小明'")
            }
            let pupil = try #require(known)
            let files = BundleFixture.files(
                users: [BundleFixture.user(pupil, "韦", "小明", ["email": "a@b.example"])],
                roles: [BundleFixture.role(pupil, "student")],
                pupils: [])
            let (foreign, _) = try await world.send(try BundleFixture.archive(files, in: world.city.folder), bureau)
            #expect(try await world.bundle(foreign).state == .unchanged)
        }
    }

    @Test func `only what holds today counts, the primary enrolment first`() throws {
        let text = """
            sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
            a,,,k1,s1,u,student,true,2025-09-01,2026-09-01
            b,,,k2,s1,u,student,true,2026-09-01,
            c,,,k3,s1,u,student,false,2026-10-01,2027-09-01
            d,,,k4,s1,u,student,,2027-02-01,
            """
        let day = try #require(LocalDate(iso: "2026-11-30")), headers = try #require(BundleRules.headers("enrollments"))
        let columns = Dictionary(uniqueKeysWithValues: headers.enumerated().map { ($1, $0) })
        var join = BundleJoin(on: day), records: [BundleRecord] = []
        try BundleLinesTests.lines(text).dropFirst().enumerated().forEach { index, cells in
            records.append(BundleRecord(line: index + 2, columns: columns, cells: cells))
        }
        #expect(records.map { $0.holds(on: day) } == [false, true, true, false])
        for record in records.reversed() { join.takeEnrolment(record) }
        #expect(join.enrolment(of: BundleKey("u")) == .init(classGroup: "k2", school: "s1", line: 3))
        #expect(join.enrolment(of: BundleKey("v")) == nil)
    }

    @Test func `archives with tricks are refused`() async throws {
        try await DropCity.run(.sqlite) { (world: DropCity) async throws in
            let bureau = try await world.city.client(.bureau), folder = world.city.folder
            let good = BundleFixture.files()
            let cases: [(bytes: [UInt8], reason: String)] = [
                (Array("no archive".utf8), "不是 ZIP 压缩包"),
                (try BundleFixture.archive(["../users.csv": "x"], in: folder), "不能接收"),
                (try BundleFixture.archive(["a/users.csv": "x"], in: folder), "不能接收"),
                (try BundleFixture.archive(good.merging(["USERS.csv": "x"]) { $1 }, in: folder), "不能接收"),
                (Array(try BundleFixture.archive(good, in: folder).dropLast(40)), "不是 ZIP 压缩包"),
            ]
            for (bytes, reason) in cases {
                let answer = try await world.send(bytes, bureau).answer
                #expect(answer.status == 422 && answer.text.contains(reason), "\(reason): \(answer.status)")
            }
            let none = try await bureau.upload(
                Self.root, from: Self.root + "/new", field: "file", fileName: "x.zip", [], [("partner", "")])
            #expect(none.status == 422 && none.text.contains("选择交换伙伴"))
            var broken = good
            broken["users.csv"] = good["users.csv"]?.replacing("p2,,,true", with: "p2,,,yes")
            let (path, page) = try await world.send(try BundleFixture.archive(broken, in: folder), bureau)
            #expect(try await world.bundle(path).state == .refused)
            #expect(page.text.contains("users.csv 第 3 行 enabledUser：应为 true 或 false"))
            #expect(try await world.count("rosters_import") == 0)
        }
    }
}
