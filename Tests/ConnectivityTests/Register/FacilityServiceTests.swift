import Database
import Directory
import Kernel
import Platform
import Testing

@testable import Connectivity

@Suite("Saving a school's register") struct FacilityServiceTests {
    private func save(
        _ world: RegisterWorld, _ values: [FacilityField: Double], on day: LocalDate = RegisterWorld.day,
        scope: DataScope = .everything, reason: String? = nil, seen: FacilityDraft.Seen? = nil
    ) async throws -> FacilityService.Outcome {
        let changes = FacilityRecord(Dictionary(uniqueKeysWithValues: values.map { ($0.key.id, $0.value) }))
        let draft = FacilityDraft(changes: changes, validFrom: day, seen: seen, reason: reason)
        return try await FacilityService(database: world.database).save(
            draft, of: world.school.id, scope: scope, by: RegisterWorld.actor, source: .form)
    }

    private func problems(_ body: () async throws -> FacilityService.Outcome) async throws -> [FieldProblem] {
        do {
            _ = try await body()
            return []
        } catch DomainError.invalid(let problems) { return problems }
    }

    private func events(_ world: RegisterWorld) async throws -> Int {
        try await world.database.read {
            try $0.value("SELECT COUNT(*) FROM platform_event WHERE kind = 'connectivity.register.changed'") ?? 0
        }
    }

    @Test func `values, audit and event come together`() async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.classes: 6])
            let outcome = try await save(world, [.classes: 7, .carrier: 1], on: RegisterWorld.later)
            guard case .saved(let saved) = outcome else { throw DomainError.notFound }
            #expect(saved.count == 2)
            #expect(try await world.record(on: RegisterWorld.later)[.classes] == 7)
            let id = world.school.id.rawValue
            let audit = try await world.database.read { try AuditLog.of(subject: id, limit: 9, on: $0) }
            let entry = try #require(audit.first { $0.action == "facility_register.changed" })
            #expect(entry.detail == "自 2016-03-31：班级数 6→7，运营商 —→电信")
            #expect(entry.organisationPath == world.school.path)
            #expect(try await events(world) == 1)
            guard case .saved(let again) = try await save(world, [.classes: 7], on: RegisterWorld.later) else {
                throw DomainError.notFound
            }
            #expect(again.count == 0)
            #expect(try await events(world) == 1)
        }
    }

    @Test func `a school outside the scope does not exist`() async throws {
        try await RegisterWorld.run { world in
            await #expect(throws: DomainError.self) {
                _ = try await save(world, [.classes: 6], scope: DataScope([world.stranger.path]))
            }
            let history = try await world.history()
            #expect(history.isEmpty)
        }
    }

    @Test func `the whole record must hold, not only what was typed`() async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.ordinaryRooms: 6, .multimediaRooms: 5])
            let refused = try await problems { try await save(world, [.ordinaryRooms: 4], on: RegisterWorld.later) }
            #expect(refused.map(\.field) == ["multimedia_rooms"])
            #expect(try await world.record()[.ordinaryRooms] == 6)
        }
    }

    @Test func `a figure for an earlier day must fit those of later days`() async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.ordinaryRooms: 8])
            _ = try await world.tell([.multimediaRooms: 7], on: RegisterWorld.later)
            let refused = try await problems { try await save(world, [.ordinaryRooms: 5]) }
            #expect(refused.map(\.field) == ["multimedia_rooms"])
            #expect(refused.first?.message.hasPrefix("与 2016-03-31 起的登记不符：") ?? false)
            #expect(try await problems { try await save(world, [.ordinaryRooms: 7]) } == [])
        }
    }

    @Test func `the future and the far past are refused`() async throws {
        try await RegisterWorld.run { world in
            for day in [Timestamp.now.day.adding(days: 1), LocalDate(iso: "1915-09-30")!] {
                let refused = try await problems { try await save(world, [.classes: 6], on: day) }
                #expect(refused.map(\.field) == ["validFrom"])
            }
        }
    }

    @Test func `a jump waits for a reason, which is kept`() async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.access: 10])
            guard case .unconfirmed(let warnings) = try await save(world, [.access: 100], on: RegisterWorld.later)
            else {
                throw DomainError.notFound
            }
            #expect(warnings.map(\.field) == ["access_mbps"])
            #expect(try await world.record()[.access] == 10)
            _ = try await save(world, [.access: 100], on: RegisterWorld.later, reason: "换光纤")
            #expect(try await world.record()[.access] == 100)
            #expect(try await world.history().first?.note == "换光纤")
            guard case .saved = try await save(world, [.classes: 6], on: RegisterWorld.later) else {
                throw DomainError.notFound
            }
        }
    }

    @Test func `who looked at older figures is told what changed`() async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.classes: 6, .access: 10])
            let today = Timestamp.now.day
            let seen = FacilityDraft.Seen(record: try await world.record(), on: today)
            _ = try await world.tell([.classes: 8], on: RegisterWorld.later, by: "陈主任")
            let outcome = try await save(world, [.access: 20], on: today, seen: seen)
            guard case .conflict(let record, let changed) = outcome else { throw DomainError.notFound }
            #expect(record[.classes] == 8)
            #expect(changed.map(\.field) == ["classes"])
            #expect(changed.first?.recordedBy == "陈主任")
            #expect(try await world.record()[.access] == 10)
        }
    }

    @Test func `an undone import is a change too`() async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.classes: 6], batch: "b1")
            let seen = FacilityDraft.Seen(record: try await world.record(), on: RegisterWorld.later)
            _ = try await world.database.write { try FacilityStore($0).undo(batch: "b1", now: .now) }
            guard case .conflict = try await save(world, [.access: 20], on: RegisterWorld.later, seen: seen) else {
                throw DomainError.notFound
            }
        }
    }

    @Test func `a value for the past says when a later one holds today`() async throws {
        try await RegisterWorld.run { world in
            _ = try await world.tell([.classes: 8], on: RegisterWorld.later)
            guard case .saved(let saved) = try await save(world, [.classes: 6, .staff: 20]) else {
                throw DomainError.notFound
            }
            #expect(saved.replacedToday.map(\.field) == ["classes"])
        }
    }

    @Test func `a closed school takes no more figures`() async throws {
        try await RegisterWorld.run { world in
            let school = world.school
            try await world.database.write {
                try OrganisationService($0, by: .system, source: "test").close(school, on: RegisterWorld.later)
            }
            await #expect(throws: DomainError.self) { _ = try await save(world, [.classes: 6]) }
        }
    }
}
