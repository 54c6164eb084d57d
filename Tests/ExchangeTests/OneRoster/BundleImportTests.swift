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

    /// One line of a file; what is not told stays empty.
    private static func line(_ file: String, _ values: [String: String]) -> String {
        (BundleRules.headers(file) ?? []).map { values[$0] ?? "" }.joined(separator: ",")
    }

    private static func user(_ id: String, _ family: String, _ given: String, _ more: [String: String] = [:]) -> String
    {
        line(
            "users",
            [
                "sourcedId": id, "enabledUser": "true", "username": id, "familyName": family, "givenName": given,
                "primaryOrgSourcedId": "s1",
            ].merging(more) { $1 })
    }

    private static func role(_ user: String, _ role: String) -> String {
        line(
            "roles",
            [
                "sourcedId": "r-" + user, "userSourcedId": user, "roleType": "primary", "role": role,
                "orgSourcedId": "s1",
            ])
    }

    private static func enrollment(_ user: String) -> String {
        line(
            "enrollments",
            [
                "sourcedId": "e-" + user, "classSourcedId": "k1", "schoolSourcedId": "s1", "userSourcedId": user,
                "role": "student", "beginDate": "2026-09-01",
            ])
    }

    /// Two pupils of a class, a teacher, and a guardian.
    private static let users = [
        user("p1", "韦", "小明", ["identifier": "G450699201708100015"]), user("p2", "黄", "小红"),
        user("t1", "农", "老师", ["sms": "19900000077"]), user("g1", "韦", "家长"),
    ]
    private static let roles = [
        role("p1", "student"), role("p2", "student"), role("t1", "teacher"), role("g1", "guardian"),
    ]

    private static func files(
        users: [String] = users, roles: [String] = roles, className: String = "三年级(1)班",
        pupils: [String] = ["p1", "p2"]
    ) -> [String: String] {
        let rows: [String: [String]] = [
            "orgs": [
                line(
                    "orgs",
                    [
                        "sourcedId": "s1", "name": "实验小学", "type": "school",
                        "identifier": TestCity.experimentalSchool,
                    ])
            ],
            "academicSessions": [
                line(
                    "academicSessions",
                    [
                        "sourcedId": "a1", "title": "秋季学期", "type": "term", "startDate": "2026-09-01",
                        "endDate": "2027-02-01", "schoolYear": "2027",
                    ])
            ],
            "courses": [line("courses", ["sourcedId": "c1", "title": "三年级", "orgSourcedId": "s1"])],
            "classes": [
                line(
                    "classes",
                    [
                        "sourcedId": "k1", "title": className, "courseSourcedId": "c1", "classType": "homeroom",
                        "schoolSourcedId": "s1", "termSourcedIds": "a1",
                    ])
            ],
            "users": users, "roles": roles, "enrollments": pupils.map(enrollment),
            "demographics": pupils.map { pupil in
                line(
                    "demographics",
                    [
                        "sourcedId": pupil, "sex": pupil == "p1" ? "male" : "female",
                        "birthDate": pupil == "p1" ? "2017-08-10" : "2017-08-11",
                    ])
            },
        ]
        var files: [String: String] = [:],
            manifest = "propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.2\r\n"
        for (file, lines) in rows {
            files[file + ".csv"] =
                ([(BundleRules.headers(file) ?? []).joined(separator: ",")] + lines).joined(separator: "\r\n") + "\r\n"
            manifest += "file.\(file),bulk\r\n"
        }
        for file in BundleFile.absent { manifest += "file.\(file),absent\r\n" }
        files["manifest.csv"] = manifest
        return files
    }

    private static func archive(_ files: [String: String], in folder: String) throws -> [UInt8] {
        let path = folder + "/" + Identifiers.next() + ".zip"
        let archive = try StoredArchive(path: path)
        for (name, text) in files.sorted(by: { $0.key < $1.key }) {
            try archive.begin(name)
            try archive.add(Array(text.utf8))
        }
        try archive.finish()
        return Array(try #require(FileManager.default.contents(atPath: path)))
    }

    /// Uploads a bundle and works it off; returns its page.
    private func send(
        _ bytes: [UInt8], _ world: DropCity, _ client: TestClient
    ) async throws -> (path: String, answer: TestAnswer) {
        let sent = try await client.upload(
            Self.root, from: Self.root + "/new", field: "file", fileName: "名册包.zip", bytes,
            [("partner", world.partner.id.rawValue)])
        guard sent.status == 303 else { return ("", sent) }
        try await world.work()
        let id: String? = try await world.database.read {
            try $0.value("SELECT id FROM exchange_bundle ORDER BY id DESC LIMIT 1")
        }
        let path = Self.root + "/" + (try #require(id))
        return (path, try await client.get(path))
    }

    private func accept(_ path: String, _ page: TestAnswer, _ world: DropCity, _ client: TestClient) async throws {
        let digest = try #require(page.hidden("digest"), "\(page.text.suffix(2500))")
        let sent = try await client.post(path + "/acceptance", from: path, [("digest", digest)])
        #expect(sent.location?.hasPrefix("/jobs/") == true)
        try await world.work()
    }

    private func state(_ path: String, _ world: DropCity) async throws -> BundleImport {
        let id = BundleImportID(String(path.split(separator: "/").last ?? ""))
        return try await world.database.read { try BundleImportStore($0).find(id, within: .everything) }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a bundle is looked at, accepted as one deed, known the second time, and taken back`(
        on database: TestDatabase
    ) async throws {
        try await DropCity.run(database, [("owners", "school")]) { (world: DropCity) async throws in
            let bureau = try await world.city.client(.bureau)
            let bytes = try Self.archive(Self.files(), in: world.city.folder)
            let (path, page) = try await send(bytes, world, bureau)
            let first = try await state(path, world)
            #expect(first.state == .compared && first.outcome.new == 3, "\(first)")
            #expect((first.pupils, first.staff, first.skipped) == (2, 1, 1))
            #expect(page.text.contains("users.csv") && page.text.contains("还没有写入名册"))
            #expect(try await world.pupils() == 0)
            let again = try await bureau.upload(
                Self.root, from: Self.root + "/new", field: "file", fileName: "名册包.zip", bytes,
                [("partner", world.partner.id.rawValue)])
            #expect(again.location == path)

            try await accept(path, page, world, bureau)
            #expect(try await state(path, world).state == .accepted)
            #expect(try await world.pupils() == 2)
            #expect(try await world.count("exchange_bundle_key") == 3)
            let number = try PersonIdentifier(.studentNumber, "G450699201708100015")
            let crypto = world.city.platform.crypto
            let holder = try await world.database.read { try PersonIdentifierStore($0, crypto).holder(of: number) }
            #expect(holder != nil)

            // The same bundle again, and one that calls a pupil by another birth date: by her key she is the same.
            let (same, _) = try await send(bytes, world, bureau)
            let second = try await state(same, world)
            #expect(second.state == .unchanged && second.outcome.unchanged == 3, "\(second)")
            let moved = try Self.archive(Self.files(className: "三年级(2)班"), in: world.city.folder)
            let (change, changed) = try await send(moved, world, bureau)
            #expect(try await state(change, world).outcome.changed == 2)
            #expect(changed.hidden("digest") != nil)
            #expect(try await bureau.post(change + "/discard", from: change).location == change)

            #expect(try await bureau.post(path + "/undo", from: path).location == path)
            #expect(try await state(path, world).state == .undone)
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
            let (own, page) = try await send(bytes, world, bureau)
            let bundle = try await state(own, world)
            #expect(bundle.state == .unchanged && bundle.outcome.unchanged == 3, "\(bundle) \(page.text.suffix(3000))")
            // 电子信箱 is the person's own: this partner does not answer for it.
            let known: String? = try await world.database.read {
                try $0.value("SELECT id FROM directory_person WHERE name = '韦小明'")
            }
            let pupil = try #require(known)
            let files = Self.files(
                users: [Self.user(pupil, "韦", "小明", ["email": "a@b.example"])], roles: [Self.role(pupil, "student")],
                pupils: [])
            let (foreign, _) = try await send(try Self.archive(files, in: world.city.folder), world, bureau)
            #expect(try await state(foreign, world).state == .unchanged)
        }
    }

    @Test func `only what holds today counts, the primary enrolment first`() throws {
        let text = """
            sourcedId,primary,beginDate,endDate
            a,true,2025-09-01,2026-09-01
            b,true,2026-09-01,
            c,false,2026-10-01,2027-09-01
            d,,2027-02-01,
            """
        let records = BundleRecords(try #require(BundleTable(Array(text.utf8)))).records
        let day = try #require(LocalDate(iso: "2026-11-30"))
        #expect(records.map { $0.holds(on: day) } == [false, true, true, false])
        #expect(records[1].goes(before: records[2]) && !records[2].goes(before: records[1]))
        #expect(!records[2].goes(before: records[3]))
    }

    @Test func `fields without end are not kept`() {
        #expect(BundleTable(Array("a,b\n1,2\n".utf8))?.rows == [["1", "2"]])
        #expect(BundleTable(Array("a,b\n1,2,3,4,5\n".utf8))?.rows == [["1", "2", "3"]])
        #expect(BundleTable([UInt8](repeating: 0x2C, count: 100_000) + [0x0A]) == nil)
    }

    @Test func `archives with tricks are refused`() async throws {
        try await DropCity.run(.sqlite) { (world: DropCity) async throws in
            let bureau = try await world.city.client(.bureau), folder = world.city.folder
            let good = Self.files()
            let cases: [(bytes: [UInt8], reason: String)] = [
                (Array("no archive".utf8), "不是 ZIP 压缩包"),
                (try Self.archive(["../users.csv": "x"], in: folder), "不能接收"),
                (try Self.archive(["a/users.csv": "x"], in: folder), "不能接收"),
                (try Self.archive(good.merging(["USERS.csv": "x"]) { $1 }, in: folder), "不能接收"),
                (Array(try Self.archive(good, in: folder).dropLast(40)), "不是 ZIP 压缩包"),
            ]
            for (bytes, reason) in cases {
                let answer = try await send(bytes, world, bureau).answer
                #expect(answer.status == 422 && answer.text.contains(reason), "\(reason): \(answer.status)")
            }
            let none = try await bureau.upload(
                Self.root, from: Self.root + "/new", field: "file", fileName: "x.zip", [], [("partner", "")])
            #expect(none.status == 422 && none.text.contains("选择交换伙伴"))
            var broken = good
            broken["users.csv"] = good["users.csv"]?.replacing("p2,,,true", with: "p2,,,yes")
            let (path, page) = try await send(try Self.archive(broken, in: folder), world, bureau)
            #expect(try await state(path, world).state == .refused)
            #expect(page.text.contains("users.csv 第 3 行 enabledUser：应为 true 或 false"))
            #expect(try await world.count("rosters_import") == 0)
        }
    }

    @Test func `a small archive that unpacks without end is not unpacked`() throws {
        let folder = NSTemporaryDirectory() + "santong-test-" + Identifiers.next()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/bomb.zip"
        let archive = try StoredArchive(path: path)
        try archive.begin("users.csv")
        for _ in 0..<3 { try archive.add([UInt8](repeating: 0x41, count: 1 << 20)) }
        try archive.finish()
        var limits = ArchiveLimits()
        limits.inflatedBytes = 2 << 20
        #expect(throws: PackedFiles.Failure.tooLarge) { try PackedFiles.read(path: path, limits: limits) }
        limits.inflatedBytes = 8 << 20
        #expect(try PackedFiles.read(path: path, limits: limits)["users.csv"]?.count == 3 << 20)
    }
}
