import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Identity

@Suite("家长账号") struct GuardianAccountTests {
    private static let password = "Tuo7luo!Boat", phones = ["19900000001", "19900000002"]

    /// 一年级(1)班 of 实验小学 led by 王老师, with two children of one mother and one of another; and a class of
    /// 江平镇第一小学.
    private struct Scene: Sendable {
        let city: TestCity
        let classGroup: ClassGroup
        let other: ClassGroup
        let children: [ID<Person>]
        let guardians: [ID<Person>]
        var path: String { GuardianAccountRoutes.path(classGroup.id) }

        func states() async throws -> [ID<Person>: OnboardingState] {
            let guardians = guardians
            return try await city.database.read { try OnboardingStore($0).accounts(of: guardians, at: .now) }
        }

        /// The schools at which the person is a guardian today.
        func schools(_ person: ID<Person>) async throws -> [OrganisationID] {
            try await city.database.read { db in
                let store = AccountStore(db)
                guard let account = try store.account(of: person) else { return [] }
                return (try store.grants(of: [account])[account] ?? []).filter {
                    $0.role == .guardian && $0.holds(on: Timestamp.now.day)
                }.map(\.organisation)
            }
        }

        func pupils<T: Sendable>(_ body: @escaping @Sendable (EnrolmentService) throws -> T) async throws -> T {
            let crypto = city.platform.crypto, listeners = city.platform.staffListeners.leaving
            return try await city.database.write {
                try body(EnrolmentService($0, crypto, by: .system, telling: listeners))
            }
        }
    }

    private func withClass(
        _ database: TestDatabase, _ body: @escaping (Scene) async throws -> Void
    ) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let school = try await city.organisation(TestCity.experimentalSchool)
            let border = try await city.organisation(TestCity.borderSchool)
            let wang = try await city.user(.wang).person
            let crypto = city.platform.crypto, year = SchoolYear(containing: Timestamp.now.day)
            let scene = try await city.database.write { db in
                let classes = ClassGroupService(db, by: .system)
                let draft = ClassDraft(stage: .primary, entryYear: year.start, number: 1, openedOn: year.firstDay)
                let one = try classes.open(draft, at: school), other = try classes.open(draft, at: border)
                try PersonStore(db).appoint(wang, at: school.id, post: "10", from: year.firstDay)
                try classes.nameHomeroomTeacher(wang, of: one, from: year.firstDay)
                let enrolments = EnrolmentService(db, crypto, by: .system)
                let children = try [("韦一", 0), ("韦二", 0), ("黄三", 1)].map { name, phone in
                    try enrolments.add(
                        NewPupil(name: name, guardianPhone: try PersonIdentifier(.phone, Self.phones[phone])), to: one,
                        from: year.firstDay)
                }
                let guardians = try [children[0], children[2]].compactMap { child in
                    try GuardianshipStore(db).guardians(of: [child], on: Timestamp.now.day)[child]?.first?.guardian
                }
                return Scene(city: city, classGroup: one, other: other, children: children, guardians: guardians)
            }
            try await body(scene)
        }
    }

    private func slips(_ text: String) -> [(login: String, code: String)] {
        let codes = text.components(separatedBy: "<code>").dropFirst().map { $0.components(separatedBy: "</code>")[0] }
        return stride(from: 0, to: codes.count - 1, by: 2).map { (codes[$0], codes[$0 + 1]) }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a class teacher opens accounts for guardians, who activate them and sign in by phone`(
        on database: TestDatabase
    ) async throws {
        try await withClass(database) { scene in
            let wang = try await scene.city.client(.wang)
            let page = try await wang.get(scene.path).text
            #expect(page.contains("为全班家长开通账号（2 人）") && page.contains("韦二、韦一"))
            let key = Identifiers.next()
            for _ in 0..<2 { #expect(try await wang.post(scene.path, from: scene.path, key: key).status == 303) }
            #expect(try await scene.states().count == 2)
            let slips = slips(try await wang.post(scene.path + "/slips", from: scene.path).text)
            #expect(slips.count == 2)
            let login = try #require(try await scene.states()[scene.guardians[0]]).login
            let own = try #require(slips.first { $0.login == login })
            let browser = TestClient(scene.city.platform.pipeline)
            let activated = try await browser.post(
                "/activate", from: "/activate",
                [
                    ("login", own.login), ("code", own.code), ("password", Self.password), ("repeated", Self.password),
                ])
            #expect(activated.status == 303)
            let home = try await browser.get("/children").text
            #expect(home.contains("韦一") && home.contains("韦二") && !home.contains("黄三"))
            let again = TestClient(scene.city.platform.pipeline)
            let signedIn = try await again.post(
                "/sign-in", from: "/sign-in", [("login", Self.phones[0]), ("password", Self.password)])
            #expect(signedIn.status == 303)
            #expect(try await again.get("/children").status == 200)
            // The second print is for those only who have no password yet.
            #expect(self.slips(try await wang.post(scene.path + "/slips", from: scene.path).text).count == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `others do not open accounts there, and nobody for who is not confirmed`(
        on database: TestDatabase
    ) async throws {
        try await withClass(database) { scene in
            for (member, status) in [
                (TestCity.Member.li, 200), (.bureau, 200), (.zhao, 404), (.dongxing, 404), (.leader, 404),
            ] {
                let client = try await scene.city.client(member)
                #expect(try await client.get(scene.path).status == status, "\(member)")
                if status == 404 {
                    #expect(try await client.post(scene.path, from: "/account").status == 404, "\(member)")
                    #expect(try await client.post(scene.path + "/slips", from: "/account").status == 404, "\(member)")
                }
            }
            let child = scene.children[0], declared = try await scene.city.user(.zhao).person
            try await scene.city.database.write {
                try GuardianshipStore($0).insert(
                    [NewGuardianship(guardian: declared, child: child)], .pending, .declared, from: Timestamp.now.day,
                    by: "赵老师", at: .now)
            }
            let wang = try await scene.city.client(.wang)
            #expect(!(try await wang.get(scene.path).text.contains("zhao(示例)")))
            let answer = try await wang.post(
                scene.path + "/slips", from: scene.path, [("person", declared.rawValue)])
            #expect(answer.status == 404)
            #expect(try await scene.schools(declared).isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a slip is no way into an account that is more, or into one with children elsewhere`(
        on database: TestDatabase
    ) async throws {
        try await withClass(database) { scene in
            let wang = try await scene.city.client(.wang), zhao = try await scene.city.user(.zhao).person
            let (child, crypto) = (scene.children[0], scene.city.platform.crypto)
            // A teacher of another school is the child's father: he gets the role beside his own.
            try await scene.city.database.write { db in
                let number = try PersonIdentifier(.phone, "19900000003")
                try PersonIdentifierStore(db, crypto).set(number, of: zhao, by: "test", at: .now)
                let service = GuardianshipService(db, crypto, by: .system, telling: [GuardianGrants()])
                let place = try OrganisationStore(db).find(scene.classGroup.school, within: .everything).path
                _ = try service.add(
                    NewGuardian(name: "zhao(示例)", relation: "1", numbers: [number]),
                    of: GuardianshipService.Child(id: child, name: "韦一", place: place), isSame: true)
            }
            #expect(try await scene.schools(zhao) == [scene.classGroup.school])
            #expect(try await scene.city.client(.zhao).get("/children").text.contains("韦一"))
            let refused = try await wang.post(scene.path + "/slips", from: scene.path, [("person", zhao.rawValue)])
            #expect(refused.status == 403 && refused.text.contains("由上级管理员重置"))
            _ = try await wang.post(scene.path, from: scene.path)
            #expect(slips(try await wang.post(scene.path + "/slips", from: scene.path).text).count == 2)

            // A mother with a child at another school, whether or not she has a password.
            let mother = scene.guardians[0], moved = scene.children[1], other = scene.other, group = scene.classGroup
            try await scene.pupils { try $0.move(moved, from: group, to: other, on: Timestamp.now.day) }
            #expect(Set(try await scene.schools(mother)) == [group.school, other.school])
            let reset = [("person", mother.rawValue)]
            #expect(try await wang.post(scene.path + "/slips", from: scene.path, reset).status == 403)
            #expect(slips(try await wang.post(scene.path + "/slips", from: scene.path).text).count == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the role follows the child to another school and ends with her departure`(
        on database: TestDatabase
    ) async throws {
        try await withClass(database) { scene in
            let wang = try await scene.city.client(.wang)
            _ = try await wang.post(scene.path, from: scene.path)
            let (mother, group, other) = (scene.guardians[1], scene.classGroup, scene.other)
            let child = scene.children[2], today = Timestamp.now.day
            #expect(try await scene.schools(mother) == [group.school])
            try await scene.pupils { try $0.move(child, from: group, to: other, on: today) }
            #expect(try await scene.schools(mother) == [other.school])
            #expect(try await scene.schools(scene.guardians[0]) == [group.school])
            try await scene.pupils { try $0.end(child, in: other, on: today, .other) }
            #expect(try await scene.schools(mother).isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `of two children who leave together the roles end where none is left, and are given back`(
        on database: TestDatabase
    ) async throws {
        try await withClass(database) { scene in
            _ = try await scene.city.client(.wang).post(scene.path, from: scene.path)
            let school = scene.classGroup.school, all = scene.children, grants = GuardianGrants()
            let then = Timestamp.now, day = then.day
            func left(_ children: [ID<Person>]) async throws {
                try await scene.city.database.write { db in
                    for child in children {
                        try db.execute(
                            """
                            UPDATE directory_enrolment SET valid_to = \(day), reason = \(LeavingReason.graduation)
                            WHERE person_id = \(child)
                            """)
                    }
                    try grants.left(children, school: school, on: day, by: .system, now: then, db)
                }
            }
            try await left([all[0], all[2]])
            #expect(try await scene.schools(scene.guardians[0]) == [school], "韦二 is still there")
            #expect(try await scene.schools(scene.guardians[1]).isEmpty)
            try await left([all[1]])
            #expect(try await scene.schools(scene.guardians[0]).isEmpty)
            try await scene.city.database.write { db in
                try db.execute("UPDATE directory_enrolment SET valid_to = NULL, reason = NULL")
                try grants.returned(
                    all, school: school, afterLeavingAt: then, by: .system, now: then.adding(seconds: 60), db)
            }
            for guardian in scene.guardians { #expect(try await scene.schools(guardian) == [school]) }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a merge hands the children over with the role, and its undoing hands them back`(
        on database: TestDatabase
    ) async throws {
        try await withClass(database) { scene in
            _ = try await scene.city.client(.wang).post(scene.path, from: scene.path)
            let (kept, gone) = (scene.guardians[0], scene.guardians[1]), crypto = scene.city.platform.crypto
            let (child, group, other) = (scene.children[2], scene.classGroup, scene.other)
            try await scene.pupils { try $0.move(child, from: group, to: other, on: Timestamp.now.day) }
            @Sendable func merging<T: Sendable>(
                _ body: @escaping @Sendable (PersonMergeService) throws -> T
            ) async throws -> T {
                try await scene.city.database.write {
                    try body(PersonMergeService($0, crypto, by: .system, telling: [AccountMerging()]))
                }
            }
            let merge = try await merging { try $0.merge(gone, into: kept) }
            #expect(Set(try await scene.schools(kept)) == [group.school, other.school])
            #expect(try await scene.schools(gone).isEmpty)
            try await merging { try $0.undo(merge) }
            #expect(try await scene.schools(kept) == [group.school])
            #expect(try await scene.schools(gone) == [other.school])
        }
    }
}
