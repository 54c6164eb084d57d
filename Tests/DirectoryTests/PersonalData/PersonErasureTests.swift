import Database
import Kernel
import Platform
import TestKit
import Testing

@testable import Directory

@Suite("个人信息删除")
struct PersonErasureTests {
    private static func tell(
        _ values: [String: String], of person: ID<Person>, from day: LocalDate, in world: RosterWorld
    ) async throws {
        let crypto = world.crypto
        try await world.database.write { db in
            _ = try PersonFactStore(db, crypto).change(
                values, of: person, from: day, source: FactSource(.own, at: RosterWorld.now, by: "本人"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what is optional goes, from the past too; the roster stays`(on database: TestDatabase) async throws {
        try await RosterWorld.run(database) { (world: RosterWorld) async throws in
            let classGroup = try await world.open(), crypto = world.crypto
            let pupil = try await world.add("孙同学", to: classGroup, studentNumber: "G" + RosterWorld.boy)
            let first = ["email": "old@school.example", "talent": "围棋", "homeAddress": "华石镇 1 号", "ethnicity": "08"]
            try await PersonErasureTests.tell(first, of: pupil, from: RosterWorld.start, in: world)
            try await PersonErasureTests.tell(
                ["email": "new@school.example"], of: pupil, from: RosterWorld.today, in: world)
            let source = DirectoryPersonalData(database: world.database, crypto: crypto)
            let gone = try await source.erase(pupil, wholly: false, by: "李校长")
            #expect(gone == ["电子信箱", "特长"])
            let versions = try await world.database.read { try PersonFactStore($0, crypto).history(of: pupil) }
            #expect(versions.count == 2)
            for version in versions {
                #expect(version["email"] == nil && version["talent"] == nil)
                #expect(version["homeAddress"] == "华石镇 1 号" && version["ethnicity"] == "08")
            }
            #expect(try await source.erase(pupil, wholly: false, by: "李校长").isEmpty)
            await #expect(throws: DomainError.self) { try await source.erase(pupil, wholly: true, by: "李校长") }
            #expect(try await world.members(of: classGroup) == ["孙同学"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `somebody who was never on a roster is made unknown once she is nobody's guardian`(
        on database: TestDatabase
    ) async throws {
        try await RosterWorld.run(database) { (world: RosterWorld) async throws in
            let classGroup = try await world.open(), crypto = world.crypto
            let pupil = try await world.pupils { service in
                try service.add(
                    NewPupil(name: "孙同学", guardianPhone: try PersonIdentifier(.phone, "13977000123")),
                    to: classGroup, from: RosterWorld.start)
            }
            let guardian = try await world.database.read { db in
                try #require(try GuardianshipStore(db).guardians(of: [pupil], on: RosterWorld.today)[pupil]?.first)
                    .guardian
            }
            let source = DirectoryPersonalData(database: world.database, crypto: crypto)
            await #expect(throws: DomainError.self) { try await source.erase(guardian, wholly: true, by: "李校长") }
            try await world.database.write { db in
                let store = GuardianshipStore(db)
                let own = try #require(try store.open(guardian, pupil))
                #expect(try store.end(own.id, on: RosterWorld.start, by: "李校长", at: RosterWorld.now))
            }
            #expect(try await !source.erase(guardian, wholly: true, by: "李校长").isEmpty)
            #expect(try await source.erase(guardian, wholly: true, by: "李校长").isEmpty)
            let (name, phones) = try await world.database.read { db in
                (try PersonStore(db).find(guardian).name, try PersonIdentifierStore(db, crypto).find("13977000123"))
            }
            #expect(name == PersonErasure.nobody && phones.isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a person reads everything that is held, sealed values with a mask`(on database: TestDatabase) async throws {
        try await RosterWorld.run(database) { (world: RosterWorld) async throws in
            let classGroup = try await world.open()
            let pupil = try await world.add("孙同学", to: classGroup, studentNumber: "G" + RosterWorld.boy)
            try await PersonErasureTests.tell(
                ["homeAddress": "华石镇 1 号", "ethnicity": "08"], of: pupil, from: RosterWorld.start, in: world)
            let source = DirectoryPersonalData(database: world.database, crypto: world.crypto)
            let items = try await source.items(of: pupil)
            let address = try #require(items.first { $0.label == "家庭地址" })
            #expect(address.value == "华石镇 1 号" && address.mask == "******" && address.source == "本人填写")
            let number = try #require(items.first { $0.label == "学籍号" })
            #expect(number.value == "G" + RosterWorld.boy && number.mask?.contains("*") == true)
            #expect(items.first { $0.label == "民族" }?.value == "壮族")
            #expect(items.contains { $0.group == "班级经历" && $0.value == "2026-09-01 起" })
            let posts = try await source.items(of: world.teacher)
            #expect(posts.contains { $0.group == "任职" && $0.label.hasPrefix("华石镇中心小学") })
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `old looks go, but not those at somebody whose records are held`(on database: TestDatabase) async throws {
        try await LookServiceTests.run(database) { (scene: LookServiceTests.Scene) async throws in
            let clerk = scene.user([.personLook])
            _ = try await scene.show("address", as: clerk)
            _ = try await scene.show("phone", of: scene.guardian, as: clerk)
            let source = DirectoryPersonalData(database: scene.world.database, crypto: scene.world.crypto)
            let now = RosterWorld.now, later = now.adding(seconds: 1)
            #expect(try await source.overdue("looks", before: now, sparing: []) == 0)
            #expect(try await source.overdue("looks", before: later, sparing: []) == 2)
            #expect(try await source.overdue("looks", before: later, sparing: [scene.pupil]) == 1)
            #expect(try await source.delete("looks", before: later, sparing: [scene.pupil], atMost: 10) == 1)
            #expect(try await scene.looks().map(\.subject) == [scene.pupil])
            #expect(try await source.delete("looks", before: later, sparing: [], atMost: 10) == 1)
        }
    }
}
