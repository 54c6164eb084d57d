import Foundation
import Kernel
import Logging

/// What a connection is opened for.
enum ConnectionUse: Sendable { case shortReads, longReads, writes }

/// A thread's connection, opened when first needed and again after it broke.
final class Holder: @unchecked Sendable {
    private let location: DatabaseLocation
    private let use: ConnectionUse
    private var connection: Connection?

    init(_ location: DatabaseLocation, for use: ConnectionUse, first: Connection?) {
        (self.location, self.use, connection) = (location, use, first)
    }

    func get() throws -> Connection {
        if let connection, connection.isUsable { return connection }
        let fresh = try Database.connect(location, for: use)
        connection = fresh
        return fresh
    }

    func drop() { connection = nil }
}

final class ThreadGroup: @unchecked Sendable {
    private let group = DispatchGroup()

    func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        group.enter()
        let thread = Thread { [group] in
            body()
            group.leave()
        }
        thread.name = name
        thread.stackSize = 4 << 20
        thread.start()
    }

    func join() { group.wait() }
}

enum Reader {
    static func serve(_ queue: WorkQueue, _ holder: Holder) {
        while let work = queue.take(1).first {
            do {
                let connection = try holder.get()
                guard work.begin(on: connection) else {
                    work.fail(CancellationError())
                    continue
                }
                work.run(connection)
                work.end()
                if connection.isInTransaction || !connection.isUsable { holder.drop() }
                // A server restart breaks idle connections; the body only reads, so it may run again on a fresh one.
                if case .connectionLost = work.failureOfBody() as? DatabaseError, !work.isCancelled {
                    holder.drop()
                    work.run(try holder.get())
                }
                work.finish()
            } catch {
                work.fail(error)
            }
        }
    }
}

enum SQLiteWriter {
    /// Group commit: all writes that wait share one transaction, each in its own savepoint, and are answered after the
    /// commit. When the group as a whole fails, each runs again alone, so that one bad body harms only itself.
    static func serve(_ queue: WorkQueue, _ holder: Holder, groupLimit: Int, logger: Logger) {
        while true {
            let group = queue.take(groupLimit)
            if group.isEmpty { return }
            let live = group.filter { work in
                let isCancelled = work.isCancelled
                if isCancelled { work.fail(CancellationError()) }
                return !isCancelled
            }
            if live.isEmpty { continue }
            do {
                try commit(live, on: try holder.get())
                for work in live { work.finish() }
            } catch  where live.count > 1 {
                logger.warning("group commit failed, running its writes singly", metadata: ["error": "\(error)"])
                dropIfStuck(holder)
                for work in live { alone(work, holder) }
            } catch {
                dropIfStuck(holder)
                live[0].fail(error)
            }
        }
    }

    private static func alone(_ work: Work, _ holder: Holder) {
        do {
            try commit([work], on: try holder.get())
            work.finish()
        } catch {
            dropIfStuck(holder)
            work.fail(error)
        }
    }

    /// A connection whose rollback failed too would refuse every later BEGIN.
    private static func dropIfStuck(_ holder: Holder) {
        if let connection = try? holder.get(), connection.isInTransaction { holder.drop() }
    }

    private static func commit(_ group: [Work], on connection: Connection) throws {
        try connection.script("BEGIN IMMEDIATE")
        do {
            for work in group {
                try connection.script("SAVEPOINT work")
                work.run(connection)
                // A full disk or an I/O fault ends the whole transaction under the body's feet.
                guard connection.isInTransaction else { throw work.failureOfBody() ?? DatabaseError.closed }
                if work.failureOfBody() != nil { try connection.script("ROLLBACK TO work") }
                try connection.script("RELEASE work")
            }
            try connection.script("COMMIT")
        } catch {
            if connection.isInTransaction { try? connection.script("ROLLBACK") }  // the first error is the one to tell
            throw error
        }
    }
}

enum PostgresWriter {
    private static let attempts = 24

    static func serve(_ queue: WorkQueue, _ holder: Holder, logger: Logger) {
        while let work = queue.take(1).first {
            if work.isCancelled {
                work.fail(CancellationError())
                continue
            }
            attempt(work, holder, logger)
        }
    }

    /// SERIALIZABLE gives every body the same guarantee as SQLite's single writer; what collides runs again.
    private static func attempt(_ work: Work, _ holder: Holder, _ logger: Logger) {
        for round in 1... {
            var isCommitting = false
            do {
                let connection = try holder.get()
                try connection.script("BEGIN ISOLATION LEVEL SERIALIZABLE")
                work.run(connection)
                if let error = work.failureOfBody() {
                    if connection.isUsable { try connection.script("ROLLBACK") }
                    if !mayRunAgain(error, round) { return work.finish() }
                    pause(round)
                    continue
                }
                isCommitting = true
                try connection.script("COMMIT")
                return work.finish()
            } catch {
                holder.drop()
                // After COMMIT was sent its fate is unknown: running the body again could do it twice.
                if isCommitting, case DatabaseError.connectionLost(let text) = error {
                    return work.fail(DatabaseError.outcomeUnknown(text))
                }
                if !mayRunAgain(error, round) { return work.fail(error) }
                logger.info("write runs again", metadata: ["error": "\(error)", "round": "\(round)"])
                pause(round)
            }
        }
    }

    /// Bodies that collided must not collide again at once: up to 2, 4, 8 … milliseconds, at random.
    private static func pause(_ round: Int) {
        usleep(UInt32.random(in: 0..<(1000 << UInt32(min(round, 6)))))
    }

    private static func mayRunAgain(_ error: any Error, _ round: Int) -> Bool {
        switch error as? DatabaseError {
        case .serializationFailure: round < attempts
        case .connectionLost: round < 3
        default: false
        }
    }
}
