import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import SchoolAffairs

@Suite("招生入学和分班") struct AdmissionServiceTests {
    private typealias World = AffairsWorld

    private func admissions<T: Sendable>(
        _ world: World, _ body: @escaping @Sendable (AdmissionService) throws -> T
    ) async throws -> T {
        let crypto = world.crypto
        return try await world.write { try body(AdmissionService($0, crypto, by: World.actor, now: World.now)) }
    }

    private func admit(_ name: String, _ number: String, _ world: World) async throws -> ID<Person> {
        try await admissions(world) { service in
            try service.admit(
                NewPupil(name: name, identifiers: [try PersonIdentifier(.studentNumber, number)]),
                at: world.sender.organisation, Cohort(.primary, 2026), from: World.start)
        }
    }

    private func waiting(_ world: World) async throws -> [Admission] {
        try await world.database.read { try AdmissionStore($0).open(at: world.sender.organisation.id) }
    }

    @Test(arguments: TestDatabase.allCases)
    func `pupils are taken in and put into a class together`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let classGroup = world.sender.classes[2026]!
            let (one, two) = (
                try await admit("韦一", "G" + World.boy, world), try await admit("韦二", "G" + World.girl, world)
            )
            let twice = await refusal { _ = try await admit("韦一", "G" + World.boy, world) }
            #expect(twice == "invalid name")
            let ids = Set(try await waiting(world).map(\.id))
            #expect(ids.count == 2)
            let none = await refusal {
                try await admissions(world) { try $0.assign([], to: classGroup, from: World.today) }
            }
            let wrong = await refusal {
                try await admissions(world) { try $0.assign(ids, to: world.sender.classes[2024]!, from: World.today) }
            }
            #expect([none, wrong] == ["invalid pupils", "invalid target"])
            try await admissions(world) { try $0.assign(ids, to: classGroup, from: World.start) }
            let late = await refusal {
                try await admissions(world) { try $0.assign(ids, to: classGroup, from: World.today) }
            }
            #expect(late == "conflict")
            let members = try await world.database.read {
                try EnrolmentStore($0).members(of: classGroup.id, on: World.today).map(\.person)
            }
            #expect(Set(members) == [one, two])
            #expect(try await waiting(world).isEmpty)
            #expect(try await world.events() == ["affairs.student.admitted", "affairs.student.admitted"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `who is in a class is not taken in again, and who never came waits no more`(
        on database: TestDatabase
    ) async throws {
        try await World.run(database) { world in
            _ = try await world.add("韦一", to: world.neighbour.classes[2026]!)
            let elsewhere = await refusal { _ = try await admit("韦一", "G" + World.boy, world) }
            #expect(elsewhere == "invalid name")
            let cohort = await refusal {
                _ = try await admissions(world) { service in
                    try service.admit(
                        NewPupil(name: "韦三"), at: world.sender.organisation, Cohort(.junior, 2026), from: World.start)
                }
            }
            #expect(cohort == "invalid cohort")
            _ = try await admit("韦二", "G" + World.girl, world)
            let ids = Set(try await waiting(world).map(\.id))
            try await admissions(world) { try $0.cancel(ids, at: world.sender.organisation) }
            #expect(try await waiting(world).isEmpty)
        }
    }

    @Test func `a school offers the grades it has`() {
        let autumn = Cohort.all(ofSchoolType: "211", on: World.today).map(\.code)
        #expect(autumn == ["2-2026", "2-2025", "2-2024", "2-2023", "2-2022", "2-2021"])
        let august = LocalDate(iso: "2026-08-01")!, summer = Cohort.all(ofSchoolType: "311", on: august)
        #expect(summer.first?.code == "3-2026" && summer.first?.title(on: august) == "初中新生（2026级）")
        #expect(Cohort(code: "2-2026")?.title(on: World.today) == "一年级（2026级）")
        #expect(Cohort(code: "9-2026") == nil && Cohort(code: "2") == nil)
    }
}
