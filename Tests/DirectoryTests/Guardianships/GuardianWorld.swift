import Database
import Kernel
import Platform
import TestKit
import Testing

@testable import Directory

/// Two children of 一年级(1)班 of the primary school; the first has 学籍号 and a mother who was entered by her phone.
struct GuardianWorld: Sendable {
    /// Hears whose guardians have changed.
    final class Hearer: GuardianshipListener, @unchecked Sendable {
        private(set) var children: [ID<Person>] = []

        func guardiansChanged(
            of children: [ID<Person>], by actor: AuditActor, now: Timestamp, _ db: Connection
        ) throws { self.children += children }
    }

    let world: RosterWorld
    let classGroup: ClassGroup
    let child: ID<Person>
    let sibling: ID<Person>
    let mother: ID<Person>
    let hearer = Hearer()

    static let phone = "19900000001"
    static let studentNumber = "G" + RosterWorld.boy

    func child(_ id: ID<Person>? = nil) -> GuardianshipService.Child {
        GuardianshipService.Child(id: id ?? child, name: "韦一", place: world.primary.path)
    }

    func write<T: Sendable>(
        at now: Timestamp = RosterWorld.now, as person: ID<Person>? = nil,
        _ body: @escaping @Sendable (GuardianshipService) throws -> T
    ) async throws -> T {
        let crypto = world.crypto, hearer = hearer
        return try await world.database.write { db in
            try body(GuardianshipService(db, crypto, by: RosterWorld.actor, as: person, now: now, telling: [hearer]))
        }
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (GuardianshipStore) throws -> T) async throws -> T {
        try await world.database.read { try body(GuardianshipStore($0)) }
    }

    func guardians(of person: ID<Person>? = nil, on day: LocalDate = RosterWorld.today) async throws -> [Guardianship] {
        let person = person ?? child
        return try await read { try $0.guardians(of: [person], on: day)[person] ?? [] }
    }

    func born(_ day: String, _ person: ID<Person>) async throws {
        try await world.database.write {
            try $0.execute("UPDATE directory_person SET birth_date = \(day) WHERE id = \(person)")
        }
    }

    /// The field that a problem names, or `conflict`.
    func problem(
        as person: ID<Person>? = nil, _ body: @escaping @Sendable (GuardianshipService) throws -> Void
    ) async -> String? {
        do { try await write(as: person) { try body($0) } } catch DomainError.invalid(let problems) {
            return problems.first?.field
        } catch DomainError.conflict {
            return "conflict"
        } catch DomainError.forbidden {
            return "forbidden"
        } catch DomainError.notFound { return "notFound" } catch { return "\(error)" }
        return nil
    }

    static func run(_ database: TestDatabase, _ body: @escaping (GuardianWorld) async throws -> Void) async throws {
        try await RosterWorld.run(database) { world in
            let classGroup = try await world.open()
            let child = try await world.pupils {
                try $0.add(
                    NewPupil(
                        name: "韦一", identifiers: [try PersonIdentifier(.studentNumber, studentNumber)],
                        guardianPhone: try PersonIdentifier(.phone, phone)), to: classGroup, from: RosterWorld.start)
            }
            let sibling = try await world.add("韦二", to: classGroup)
            let mother = try await world.database.read {
                try GuardianshipStore($0).guardians(of: [child], on: RosterWorld.today)[child]?.first?.guardian
            }
            try await body(
                GuardianWorld(
                    world: world, classGroup: classGroup, child: child, sibling: sibling,
                    mother: try #require(mother)))
        }
    }
}
