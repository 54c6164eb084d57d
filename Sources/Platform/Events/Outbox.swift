import Database
import Foundation
import Kernel

enum EventSchema {
    static let statements = [
        """
        CREATE TABLE platform_event (
            id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, payload TEXT NOT NULL, at INTEGER NOT NULL,
            delivered_at INTEGER, attempts INTEGER NOT NULL, due_at INTEGER NOT NULL, failure TEXT NOT NULL)
        """,
        "CREATE INDEX platform_event_due ON platform_event (delivered_at, due_at)",
    ]
}

/// Events on their way to other contexts.
package enum Outbox {
    /// Part of the transaction of the deed; delivered after it.
    package static func post<Event: DomainEvent>(_ event: Event, now: Timestamp = .now, on db: Connection) throws {
        let payload = String(decoding: try JSONEncoder().encode(event), as: UTF8.self)
        try db.execute(
            """
            INSERT INTO platform_event (id, kind, payload, at, attempts, due_at, failure)
            VALUES (\(Identifiers.next()), \(Event.kind), \(payload), \(now), 0, \(now), '')
            """)
    }
}

/// A context's ear for one kind of event.
package struct EventReceiver: Sendable {
    let kind: String
    let receive: @Sendable (String) async throws -> Void

    package init<Event: DomainEvent>(_ type: Event.Type, _ receive: @escaping @Sendable (Event) async throws -> Void) {
        kind = Event.kind
        self.receive = { payload in
            try await receive(try JSONDecoder().decode(Event.self, from: Data(payload.utf8)))
        }
    }
}

/// Hands stored events to their receivers, in order of writing, with growing pauses after failures; parked after five.
package struct EventDelivery: Sendable {
    let database: Database
    let receivers: [EventReceiver]
    static let attempts = 5

    package init(database: Database, receivers: [EventReceiver]) {
        (self.database, self.receivers) = (database, receivers)
    }

    private struct Stored: Sendable { let id: String, kind: String, payload: String, attempts: Int }

    /// Delivers what is due; returns how many events were looked at.
    package func deliver(now: Timestamp = .now) async throws -> Int {
        let due = try await database.read { db in
            try db.rows(
                """
                SELECT id, kind, payload, attempts FROM platform_event
                WHERE delivered_at IS NULL AND due_at <= \(now) AND attempts < \(EventDelivery.attempts)
                ORDER BY id LIMIT 200
                """
            ) { Stored(id: try $0.get(0), kind: try $0.get(1), payload: try $0.get(2), attempts: try $0.get(3)) }
        }
        for event in due {
            do {
                for receiver in receivers where receiver.kind == event.kind {
                    try await receiver.receive(event.payload)
                }
                try await database.write { db in
                    try db.execute(
                        "UPDATE platform_event SET delivered_at = \(now), failure = '' WHERE id = \(event.id)")
                }
            } catch {
                let pause = Int64(5 << (2 * event.attempts)), text = "\(error)"
                try await database.write { db in
                    try db.execute(
                        """
                        UPDATE platform_event SET attempts = attempts + 1, due_at = \(now.adding(seconds: pause)),
                            failure = \(text) WHERE id = \(event.id)
                        """)
                }
            }
        }
        return due.count
    }
}
