import Foundation
import Kernel

/// A few threads that do slow, memory-hungry work, so that event loops and database threads never do. What waits is
/// bounded: above the limit a caller is refused at once instead of everybody waiting for minutes.
final class HashingPool: @unchecked Sendable {
    private struct Job {
        let number: UInt64
        let run: @Sendable () -> Void
        let abandon: @Sendable (any Error) -> Void
    }

    private let queueLimit: Int
    private let condition = NSCondition()
    private var queue: [Job] = []
    private var lastNumber: UInt64 = 0
    private var isClosed = false
    private var liveThreads: Int
    private var whenStopped: [CheckedContinuation<Void, Never>] = []

    /// - Parameters:
    ///   - threads: how much runs at once.
    ///   - queueLimit: how much may wait.
    init(threads: Int, queueLimit: Int) {
        precondition(threads > 0 && queueLimit > 0)
        self.queueLimit = queueLimit
        liveThreads = threads
        for index in 1...threads {
            let thread = Thread { [self] in serve() }
            thread.name = "password-\(index)"
            thread.start()
        }
    }

    /// How much waits, not counting what runs.
    var waitingCount: Int { condition.withLock { queue.count } }

    /// Runs the work on a thread of the pool. A task that is cancelled while it waits leaves the queue.
    /// - Throws: `DomainError.unavailable` when the queue is full or the pool closed, `CancellationError`, or what
    ///   the work throws.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let number = condition.withLock {
            lastNumber += 1
            return lastNumber
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
                let job = Job(
                    number: number,
                    run: { continuation.resume(with: Result(catching: work)) },
                    abandon: { continuation.resume(throwing: $0) })
                guard add(job) else {
                    return job.abandon(DomainError.unavailable("登录人数较多，请稍后再试"))
                }
                // The task may have been cancelled before the job was there to be withdrawn.
                if Task.isCancelled { withdraw(number) }
            }
        } onCancel: {
            withdraw(number)
        }
    }

    /// Takes no more work; what waits is still done. The threads end afterwards.
    func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }

    /// `close`, and returns when all is done and the threads have ended.
    func shutdown() async {
        close()
        await withCheckedContinuation { continuation in
            let isStopped = condition.withLock {
                if liveThreads > 0 { whenStopped.append(continuation) }
                return liveThreads == 0
            }
            if isStopped { continuation.resume() }
        }
    }

    private func add(_ job: Job) -> Bool {
        condition.withLock {
            guard !isClosed, queue.count < queueLimit else { return false }
            queue.append(job)
            condition.signal()
            return true
        }
    }

    private func withdraw(_ number: UInt64) {
        let job = condition.withLock { () -> Job? in
            queue.firstIndex { $0.number == number }.map { queue.remove(at: $0) }
        }
        job?.abandon(CancellationError())
    }

    private func serve() {
        while let job = next() { job.run() }
        let waiters = condition.withLock { () -> [CheckedContinuation<Void, Never>] in
            liveThreads -= 1
            guard liveThreads == 0 else { return [] }
            defer { whenStopped = [] }
            return whenStopped
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits for work; `nil` when the pool is closed and nothing is left.
    private func next() -> Job? {
        condition.withLock {
            while queue.isEmpty {
                if isClosed { return nil }
                condition.wait()
            }
            return queue.removeFirst()
        }
    }
}
