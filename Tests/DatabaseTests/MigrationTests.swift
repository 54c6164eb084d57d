import Database
import Kernel
import TestKit
import Testing

@Suite("数据库升级") struct MigrationTests {
    private let first = Migration(
        "test/0001", ["CREATE TABLE test_a (id TEXT NOT NULL PRIMARY KEY, share REAL NOT NULL)"])
    private let second = Migration("test/0002", ["ALTER TABLE test_a ADD COLUMN note TEXT NOT NULL DEFAULT ''"])

    @Test(arguments: TestDatabase.allCases)
    func `steps are applied once, in order`(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: [first]) { (database: Database, _: String) async throws in
            #expect(try await database.migrate([first, second]) == ["test/0002"])
            #expect(try await database.migrate([first, second]) == [])
            try await database.write { try $0.execute("INSERT INTO test_a (id, share) VALUES ('x', 0.5)") }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a changed step, a newer database and an old schema are refused`(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: [first, second]) { (database: Database, _: String) async throws in
            let changed = Migration("test/0001", ["CREATE TABLE test_a (id TEXT NOT NULL PRIMARY KEY)"])
            await #expect(throws: MigrationError.self) { try await database.migrate([changed, self.second]) }
            await #expect(throws: MigrationError.self) { try await database.migrate([self.first]) }
            let third = Migration("test/0003", ["CREATE INDEX test_a_note ON test_a (note)"])
            await #expect(throws: MigrationError.self) {
                try await database.checkSchema([self.first, self.second, third])
            }
            try await database.checkSchema([first, second])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a step that fails leaves the schema as it was`(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: [first]) { (database: Database, _: String) async throws in
            let broken = Migration(
                "test/0002", ["CREATE TABLE test_b (id TEXT NOT NULL PRIMARY KEY)", "CREATE NONSENSE"])
            await #expect(throws: (any Error).self) { try await database.migrate([self.first, broken]) }
            #expect(try await database.migrate([first, second]) == ["test/0002"])
            await #expect(throws: (any Error).self) {
                try await database.read { try $0.execute("SELECT id FROM test_b") }
            }
        }
    }
}
