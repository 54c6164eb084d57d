import Foundation
import Kernel
import Logging

/// Where the data lives.
package enum DatabaseLocation: Sendable, Equatable {
    case sqlite(path: String, synchronous: SQLiteSynchronous = .full)
    /// A libpq connection string, `host=/run/postgresql dbname=santong`.
    case postgres(conninfo: String)
}

/// The database as the product sees it: transaction bodies are synchronous functions that own one connection while they
/// run. A body cannot suspend, so a transaction is never left open while something else is awaited.
///
/// Writes, and all work of PostgreSQL, run on threads that own their connection. Short reads of SQLite run on the asker's
/// own thread: they take less time than waking another.
/// Bodies may run again (PostgreSQL serialization, a failed group), so they touch nothing but the connection.
package final class Database: Sendable {
    package let location: DatabaseLocation
    let readers: WorkQueue
    let writers: WorkQueue
    private let threads: ThreadGroup
    /// SQLite only.
    private let shortReads: ReadConnections?

    package var dialect: Dialect {
        if case .postgres = location { .postgres } else { .sqlite }
    }

    /// - Parameters:
    ///   - readers: threads that answer reads, on SQLite the long ones; on PostgreSQL as many again answer writes.
    ///   - groupLimit: how many waiting writes share one SQLite commit; 1 turns group commit off.
    package init(_ location: DatabaseLocation, readers: Int = 4, groupLimit: Int = 256, logger: Logger) throws {
        self.location = location
        self.readers = WorkQueue(limit: 10_000)
        writers = WorkQueue(limit: 10_000)
        threads = ThreadGroup()
        // Opens once here, so that a wrong location is told at start. For SQLite this makes the file and sets WAL
        // before any reader comes: a read-only open of a missing file fails.
        let first = try Database.connect(location, for: .writes)
        switch location {
        case .sqlite:
            shortReads = ReadConnections { try Database.connect(location, for: .shortReads) }
            let queue = writers
            let writer = Holder(location, for: .writes, first: first)
            threads.start("sqlite-writer") { SQLiteWriter.serve(queue, writer, groupLimit: groupLimit, logger: logger) }
        case .postgres:
            shortReads = nil
            for index in 0..<readers {
                let queue = writers
                let holder = Holder(location, for: .writes, first: index == 0 ? first : nil)
                threads.start("postgres-writer-\(index)") { PostgresWriter.serve(queue, holder, logger: logger) }
            }
        }
        for index in 0..<readers {
            let queue = self.readers
            let holder = Holder(location, for: .longReads, first: nil)
            threads.start("reader-\(index)") { Reader.serve(queue, holder) }
        }
    }

    static func connect(_ location: DatabaseLocation, for use: ConnectionUse) throws -> Connection {
        switch location {
        case .sqlite(let path, let synchronous):
            try SQLiteConnection(path: path, use: use, synchronous: synchronous)
        case .postgres(let conninfo): try PostgresConnection(conninfo: conninfo)
        }
    }

    /// Runs a reading body.
    ///
    /// - Parameters:
    ///   - snapshot: makes all its statements see one state of the data.
    ///   - isLong: for bodies that go through whole tables. They get a thread of their own, so that the pages that others
    ///     ask for do not wait, and a cancelled task stops them in the middle of a statement.
    package func read<T: Sendable>(
        snapshot: Bool = false, isLong: Bool = false, _ body: @escaping @Sendable (Connection) throws -> T
    ) async throws -> T {
        if let shortReads, !isLong {
            try Task.checkCancellation()
            do { return try shortReads.use { try Database.run(body, on: $0, snapshot: snapshot) } } catch {
                throw Database.told(error)
            }
        }
        return try await submit(to: readers) { try Database.run(body, on: $0, snapshot: snapshot) }
    }

    private static func run<T>(
        _ body: (Connection) throws -> T, on connection: Connection, snapshot: Bool
    ) throws -> T {
        guard snapshot else { return try body(connection) }
        try connection.beginSnapshot()
        defer { try? connection.endSnapshot() }  // nothing was written; a broken connection is replaced anyway
        return try body(connection)
    }

    /// Runs a writing body in a transaction of its own and returns after it is on disk. Throwing undoes it all, but for
    /// `DomainError.uncertain`: then nobody knows whether it was written.
    package func write<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        guard let first = FirstWrite.current, !first.isDone else { return try await submit(to: writers, body) }
        let value = try await submit(to: writers) { db in
            try first.body(db)
            return try body(db)
        }
        first.settle()
        return value
    }

    /// Bodies that wait for a thread, `(reads, writes)`; for the metrics.
    package var waiting: (reads: Int, writes: Int) { (readers.depth, writers.depth) }

    /// Lets running and waiting bodies end, then closes all connections.
    package func close() {
        readers.close()
        writers.close()
        threads.join()
        shortReads?.close()
    }

    private func submit<T: Sendable>(
        to queue: WorkQueue, _ body: @escaping @Sendable (Connection) throws -> T
    ) async throws -> T {
        let box = WorkBox()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
                let outcome = Outcome(continuation)
                let work = Work(
                    run: { connection in outcome.result = Result { try body(connection) } },
                    fail: { outcome.resume(failing: $0) }, finish: { outcome.resume() },
                    failureOfBody: { outcome.failure })
                box.set(work)
                do { try queue.add(work) } catch { continuation.resume(throwing: Database.told(error)) }
            }
        } onCancel: {
            box.cancel()
        }
    }

    /// A full disk and a lost server are told to people in words; the rest is for the log.
    static func told(_ error: any Error) -> any Error {
        switch error as? DatabaseError {
        case .full: DomainError.unavailable("存储空间不足，暂时不能保存；查询不受影响。请联系平台管理员。")
        case .connectionLost: DomainError.unavailable("数据库暂时连接不上，请稍后再试。")
        case .outcomeUnknown: DomainError.uncertain("保存时数据库连接中断，不能确定是否已保存。请刷新本页：已保存的不会重复办理，没有保存的会重新保存。")
        case .overloaded, .serializationFailure: DomainError.unavailable("系统繁忙，请稍后再试。")
        default: error
        }
    }
}

/// What a body gave, kept until its transaction is on disk.
private final class Outcome<T: Sendable>: @unchecked Sendable {
    private let continuation: CheckedContinuation<T, any Error>
    var result: Result<T, any Error>?

    init(_ continuation: CheckedContinuation<T, any Error>) { self.continuation = continuation }

    var failure: (any Error)? {
        if case .failure(let error) = result { error } else { nil }
    }
    func resume() {
        switch result {
        case .success(let value): continuation.resume(returning: value)
        case .failure(let error): continuation.resume(throwing: Database.told(error))
        case nil: continuation.resume(throwing: CancellationError())
        }
    }
    func resume(failing error: any Error) { continuation.resume(throwing: Database.told(error)) }
}

/// Carries a cancellation to work that may not be made yet.
private final class WorkBox: @unchecked Sendable {
    private let lock = NSLock()
    private var work: Work?
    private var isCancelled = false

    func set(_ work: Work) {
        lock.withLock {
            self.work = work
            if isCancelled { work.cancel() }
        }
    }
    func cancel() {
        lock.withLock {
            isCancelled = true
            work?.cancel()
        }
    }
}

extension Database {
    /// Runs a statement that cannot stand in a transaction, such as CREATE DATABASE. PostgreSQL only; the text is the
    /// operator's or a test's own, never a person's input.
    package func outsideTransaction(_ statement: String) async throws {
        try await read { try $0.script(statement) }
    }
}
