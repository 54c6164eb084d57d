import Database
import Kernel
import Platform
import Synchronization
import TestKit
import Testing

private struct LessonShared: DomainEvent {
    static let kind = "test.lesson.shared"
    let title: String
}

@Suite("事件") struct OutboxTests {
    @Test(arguments: TestDatabase.allCases)
    func `an event is delivered after its transaction, and never without it`(on kind: TestDatabase) async throws {
        struct Undone: Error {}
        try await kind.withDatabase { (database: Database, _: String) async throws in
            try await database.write { try Outbox.post(LessonShared(title: "光的折射"), on: $0) }
            try? await database.write { db in  // the body means to fail
                try Outbox.post(LessonShared(title: "没有发生"), on: db)
                throw Undone()
            }
            let heard = Mutex<[String]>([])
            let receiver = EventReceiver(LessonShared.self) { event in heard.withLock { $0.append(event.title) } }
            let delivery = EventDelivery(database: database, receivers: [receiver])
            #expect(try await delivery.deliver() == 1)
            #expect(try await delivery.deliver() == 0)
            #expect(heard.withLock { $0 } == ["光的折射"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a receiver that fails is asked again later and parked after five times`(on kind: TestDatabase) async throws {
        struct Deaf: Error {}
        try await kind.withDatabase { (database: Database, _: String) async throws in
            try await database.write { try Outbox.post(LessonShared(title: "光的折射"), on: $0) }
            let asked = Mutex(0)
            let receiver = EventReceiver(LessonShared.self) { _ in
                asked.withLock { $0 += 1 }
                throw Deaf()
            }
            let delivery = EventDelivery(database: database, receivers: [receiver])
            var now = Timestamp.now
            _ = try await delivery.deliver(now: now)
            #expect(try await delivery.deliver(now: now) == 0)
            for _ in 0..<10 {
                now = now.adding(days: 1)
                _ = try await delivery.deliver(now: now)
            }
            #expect(asked.withLock { $0 } == 5)
        }
    }
}
