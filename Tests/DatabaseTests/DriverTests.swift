import Database
import Foundation
import Kernel
import TestKit
import Testing

private let schema = [
    Migration(
        "test/0001",
        [
            """
            CREATE TABLE test_lesson (
                id TEXT NOT NULL PRIMARY KEY, title TEXT NOT NULL, hours INTEGER NOT NULL, share REAL, content BLOB,
                parent TEXT REFERENCES test_lesson (id), CHECK (hours >= 0), UNIQUE (title, hours))
            """
        ])
]

/// The same behaviour on both databases: what stores may rely on.
@Suite("数据库驱动") struct DriverTests {
    private func insert(_ title: String, _ hours: Int, on db: Connection, parent: String? = nil) throws -> String {
        let id = Identifiers.next()
        try db.execute(
            """
            INSERT INTO test_lesson (id, title, hours, share, content, parent)
            VALUES (\(id), \(title), \(hours), \(Double(hours) / 3), \([0, 1, 255] as [UInt8]), \(parent))
            """)
        return id
    }

    @Test(arguments: TestDatabase.allCases)
    func `values come back as they went in`(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: schema) { (database: Database, _: String) async throws in
            let texts = ["一师一优课", "O'Brien \"引号\" \\", "🧑‍🏫 \u{301}", " 前后空格 ", "", "$1 ? :a"]
            try await database.write { db in
                for (index, text) in texts.enumerated() { _ = try self.insert(text, index, on: db) }
            }
            let rows = try await database.read { db in
                try db.rows("SELECT title, hours, share, content, parent FROM test_lesson ORDER BY hours") { row in
                    (
                        try row.get(0, as: String.self), try row.get(1, as: Int.self), try row.get(2, as: Double?.self),
                        try row.blob(3), try row.get(4, as: String?.self)
                    )
                }
            }
            #expect(rows.map(\.0) == texts)
            #expect(rows.map(\.1) == Array(0..<texts.count))
            #expect(rows.map(\.2) == (0..<texts.count).map { Double($0) / 3 })
            #expect(rows.allSatisfy { $0.3 == [0, 1, 255] && $0.4 == nil })
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `broken rules are told alike`(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: schema) { (database: Database, _: String) async throws in
            func failure(_ body: @escaping @Sendable (Connection) throws -> Void) async -> DatabaseError? {
                do { try await database.write(body) } catch { return error as? DatabaseError }
                return nil
            }
            try await database.write { db in _ = try self.insert("语文", 1, on: db) }
            let unique = await failure { db in _ = try self.insert("语文", 1, on: db) }
            let orphan = await failure { db in _ = try self.insert("数学", 2, on: db, parent: "nobody") }
            let rule = await failure { db in _ = try self.insert("英语", -1, on: db) }
            let nul = await failure { db in _ = try self.insert("空\u{0}字", 3, on: db) }
            #expect(unique?.description.hasPrefix("unique rule") == true)
            #expect(orphan?.description.hasPrefix("foreign key rule") == true)
            #expect(rule?.description.hasPrefix("rule broken") == true)
            #expect(nul?.description == "NUL in text")
            let count: Int? = try await database.read { try $0.value("SELECT COUNT(*) FROM test_lesson") }
            #expect(count == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a body that throws leaves nothing, and its neighbours in the group everything`(on kind: TestDatabase)
        async throws
    {
        struct Refused: Error {}
        try await kind.withDatabase(migrations: schema) { (database: Database, _: String) async throws in
            let kept = await withTaskGroup(of: Bool.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        do {
                            try await database.write { db in
                                _ = try self.insert("课", index, on: db)
                                if index.isMultiple(of: 3) { throw Refused() }
                            }
                            return true
                        } catch { return false }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            let hours = try await database.read {
                try $0.column("SELECT hours FROM test_lesson ORDER BY hours", as: Int.self)
            }
            #expect(kept == 133)
            #expect(hours == (0..<200).filter { !$0.isMultiple(of: 3) })
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `two transfers at once keep the sum`(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: schema) { (database: Database, _: String) async throws in
            let (a, b) = try await database.write { db in
                (try self.insert("甲", 100, on: db), try self.insert("乙", 100, on: db))
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for round in 0..<40 {
                    group.addTask {
                        let (from, to) = round.isMultiple(of: 2) ? (a, b) : (b, a)
                        try await database.write { db in
                            let x: Int = try db.value("SELECT hours FROM test_lesson WHERE id = \(from)") ?? 0
                            let y: Int = try db.value("SELECT hours FROM test_lesson WHERE id = \(to)") ?? 0
                            try db.execute("UPDATE test_lesson SET hours = \(x - 1) WHERE id = \(from)")
                            try db.execute("UPDATE test_lesson SET hours = \(y + 1) WHERE id = \(to)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let hours = try await database.read {
                try $0.column("SELECT hours FROM test_lesson ORDER BY title", as: Int.self)
            }
            #expect(hours == [100, 100])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a snapshot sees one state although others write`(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: schema) { (database: Database, _: String) async throws in
            try await database.write { db in _ = try self.insert("前", 1, on: db) }
            let entered = Gate(), written = Gate()
            async let counts = database.read(snapshot: true, isLong: true) { db -> [Int] in
                let first: Int = try db.value("SELECT COUNT(*) FROM test_lesson") ?? -1
                entered.open()
                written.wait()
                return [first, try db.value("SELECT COUNT(*) FROM test_lesson") ?? -1]
            }
            await Task.detached { entered.wait() }.value
            try await database.write { db in _ = try self.insert("后", 2, on: db) }
            written.open()
            #expect(try await counts == [1, 1])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `lists, fragments and bulk inserts bind every value`(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: schema) { (database: Database, _: String) async throws in
            let rows: [[DatabaseValue]] = (0..<1_234).map {
                [.text(Identifiers.next()), .text("课 \($0)"), .integer(Int64($0))]
            }
            try await database.write { try $0.insert(into: "test_lesson (id, title, hours)", rows: rows) }
            #expect(try await database.read { try $0.value("SELECT COUNT(*) FROM test_lesson") } == 1_234)
            for count in [1, 15, 16, 17, 31, 100, 199, 200, 201] {
                let more: [[DatabaseValue]] = (0..<count).map {
                    [.text(Identifiers.next()), .text("另 \(count)"), .integer(Int64($0))]
                }
                try await database.write { try $0.insert(into: "test_lesson (id, title, hours)", rows: more) }
                let hours = try await database.read { db in
                    try db.column(
                        "SELECT hours FROM test_lesson WHERE title = \("另 \(count)") ORDER BY hours", as: Int.self)
                }
                #expect(hours == Array(0..<count), "\(count)")
            }
            let wanted = [3, 5, 8, 13, 21]
            let condition: SQL = "hours IN \(in: wanted) AND title LIKE \("课%")"
            let found = try await database.read { db in
                try db.column(
                    "SELECT hours FROM test_lesson WHERE \(condition) AND hours > \(4) ORDER BY hours", as: Int.self)
            }
            #expect(found == [5, 8, 13, 21])
            let none = try await database.read { db in
                try db.column("SELECT hours FROM test_lesson WHERE hours IN \(in: [Int]())", as: Int.self)
            }
            #expect(none.isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a body may run the same statement and hundreds of others for each row of it`(on kind: TestDatabase)
        async throws
    {
        try await kind.withDatabase(migrations: schema) { (database: Database, _: String) async throws in
            try await database.write { db in for hours in 0..<5 { _ = try self.insert("课", hours, on: db) } }
            let seen = try await database.read { db in
                var seen: [[Int]] = []
                let all: SQL = "SELECT hours FROM test_lesson ORDER BY hours"
                try db.each(all) { row in
                    let outer: Int = try row.get(0)
                    for size in 1...300 {
                        _ = try db.column(
                            "SELECT id FROM test_lesson WHERE hours IN (\(SQL.joined((0..<size).map { "\($0 + outer)" }, ", ")))",
                            as: String.self)
                    }
                    seen.append([outer] + (try db.column(all, as: Int.self)))
                }
                return seen
            }
            #expect(seen == (0..<5).map { [$0, 0, 1, 2, 3, 4] })
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `text is sorted by code point`(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: schema) { (database: Database, _: String) async throws in
            let texts = ["b", "A", "a", "B", "二", "一", "é"]
            try await database.write { db in for text in texts { _ = try self.insert(text, 1, on: db) } }
            let sorted = try await database.read {
                try $0.column("SELECT title FROM test_lesson ORDER BY title", as: String.self)
            }
            #expect(sorted == texts.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) })
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a cancelled asker does not get its write done when it still waits`(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: schema) { (database: Database, _: String) async throws in
            let held = Gate(), started = Gate()
            let blockers = (0..<2).map { _ in
                Task {
                    try await database.write { _ in
                        started.open(); held.wait()
                    }
                }
            }
            await Task.detached { started.wait() }.value
            let waiting = Task { try await database.write { db in _ = try self.insert("不该有", 9, on: db) } }
            while database.waiting.writes == 0 && kind == .sqlite { await Task.yield() }
            waiting.cancel()
            held.open()
            for blocker in blockers { try await blocker.value }
            await #expect(throws: (any Error).self) { try await waiting.value }
            let count: Int? = try await database.read { try $0.value("SELECT COUNT(*) FROM test_lesson") }
            #expect(count == 0)
        }
    }

    @Test func `a copy made under writing is whole`() async throws {
        try await TestDatabase.sqlite.withDatabase(migrations: schema) {
            (database: Database, folder: String) async throws in
            let writer = Task {
                for index in 0..<300 {
                    try await database.write { db in
                        _ = try self.insert("左", index, on: db)
                        _ = try self.insert("右", index, on: db)
                    }
                }
            }
            while try await database.read({ try $0.value("SELECT COUNT(*) FROM test_lesson", as: Int.self) }) ?? 0 < 50
            { await Task.yield() }
            try await database.copy(to: folder + "/copy.sqlite")
            try await writer.value
            let copy = try Database(.sqlite(path: folder + "/copy.sqlite"), readers: 1, logger: TestDatabase.logger)
            defer { copy.close() }
            #expect(try await copy.integrityProblems().isEmpty)
            let (left, right) = try await copy.read { db in
                (
                    try db.value("SELECT COUNT(*) FROM test_lesson WHERE title = '左'", as: Int.self),
                    try db.value("SELECT COUNT(*) FROM test_lesson WHERE title = '右'", as: Int.self)
                )
            }
            #expect(left == right)
            #expect(left ?? 0 > 0)
        }
    }
}

/// Lets a thread wait until a test opens the way.
private final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func open() { semaphore.signal() }
    func wait() {
        semaphore.wait()
        semaphore.signal()
    }
}
