import CCurl
import Foundation
import Logging

/// Sends requests over libcurl on a few threads of its own. Follows no redirect, keeps no cookie, asks no proxy, and
/// opens connections only to addresses of the policy. One serves the whole process.
package final class OutboundClient: OutboundHTTP {
    private let queue: TransferQueue

    /// - Parameters:
    ///   - authorities: a PEM file of certificate authorities trusted besides those of the system.
    ///   - threads: requests on their way at once.
    ///   - queueLimit: requests that may wait; the next are refused.
    package init(
        policy: OutboundPolicy = OutboundPolicy(), authorities: String? = nil, threads: Int = 8,
        queueLimit: Int = 500, logger: Logger
    ) {
        precondition(threads > 0 && queueLimit > 0)
        precondition(OutboundClient.isStarted, "libcurl does not start")
        queue = TransferQueue(limit: queueLimit)
        for index in 1...threads {
            let thread = Thread { [queue] in
                let line = TransferLine(policy: policy, authorities: authorities, logger: logger)
                while let transfer = queue.take() { line.carry(transfer) }
            }
            thread.name = "outbound-\(index)"
            thread.start()
        }
    }

    deinit { queue.close() }

    /// libcurl's own start is not safe on several threads at once.
    private static let isStarted = ccurl_start() == 1

    package func send(_ request: OutboundRequest) async throws -> OutboundResponse {
        try request.check()
        let transfer = Transfer(request)
        // Also while it waits for a thread.
        let alarm = Task {
            try await Task.sleep(until: transfer.deadline, clock: .continuous)
            transfer.answer(.failure(OutboundError.timeout))
        }
        defer { alarm.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                transfer.begin(continuation)
                if !queue.add(transfer) { transfer.answer(.failure(OutboundError.unreachable)) }
            }
        } onCancel: {
            transfer.answer(.failure(CancellationError()))
        }
    }

    /// Takes no more requests and gives up those that wait; the threads end with what they are at.
    package func close() {
        for transfer in queue.close() { transfer.answer(.failure(OutboundError.unreachable)) }
    }
}

/// What waits for a thread, in the order it came.
private final class TransferQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private var waiting: [Transfer] = []
    private var isClosed = false
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func add(_ transfer: Transfer) -> Bool {
        condition.withLock {
            waiting.removeAll(where: \.isAnswered)
            guard !isClosed, waiting.count < limit else { return false }
            waiting.append(transfer)
            condition.signal()
            return true
        }
    }

    /// Waits for work; `nil` when the queue is closed.
    func take() -> Transfer? {
        condition.withLock {
            while waiting.isEmpty {
                if isClosed { return nil }
                condition.wait()
            }
            return waiting.removeFirst()
        }
    }

    @discardableResult
    func close() -> [Transfer] {
        condition.withLock {
            isClosed = true
            condition.broadcast()
            defer { waiting = [] }
            return waiting
        }
    }
}
