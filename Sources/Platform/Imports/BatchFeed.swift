import Foundation
import Synchronization

/// Hands what a reading thread finds to an async consumer, a thousand at a time. The thread stays at most two batches ahead,
/// so memory does not grow with what is read and no task blocks while it is parsed.
package final class BatchFeed<Element: Sendable>: Sendable {
    private struct Stopped: Error {}

    private struct State {
        var ready: [[Element]] = []
        var waiting: CheckedContinuation<[Element]?, any Error>?
        var end: Result<Void, any Error>?
        var isCancelled = false
    }

    private static var length: Int { 1000 }
    private let state = Mutex(State())
    /// Made empty and filled: a semaphore must not go below its first value when it is freed.
    private let room = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - name: of the thread.
    ///   - produce: reads everything and hands over one element after the other. It blocks.
    package init(_ name: String, _ produce: @escaping @Sendable (_ hand: (Element) throws -> Void) throws -> Void) {
        for _ in 0..<2 { room.signal() }
        let thread = Thread { [self] in read(produce) }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// The next elements; `nil` after the last.
    /// - Throws: what reading throws.
    package func next() async throws -> [Element]? {
        try await withCheckedThrowingContinuation { continuation in
            state.withLock { state in
                if !state.ready.isEmpty {
                    continuation.resume(returning: state.ready.removeFirst())
                    room.signal()
                } else if let end = state.end {
                    continuation.resume(with: end.map { _ in nil as [Element]? })
                } else {
                    state.waiting = continuation
                }
            }
        }
    }

    /// Lets the thread end when the consumer wants no more.
    package func cancel() {
        state.withLock { $0.isCancelled = true }
        room.signal()
    }

    private func read(_ produce: (_ hand: (Element) throws -> Void) throws -> Void) {
        do {
            var batch: [Element] = []
            try produce { element in
                batch.append(element)
                if batch.count == BatchFeed.length {
                    try hand(over: batch)
                    batch.removeAll(keepingCapacity: true)
                }
            }
            if !batch.isEmpty { try hand(over: batch) }
            end(.success(()))
        } catch {
            end(.failure(error))
        }
    }

    private func hand(over batch: [Element]) throws {
        room.wait()
        try state.withLock { state in
            if state.isCancelled { throw Stopped() }
            if let waiting = state.waiting {
                state.waiting = nil
                waiting.resume(returning: batch)
                room.signal()
            } else {
                state.ready.append(batch)
            }
        }
    }

    private func end(_ result: Result<Void, any Error>) {
        state.withLock { state in
            state.end = result
            state.waiting?.resume(with: result.map { _ in nil as [Element]? })
            state.waiting = nil
        }
    }
}
