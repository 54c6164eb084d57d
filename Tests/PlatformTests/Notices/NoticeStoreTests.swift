import Database
import Foundation
import Kernel
import TestKit
import Testing

@testable import Platform

@Suite("Notices") struct NoticeStoreTests {
    private static let news = NoticeKind("test.lesson.shared", "有新课"),
        duty = NoticeKind("test.lesson.due", "要交课", isDuty: true)
    private static let start = Timestamp(milliseconds: 1_790_000_000_000)

    private let wang = ID<Person>.new(), zhao = ID<Person>.new()

    private func draft(
        _ key: String, _ kind: NoticeKind = news, path: String = "/lessons/1", isReplacing: Bool = false
    ) -> NoticeDraft {
        NoticeDraft(kind, "光的折射 \(key)", path: path, key: key, isReplacing: isReplacing)
    }

    private func send(
        _ draft: NoticeDraft, to people: [ID<Person>], at now: Timestamp = start, _ database: Database
    ) async throws {
        try await database.write { try Notices.send(draft, to: people, now: now, on: $0) }
    }

    private func list(_ person: ID<Person>, _ database: Database, onlyUnread: Bool = false) async throws -> [Notice] {
        try await database.read {
            try NoticeStore($0).list(of: person, onlyUnread: onlyUnread, after: nil, limit: 100)
        }
    }

    private func run(_ kind: TestDatabase, _ body: (Database) async throws -> Void) async throws {
        try await kind.withDatabase(migrations: PlatformModule.migrations) { database, _ in try await body(database) }
    }

    @Test("What is told twice with one key reaches a person once, and each person", arguments: TestDatabase.allCases)
    func once(_ kind: TestDatabase) async throws {
        try await run(kind) { (database: Database) async throws in
            try await send(draft("a"), to: [wang, wang, zhao], database)
            try await send(draft("a"), to: [wang], at: .now, database)
            try await send(draft("b"), to: [], database)
            #expect(try await list(wang, database).map(\.text) == ["光的折射 a"])
            #expect(try await list(zhao, database).map(\.at) == [NoticeStoreTests.start])
        }
    }

    @Test("A deed that is rolled back tells nobody", arguments: TestDatabase.allCases)
    func undone(_ kind: TestDatabase) async throws {
        struct Undone: Error {}
        try await run(kind) { (database: Database) async throws in
            await #expect(throws: Undone.self) {
                try await database.write { db in
                    try Notices.send(draft("a"), to: [wang], now: .now, on: db)
                    try Notices.post(draft("b"), to: .account(.new()), now: .now, on: db)
                    throw Undone()
                }
            }
            #expect(try await list(wang, database).isEmpty)
            #expect(try await database.read { try $0.value("SELECT COUNT(*) FROM platform_event", as: Int.self) } == 0)
        }
    }

    @Test("Unread ones stand on top, of each the newest first, in slices", arguments: TestDatabase.allCases)
    func order(_ kind: TestDatabase) async throws {
        try await run(kind) { (database: Database) async throws in
            for index in 0..<5 {
                let at = NoticeStoreTests.start.adding(seconds: Int64(index))
                try await send(draft("\(index)"), to: [wang], at: at, database)
            }
            let all = try await list(wang, database), read = [all[0].id, all[2].id]
            try await database.write { db in
                for id in read { try NoticeStore(db).markRead(id, of: wang, now: .now) }
            }
            let whole = try await list(wang, database)
            #expect(whole.map { String($0.text.last!) } == ["3", "1", "0", "4", "2"])
            #expect(whole.map(\.isUnread) == [true, true, true, false, false])
            var seen: [ID<Notice>] = [], after: (isUnread: Bool, at: Timestamp, id: ID<Notice>)?
            while true {
                let place = after
                let slice = try await database.read {
                    try NoticeStore($0).list(of: wang, onlyUnread: false, after: place, limit: 2)
                }
                guard let last = slice.last else { break }
                seen += slice.map(\.id)
                after = (last.isUnread, last.at, last.id)
            }
            #expect(seen == whole.map(\.id))
            #expect(try await list(wang, database, onlyUnread: true).count == 3)
            let counts = try await database.read { db in
                (
                    try NoticeStore(db).count(of: wang, onlyUnread: false),
                    try NoticeStore(db).count(of: wang, onlyUnread: true)
                )
            }
            #expect(counts == (5, 3))
        }
    }

    @Test("The number for the page head counts to a limit", arguments: TestDatabase.allCases)
    func number(_ kind: TestDatabase) async throws {
        try await run(kind) { (database: Database) async throws in
            try await database.write { db in
                for index in 0..<(Notice.mostCounted + 2) {
                    try Notices.send(draft("\(index)"), to: [wang], now: .now, on: db)
                }
            }
            try await send(draft("x"), to: [zhao], database)
            func count(_ person: ID<Person>) async throws -> Int? {
                try await database.read { db in
                    let number = NoticeStore.unread(of: "p.person_id")
                    return try db.value(
                        "SELECT \(number) FROM (SELECT CAST(\(person) AS TEXT) AS person_id) AS p", as: Int.self)
                }
            }
            #expect(try await count(wang) == Notice.mostCounted)
            #expect(try await count(zhao) == 1)
            #expect(try await count(.new()) == 0)
        }
    }

    @Test("Nobody opens or marks another's", arguments: TestDatabase.allCases)
    func others(_ kind: TestDatabase) async throws {
        try await run(kind) { (database: Database) async throws in
            try await send(draft("a"), to: [wang], database)
            let id = try #require(try await list(wang, database).first).id
            await #expect(throws: DomainError.self) {
                _ = try await database.read { try NoticeStore($0).find(id, of: zhao) }
            }
            try await database.write { try NoticeStore($0).markRead(id, of: zhao, now: .now) }
            try await database.write { try NoticeStore($0).markAllRead(of: zhao, until: .now, now: .now) }
            #expect(try await list(wang, database).map(\.isUnread) == [true])
        }
    }

    @Test("What comes while she reads the page stays unread", arguments: TestDatabase.allCases)
    func all(_ kind: TestDatabase) async throws {
        try await run(kind) { (database: Database) async throws in
            let page = NoticeStoreTests.start.adding(seconds: 10)
            try await send(draft("a"), to: [wang], database)
            try await send(draft("b"), to: [wang], at: page.adding(seconds: 1), database)
            try await database.write { try NoticeStore($0).markAllRead(of: wang, until: page, now: .now) }
            #expect(try await list(wang, database, onlyUnread: true).map(\.text) == ["光的折射 b"])
        }
    }

    @Test("Of many that take each other's place one is unread", arguments: TestDatabase.allCases)
    func replacing(_ kind: TestDatabase) async throws {
        try await run(kind) { (database: Database) async throws in
            try await database.write { db in
                for index in 0..<1_000 {
                    // A desk: the day is the key, so a thousand of one day are one.
                    let key = "desk/\(index < 900 ? 1 : 2)"
                    try Notices.send(draft(key, isReplacing: true), to: [wang], now: .now, on: db)
                }
            }
            try await send(draft("desk/3", path: "/lessons/2", isReplacing: true), to: [wang], database)
            #expect(Set(try await list(wang, database).map(\.text)) == ["光的折射 desk/2", "光的折射 desk/3"])
            // What was read stays.
            try await database.write { try NoticeStore($0).markAllRead(of: wang, until: .now, now: .now) }
            try await send(draft("desk/4", isReplacing: true), to: [wang], database)
            #expect(try await list(wang, database).count == 3)
        }
    }

    @Test("A kind that somebody does not want is not told, a duty always is", arguments: TestDatabase.allCases)
    func muted(_ kind: TestDatabase) async throws {
        try await run(kind) { (database: Database) async throws in
            let names: Set<String> = [NoticeStoreTests.news.name, NoticeStoreTests.duty.name]
            try await database.write { try NoticeStore($0).setMuted(names, by: wang, now: .now) }
            for draft in [draft("a"), draft("b", NoticeStoreTests.duty)] {
                try await send(draft, to: [wang, zhao], database)
            }
            #expect(try await list(wang, database).map(\.kind) == [NoticeStoreTests.duty.name])
            #expect(try await list(zhao, database).count == 2)
            try await database.write { try NoticeStore($0).setMuted([], by: wang, now: .now) }
            try await send(draft("c"), to: [wang], database)
            #expect(try await list(wang, database).count == 2)
            #expect(try await database.read { try NoticeStore($0).muted(by: wang) }.isEmpty)
        }
    }

    @Test("Read ones go after 90 days, unread ones after 365", arguments: TestDatabase.allCases)
    func ends(_ kind: TestDatabase) async throws {
        try await run(kind) { (database: Database) async throws in
            let start = NoticeStoreTests.start
            for key in ["read", "unread"] { try await send(draft(key), to: [wang], database) }
            let first = try #require(try await list(wang, database).first { $0.text.hasSuffix(" read") }).id
            try await database.write { try NoticeStore($0).markRead(first, of: wang, now: start.adding(days: 10)) }
            func left(after days: Int64) async throws -> Int {
                try await Notices.forgetOld(database, now: start.adding(days: days))
                return try await list(wang, database).count
            }
            let counts = [
                try await left(after: 99), try await left(after: 100), try await left(after: 364),
                try await left(after: 365),
            ]
            #expect(counts == [2, 1, 1, 0])
        }
    }

    @Test("A line is one line and not too long")
    func line() {
        let long = NoticeDraft(.jobDone, "一\n二\r\n三" + String(repeating: "长", count: 300), path: "/x", key: "k")
        #expect(long.text.count == NoticeDraft.longest && long.text.hasPrefix("一 二 三长") && long.text.hasSuffix("…"))
        #expect(NoticeDraft(.jobDone, "短", path: "/x", key: "k").text == "短")
    }

    @Test("A notice that waits for its receivers is the same when it is read back")
    func coding() throws {
        for receiver in [
            NoticeReceiver.account(.new()), .holders(of: "resources.item.review", at: OrganisationPath("0001/0002/")),
        ] {
            let posted = NoticePosted(draft("a", isReplacing: true), to: receiver, at: NoticeStoreTests.start)
            let read = try JSONDecoder().decode(NoticePosted.self, from: try JSONEncoder().encode(posted))
            #expect(read.receiver == receiver && read.notice == posted.notice && read.at == NoticeStoreTests.start)
        }
    }
}
