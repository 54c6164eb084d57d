import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Exchange

@Suite("增量名册包") struct BundleDeltaTests {
    private func send(
        _ files: [String: String], _ world: DropCity, _ client: TestClient
    ) async throws -> (path: String, page: TestAnswer) {
        let (path, page) = try await world.send(try BundleFixture.archive(files, in: world.city.folder), client)
        return (path, page)
    }

    /// The classes of the school's pupils, by name.
    private func classes(_ world: DropCity) async throws -> [String: Int] {
        let school = world.school.id
        let rows = try await world.database.read { db in
            try db.rows(
                """
                SELECT p.name, c.number FROM directory_enrolment e JOIN directory_person p ON p.id = e.person_id
                JOIN directory_class_group c ON c.id = e.class_id WHERE e.school_id = \(school) AND e.valid_to IS NULL
                """
            ) { (name: try $0.text(0), number: try $0.get(1, as: Int.self)) }
        }
        return Dictionary(rows.map { ($0.name, $0.number) }, uniquingKeysWith: { first, _ in first })
    }

    @Test(arguments: TestDatabase.allCases)
    func `what was told before need not be told again`(on database: TestDatabase) async throws {
        try await DropCity.run(database, [("owners", "school")]) { (world: DropCity) async throws in
            let bureau = try await world.city.client(.bureau)
            let (first, all) = try await send(BundleFixture.files(), world, bureau)
            try await world.accept(first, all, bureau)
            #expect(try await classes(world) == ["韦小明": 1, "黄小红": 1])

            let changed = BundleFixture.changed()
            let delta = BundleFixture.delta([
                // A new class, of the school told before.
                "classes": [
                    BundleFixture.line(
                        "classes",
                        [
                            "sourcedId": "k2", "title": "三年级(2)班", "courseSourcedId": "c1", "classType": "homeroom",
                            "schoolSourcedId": "s1", "termSourcedIds": "a1",
                        ].merging(changed) { $1 })
                ],
                "users": [
                    // A number more, and nothing else of her.
                    BundleFixture.user("p2", "黄", "小红", changed.merging(["identifier": "G450699201708110029"]) { $1 }),
                    // Somebody new in the class told before.
                    BundleFixture.user("p3", "农", "小河", changed),
                    BundleFixture.user("t1", "农", "老师", BundleFixture.changed("tobedeleted")),
                ],
                "roles": [BundleFixture.role("p3", "student", changed)],
                "enrollments": [
                    // To the new class, without herself.
                    BundleFixture.enrollment(
                        "p1", changed.merging(["sourcedId": "e9", "classSourcedId": "k2"]) { $1 }),
                    BundleFixture.enrollment("p3", changed),
                    BundleFixture.enrollment("p2", BundleFixture.changed("tobedeleted")),
                ],
            ])
            let (path, page) = try await send(delta, world, bureau)
            let bundle = try await world.bundle(path)
            #expect(bundle.state == .compared && bundle.outcome.new == 1 && bundle.outcome.changed == 2, "\(bundle)")
            #expect((bundle.pupils, bundle.staff, bundle.ended, bundle.skipped) == (3, 0, 1, 0))
            #expect(page.text.contains("增量") && bundle.outcome.refused == 0 && bundle.outcome.doubtful == 0)
            try await world.accept(path, page, bureau)
            #expect(try await world.bundle(path).state == .accepted)
            // Leaving is a deed of the school: who is told as gone stays.
            #expect(try await classes(world) == ["韦小明": 2, "黄小红": 1, "农小河": 1])
            let teachers = try await world.count(
                "directory_appointment a JOIN exchange_bundle_key k ON k.person_id = a.person_id WHERE a.valid_to IS NULL"
            )
            #expect(teachers == 1)
            let number = try PersonIdentifier(.studentNumber, "G450699201708110029")
            let crypto = world.city.platform.crypto
            #expect(try await world.database.read { try PersonIdentifierStore($0, crypto).holder(of: number) } != nil)

            #expect(try await bureau.post(path + "/undo", from: path).location == path)
            #expect(try await classes(world) == ["韦小明": 1, "黄小红": 1])
            // The class k2 was told by what was taken back.
            let moved = BundleFixture.delta([
                "enrollments": [
                    BundleFixture.enrollment("p1", changed.merging(["sourcedId": "e9", "classSourcedId": "k2"]) { $1 })
                ]
            ])
            #expect(try await world.bundle(try await send(moved, world, bureau).path).pupils == 0)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `who is in a class of which nothing is known is refused with the reason`(on database: TestDatabase)
        async throws
    {
        try await DropCity.run(database, [("owners", "school")]) { (world: DropCity) async throws in
            let bureau = try await world.city.client(.bureau), changed = BundleFixture.changed()
            let school = BundleFixture.line(
                "orgs",
                [
                    "sourcedId": "s1", "name": "实验小学", "type": "school", "identifier": TestCity.experimentalSchool,
                ].merging(changed) { $1 })
            let delta = BundleFixture.delta([
                "orgs": [school], "users": [BundleFixture.user("p9", "农", "小河", changed)],
                "roles": [BundleFixture.role("p9", "student", changed)],
                "enrollments": [BundleFixture.enrollment("p9", changed.merging(["classSourcedId": "k9"]) { $1 })],
            ])
            let (path, page) = try await send(delta, world, bureau)
            let bundle = try await world.bundle(path)
            #expect(bundle.outcome.refused == 1 && bundle.outcome.written == 0, "\(bundle)")
            #expect(page.text.contains("缺少班级"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a key of ours means whom it means, whatever the sender calls her`(on database: TestDatabase) async throws {
        try await DropCity.run(database, [("owners", "school")]) { (world: DropCity) async throws in
            let bureau = try await world.city.client(.bureau)
            // A teacher of the school, and one of another school, of whom this sender may not tell.
            for member in [TestCity.Member.wang, .zhao] {
                let id = try await world.city.user(member).person
                let name: String? = try await world.database.read {
                    try $0.value("SELECT name FROM directory_person WHERE id = \(id)")
                }
                let told = try #require(name), key = id.rawValue
                let files = BundleFixture.files(
                    users: [BundleFixture.user(key, String(told.prefix(1)), String(told.dropFirst()))],
                    roles: [BundleFixture.role(key, "student")], pupils: [key])
                let bundle = try await world.bundle(try await send(files, world, bureau).path)
                #expect(bundle.outcome.doubtful == 1 && bundle.outcome.written == 0, "\(member): \(bundle)")
                // A class alone tells nothing of her either.
                let moved = BundleFixture.delta([
                    "enrollments": [BundleFixture.enrollment(key, BundleFixture.changed())]
                ])
                let (path, page) = try await send(moved, world, bureau)
                #expect(try await world.bundle(path).outcome.written == 0)
                #expect(!page.text.contains(told) || member == .wang)
            }
            #expect(try await world.pupils() == 0)
        }
    }
}
