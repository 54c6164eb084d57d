import Database
import Kernel
import TestKit
import Testing

private let schema = [
    Migration(
        "test/0001",
        ["CREATE TABLE test_pair (id INTEGER NOT NULL PRIMARY KEY, a INTEGER NOT NULL, b INTEGER NOT NULL)"])
]

/// What a read may rely on, whichever thread it runs on.
@Suite("数据库读取") struct ReadTests {
    private func set(_ value: Int, on db: Connection) throws {
        try db.execute("DELETE FROM test_pair")
        try db.execute("INSERT INTO test_pair (id, a, b) VALUES (1, \(value), \(value))")
    }

    private func value(_ db: Connection) throws -> Int? { try db.value("SELECT a FROM test_pair") }

    @Test(arguments: TestDatabase.allCases, [false, true])
    func `a read sees every write that was answered before it`(on kind: TestDatabase, isLong: Bool) async throws {
        try await kind.withDatabase(migrations: schema) { (database: Database, _: String) async throws in
            for round in 0..<50 {
                try await database.write { try self.set(round, on: $0) }
                #expect(try await database.read(isLong: isLong) { try self.value($0) } == round)
            }
        }
    }

    @Test func `a write of another process is seen at once`() async throws {
        try await TestDatabase.sqlite.withDatabase(migrations: schema) {
            (database: Database, folder: String) async throws in
            let other = try Database(
                .sqlite(path: folder + "/santong.sqlite", synchronous: .off), logger: TestDatabase.logger)
            defer { other.close() }
            for round in 0..<20 {
                try await other.write { try self.set(round, on: $0) }
                #expect(try await database.read { try self.value($0) } == round)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `snapshots side by side each see one state`(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: schema) { (database: Database, _: String) async throws in
            try await database.write { try self.set(0, on: $0) }
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for round in 1...40 {
                    group.addTask {
                        try await database.write { try self.set(round, on: $0) }
                        return true
                    }
                    group.addTask {
                        try await database.read(snapshot: true) { db in
                            let a: Int? = try db.value("SELECT a FROM test_pair")
                            let b: Int? = try db.value("SELECT b FROM test_pair")
                            return a != nil && a == b
                        }
                    }
                }
                for try await isOne in group { #expect(isOne) }
            }
        }
    }

    @Test func `a body that throws in a snapshot leaves nothing open`() async throws {
        try await TestDatabase.sqlite.withDatabase(migrations: schema) { (database: Database, _: String) async throws in
            for round in 0..<5 {
                await #expect(throws: DomainError.self) {
                    try await database.read(snapshot: true) { db in
                        _ = try self.value(db)
                        throw DomainError.notFound
                    }
                }
                try await database.write { try self.set(round, on: $0) }
                #expect(try await database.read { try self.value($0) } == round)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a cancelled task reads nothing`(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: schema) { (database: Database, _: String) async throws in
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return try await database.read { try self.value($0) }
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test(arguments: [false, true])
    func `a closed database refuses reads`(isLong: Bool) async throws {
        try await TestDatabase.sqlite.withDatabase(migrations: schema) {
            (_: Database, folder: String) async throws in
            let other = try Database(.sqlite(path: folder + "/santong.sqlite"), logger: TestDatabase.logger)
            #expect(try await other.read(isLong: isLong) { try self.value($0) } == nil)
            other.close()
            await #expect(throws: DatabaseError.self) {
                try await other.read(isLong: isLong) { try self.value($0) }
            }
        }
    }
}
