import Foundation

/// One read or write on its way: waiting, running on a connection, or given up by its asker.
final class Work: Sendable {
    private struct State {
        var isCancelled = false
        var interrupt: (() -> Void)?
    }
    /// The closure only reaches `sqlite3_interrupt` and `PQcancel`, which may be called from any thread.
    private final class Guarded: @unchecked Sendable { var state = State() }
    private let guarded = Guarded()
    private let lock = NSLock()
    /// Runs the body and keeps what it gives.
    let run: @Sendable (Connection) -> Void
    /// Answers the asker with an error that is not the body's own.
    let fail: @Sendable (any Error) -> Void
    /// Answers the asker with what the body gave or threw.
    let finish: @Sendable () -> Void
    let failureOfBody: @Sendable () -> (any Error)?

    init(
        run: @escaping @Sendable (Connection) -> Void, fail: @escaping @Sendable (any Error) -> Void,
        finish: @escaping @Sendable () -> Void, failureOfBody: @escaping @Sendable () -> (any Error)?
    ) {
        (self.run, self.fail, self.finish, self.failureOfBody) = (run, fail, finish, failureOfBody)
    }

    var isCancelled: Bool { lock.withLock { guarded.state.isCancelled } }

    func cancel() {
        lock.withLock {
            guarded.state.isCancelled = true
            guarded.state.interrupt?()
        }
    }

    /// Marks the body as running, so that a cancellation interrupts the statement; `false` when it was cancelled before.
    func begin(on connection: Connection) -> Bool {
        lock.withLock {
            if guarded.state.isCancelled { return false }
            guarded.state.interrupt = { connection.interrupt() }
            return true
        }
    }

    func end() { lock.withLock { guarded.state.interrupt = nil } }
}

/// A bounded first-in-first-out queue that worker threads wait on.
final class WorkQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private var waiting: [Work] = []
    private var head = 0
    private var isClosed = false
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func add(_ work: Work) throws {
        condition.lock()
        defer { condition.unlock() }
        if isClosed { throw DatabaseError.closed }
        if waiting.count - head >= limit { throw DatabaseError.overloaded }
        waiting.append(work)
        condition.signal()
    }

    /// Up to `count` pieces of work; waits for the first. Empty when the queue is closed and drained.
    func take(_ count: Int) -> [Work] {
        condition.lock()
        defer { condition.unlock() }
        while head == waiting.count && !isClosed { condition.wait() }
        let end = min(head + count, waiting.count)
        let taken = Array(waiting[head..<end])
        head = end
        if head == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1024 {
            waiting.removeFirst(head)
            head = 0
        }
        return taken
    }

    var depth: Int {
        condition.lock()
        defer { condition.unlock() }
        return waiting.count - head
    }

    func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }
}
