import Database
import Kernel
import Platform
import TestKit
import Testing

@testable import Directory

@Suite("Numbers in the database") struct PersonIdentifierStoreTests {
    private typealias World = RosterWorld

    private func store<T: Sendable>(
        _ world: World, _ body: @escaping @Sendable (PersonIdentifierStore) throws -> T
    ) async throws -> T {
        let crypto = world.crypto
        return try await world.database.write { try body(PersonIdentifierStore($0, crypto)) }
    }

    private func set(
        _ kind: PersonIdentifierKind, _ text: String, of person: ID<Person>, _ world: World, type: String = ""
    ) async throws {
        let identifier = try PersonIdentifier(kind, text, documentType: type)
        try await store(world) { try $0.set(identifier, of: person, by: "李校长", at: World.now) }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a number is found by any spelling and shown masked`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            try await set(.citizenNumber, "11010519491231002X", of: world.teacher, world)
            try await set(.phone, "19900000123", of: world.teacher, world)
            for text in ["11010519491231002x", " 110105 19491231 002X", "１１０１０５１９４９１２３１００２Ｘ"] {
                let found = try await store(world) { try $0.find(text) }
                #expect(found == [.init(person: world.teacher, kind: .citizenNumber)], "\(text)")
            }
            #expect(try await store(world) { try $0.find("+86 199 0000 0123") }.map(\.kind) == [.phone])
            #expect(try await store(world) { try $0.find("19900000124") }.isEmpty)
            #expect(try await store(world) { try $0.find("") }.isEmpty)
            let masks = try await store(world) { try $0.masked(of: [world.teacher, world.stranger]) }
            #expect(masks == [world.teacher: [.citizenNumber: "110105**********2X", .phone: "199****0123"]])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a number belongs to one person, and a person has one of a kind`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            try await set(.phone, "19900000001", of: world.teacher, world)
            try await set(.phone, "19900000001", of: world.teacher, world)
            let field = await problemField { try await set(.phone, "19900000001", of: world.stranger, world) }
            #expect(field == "phone")
            try await set(.phone, "19900000002", of: world.teacher, world)
            try await set(.phone, "19900000001", of: world.stranger, world)
            #expect(try await store(world) { try $0.find("19900000001") }.map(\.person) == [world.stranger])
            #expect(try await store(world) { try $0.remove(.phone, of: world.teacher) })
            #expect(try await store(world) { try $0.remove(.phone, of: world.teacher) } == false)
            #expect(try await store(world) { try $0.find("19900000002") }.isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the same digits of two kinds are two numbers`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            try await set(.phone, "19900000001", of: world.teacher, world)
            try await set(.staffNumber, "19900000001", of: world.stranger, world)
            try await set(.document, "E1234567", of: world.teacher, world, type: "A")
            try await set(.document, "E1234567", of: world.stranger, world, type: "2")
            #expect(try await store(world) { try $0.find("19900000001") }.count == 2)
            let keys = try await world.database.read { db in
                try db.column("SELECT lookup FROM directory_person_identifier", as: [UInt8].self)
            }
            #expect(Set(keys).count == 3 && keys.allSatisfy { $0.count == 32 })
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a sealed number does not open in another row`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            try await set(.phone, "19900000001", of: world.teacher, world)
            try await set(.phone, "19900000002", of: world.stranger, world)
            try await world.database.write { db in
                let sealed: [UInt8]? = try db.value(
                    "SELECT sealed FROM directory_person_identifier WHERE person_id = \(world.teacher)")
                try db.execute(
                    """
                    UPDATE directory_person_identifier SET sealed = \(sealed ?? []) WHERE person_id = \(world.stranger)
                    """)
            }
            await #expect(throws: CryptoError.self) {
                _ = try await store(world) { try $0.masked(of: [world.stranger]) }
            }
        }
    }
}
