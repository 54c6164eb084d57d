import Contracts
import Database
import Kernel
import Platform
import TestKit
import Testing

@testable import Directory

@Suite("完整查看")
struct LookServiceTests {
    /// A pupil of 一年级(1)班 with a number, an address, and a guardian with a phone.
    struct Scene: Sendable {
        let world: RosterWorld
        let classGroup: ClassGroup
        let pupil: ID<Person>
        let guardian: ID<Person>

        func user(_ permissions: Set<Permission>, at place: Organisation? = nil, role: String = "roll_keeper")
            -> CurrentUser
        {
            let place = place ?? world.primary
            let grant = EffectiveGrant(
                role: role, organisation: place.id, path: place.path, permissions: permissions)
            return CurrentUser(account: .new(), person: world.teacher, name: "王老师", grants: [grant])
        }

        func show(
            _ item: String, of person: ID<Person>? = nil, as user: CurrentUser, at now: Timestamp = RosterWorld.now
        ) async throws -> [String] {
            let crypto = world.crypto, person = person ?? pupil
            return try await world.database.write { db in
                let service = LookService(db, crypto, by: user, address: "10.1.2.3", now: now)
                let item = try #require(LookItem.named(item))
                return try service.show(item, of: person, for: LookReason("20", note: "家访")).map(\.value)
            }
        }

        func looks(within scope: DataScope = .everything, _ filter: LookFilter = LookFilter()) async throws -> [Look] {
            try await world.database.read { try LookStore($0).list(within: scope, matching: filter, limit: 1000) }
        }
    }

    static func run(_ database: TestDatabase, _ body: (Scene) async throws -> Void) async throws {
        try await RosterWorld.run(database) { world in
            let classGroup = try await world.open(), crypto = world.crypto
            let pupil = try await world.pupils { service in
                try service.add(
                    NewPupil(
                        name: "孙同学", identifiers: [try PersonIdentifier(.citizenNumber, RosterWorld.boy)],
                        guardianPhone: try PersonIdentifier(.phone, "13977000123")), to: classGroup,
                    from: RosterWorld.start)
            }
            let guardian = try await world.database.write { db in
                let source = FactSource(.school, at: RosterWorld.now, by: "李校长")
                try PersonFactStore(db, crypto).change(
                    ["homeAddress": "华石镇 1 号", "health": "10", "ethnicity": "01"], of: pupil,
                    from: RosterWorld.start, source: source)
                return try #require(
                    try GuardianshipStore(db).confirmedGuardians(of: [pupil], on: RosterWorld.today)[pupil]?.first
                ).id
            }
            try await body(Scene(world: world, classGroup: classGroup, pupil: pupil, guardian: guardian))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a number is shown once the look is on record`(on database: TestDatabase) async throws {
        try await LookServiceTests.run(database) { (scene: Scene) async throws in
            let clerk = scene.user([.personLook, .classLook])
            #expect(try await scene.show("citizen_number", as: clerk) == [RosterWorld.boy])
            #expect(try await scene.show("address", as: clerk) == ["华石镇 1 号"])
            #expect(try await scene.show("phone", of: scene.guardian, as: clerk) == ["13977000123"])
            let looks = try await scene.looks()
            #expect(looks.map(\.subject) == [scene.guardian, scene.pupil, scene.pupil])
            #expect(looks.map(\.data) == [["phone"], ["homeAddress"], ["citizen_number"]])
            let first = try #require(looks.last)
            #expect(first.looker.account == clerk.account && first.looker.person == clerk.person)
            #expect(first.looker.role == "roll_keeper" && first.looker.address == "10.1.2.3")
            #expect(first.subjectName == "孙同学" && first.reason == "20" && first.note == "家访")
            #expect(first.organisation == scene.world.primary.id && first.at == RosterWorld.now)
            let audit = try await scene.world.database.read {
                try AuditLog.of(subject: scene.pupil.rawValue, limit: 10, on: $0).filter {
                    $0.action == "person.looked"
                }
            }
            #expect(audit.map(\.detail) == ["住址，联系家长", "身份证号，联系家长"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `who may not look sees nothing and leaves no record`(on database: TestDatabase) async throws {
        try await LookServiceTests.run(database) { (scene: Scene) async throws in
            let strangers = [
                scene.user([.personLook, .classLook], at: scene.world.junior), scene.user([.classAll, .classView]),
                // Leads no class.
                scene.user([.classLook]),
            ]
            for user in strangers {
                await #expect(throws: DomainError.self) { try await scene.show("citizen_number", as: user) }
            }
            // Nothing is known of it.
            await #expect(throws: DomainError.self) { try await scene.show("travel", as: scene.user([.personLook])) }
            #expect(try await scene.looks().isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a class teacher sees what she needs of her own class only`(on database: TestDatabase) async throws {
        try await LookServiceTests.run(database) { (scene: Scene) async throws in
            let teacher = scene.user([.classLook], role: "teacher")
            try await scene.world.classes {
                try $0.nameHomeroomTeacher(scene.world.teacher, of: scene.classGroup, from: RosterWorld.start)
            }
            #expect(try await scene.show("address", as: teacher) == ["华石镇 1 号"])
            #expect(try await scene.show("phone", of: scene.guardian, as: teacher) == ["13977000123"])
            await #expect(throws: DomainError.self) { try await scene.show("citizen_number", as: teacher) }
            let other = try await scene.world.open(2), child = try await scene.world.add("别班同学", to: other)
            let crypto = scene.world.crypto
            try await scene.world.database.write { db in
                _ = try PersonFactStore(db, crypto).change(
                    ["homeAddress": "别处"], of: child, from: RosterWorld.start,
                    source: FactSource(.school, at: RosterWorld.now, by: ""))
            }
            await #expect(throws: DomainError.self) { try await scene.show("address", of: child, as: teacher) }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the right goes with the pupil to her next school`(on database: TestDatabase) async throws {
        try await LookServiceTests.run(database) { (scene: Scene) async throws in
            let clerk = scene.user([.personLook])
            try await scene.world.pupils { service in
                try service.end(scene.pupil, in: scene.classGroup, on: RosterWorld.today, .transfer)
            }
            await #expect(throws: DomainError.self) { try await scene.show("citizen_number", as: clerk) }
            let target = try await scene.world.open(stage: .junior, at: scene.world.junior)
            try await scene.world.pupils { try $0.enrol(scene.pupil, in: target, from: RosterWorld.today) }
            let next = scene.user([.personLook], at: scene.world.junior)
            #expect(try await scene.show("citizen_number", as: next) == [RosterWorld.boy])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the data officer does not look herself, whatever else she is`(on database: TestDatabase) async throws {
        try await LookServiceTests.run(database) { (scene: Scene) async throws in
            let place = scene.world.primary
            func grant(_ role: String, _ permissions: Set<Permission>) -> EffectiveGrant {
                EffectiveGrant(role: role, organisation: place.id, path: place.path, permissions: permissions)
            }
            let both = CurrentUser(
                account: .new(), person: .new(), name: "林老师",
                grants: [grant("roll_keeper", [.personLook]), grant(LookAccess.officerRole, ["privacy.look.review"])])
            await #expect(throws: DomainError.self) { try await scene.show("citizen_number", as: both) }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `looking again and again comes to an end for the hour`(on database: TestDatabase) async throws {
        try await LookServiceTests.run(database) { (scene: Scene) async throws in
            let clerk = scene.user([.personLook])
            for _ in 0..<LookService.hourlyLimit { _ = try await scene.show("address", as: clerk) }
            await #expect(throws: DomainError.self) { try await scene.show("address", as: clerk) }
            #expect(try await scene.looks().count == LookService.hourlyLimit)
            let later = RosterWorld.now.adding(seconds: 3601)
            #expect(try await scene.show("address", as: clerk, at: later) == ["华石镇 1 号"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the record is read within the scope and by its filters`(on database: TestDatabase) async throws {
        try await LookServiceTests.run(database) { (scene: Scene) async throws in
            _ = try await scene.show("address", as: scene.user([.personLook]))
            _ = try await scene.show("phone", of: scene.guardian, as: scene.user([.personLook]))
            let junior = scene.world.junior, primary = scene.world.primary
            let caller = MachineCaller(
                application: "a", clientID: "c", name: "人事系统", scopes: [], organisations: .nothing)
            try await scene.world.database.write { db in
                try LookLog.recordExport(
                    "学籍-学生基础信息", by: Looker(caller, address: "10.9.9.9"), people: 30,
                    data: ["name", "citizen_number", "homeAddress"], for: LookReason("40"), at: junior.id,
                    now: RosterWorld.now, on: db)
                // Neither anybody nor anything sealed.
                for (people, data) in [(0, ["citizen_number"]), (30, ["name", "sex"])] {
                    try LookLog.recordExport(
                        "名单", by: Looker(caller, address: ""), people: people, data: data, for: LookReason("40"),
                        at: junior.id, on: db)
                }
            }
            #expect(try await scene.looks().count == 3)
            #expect(try await scene.looks(within: DataScope([primary.path])).count == 2)
            let exports = try await scene.looks(within: DataScope([junior.path]))
            #expect(exports.map(\.data) == [["citizen_number", "homeAddress"]] && exports.map(\.people) == [30])
            var filter = LookFilter()
            filter.subject = "孙"
            #expect(try await scene.looks(filter).count == 2)
            filter.subject = "%"
            #expect(try await scene.looks(filter).isEmpty)
            filter = LookFilter()
            filter.looker = "人事"
            filter.reason = "40"
            filter.kind = .export
            (filter.from, filter.until) = (RosterWorld.today, RosterWorld.today)
            #expect(try await scene.looks(filter).count == 1)
            filter.until = RosterWorld.today.adding(days: -1)
            #expect(try await scene.looks(filter).isEmpty)
            let own = try await scene.world.database.read { db in
                (
                    try LookStore(db).looks(at: scene.pupil, limit: 9).count,
                    try LookStore(db).exports(covering: scene.pupil, on: RosterWorld.today, limit: 9).count
                )
            }
            #expect(own == (1, 0))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `many looks in a day and looks at night stand out`(on database: TestDatabase) async throws {
        try await LookServiceTests.run(database) { (scene: Scene) async throws in
            let busy = scene.user([.personLook]), calm = scene.user([.personLook]), owl = scene.user([.personLook])
            let night = Timestamp(startOf: RosterWorld.today).adding(seconds: 5 * 3600 + 3599)
            for _ in 0..<UnusualLooks.manyInADay { _ = try await scene.show("address", as: busy) }
            for _ in 1..<UnusualLooks.manyInADay { _ = try await scene.show("address", as: calm) }
            _ = try await scene.show("address", as: owl, at: night)
            let found = try await scene.world.database.read {
                try LookStore($0).unusual(within: .everything, since: night.adding(days: -1), limit: 10)
            }
            #expect(found.map(\.looks) == [UnusualLooks.manyInADay, 1])
            #expect(found.map(\.atNight) == [0, 1] && found.map(\.people) == [1, 1])
            #expect(found.allSatisfy { $0.day == RosterWorld.today })
        }
    }
}
