import Foundation
import Synchronization

/// Hands the rows of a file from a reading thread to an async consumer, a thousand at a time. The thread stays at most
/// two batches ahead, so memory does not grow with the file and no task blocks while the file is parsed.
package final class SheetRowFeed: Sendable {
    package struct Line: Sendable {
        /// Position in `SheetFile.sheets`.
        package let sheet: Int
        package let row: SheetRow
    }

    private struct Stopped: Error {}

    private struct State {
        var ready: [[Line]] = []
        var waiting: CheckedContinuation<[Line]?, any Error>?
        var end: Result<Void, any Error>?
        var isCancelled = false
    }

    private static let length = 1000
    private let state = Mutex(State())
    /// Made empty and filled: a semaphore must not go below its first value when it is freed.
    private let room = DispatchSemaphore(value: 0)

    package init(_ file: SheetFile, sheets: [Int]) {
        for _ in 0..<2 { room.signal() }
        let thread = Thread { [self] in read(file, sheets) }
        thread.name = "sheet-rows"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// The next rows; `nil` after the last.
    /// - Throws: `SheetError`.
    package func next() async throws -> [Line]? {
        try await withCheckedThrowingContinuation { continuation in
            state.withLock { state in
                if !state.ready.isEmpty {
                    continuation.resume(returning: state.ready.removeFirst())
                    room.signal()
                } else if let end = state.end {
                    continuation.resume(with: end.map { _ in nil as [Line]? })
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

    private func read(_ file: SheetFile, _ sheets: [Int]) {
        do {
            var batch: [Line] = []
            for sheet in sheets {
                try file.rows(of: sheet) { row in
                    batch.append(Line(sheet: sheet, row: row))
                    if batch.count == SheetRowFeed.length {
                        try hand(over: batch)
                        batch.removeAll(keepingCapacity: true)
                    }
                }
            }
            if !batch.isEmpty { try hand(over: batch) }
            end(.success(()))
        } catch {
            end(.failure(error))
        }
    }

    private func hand(over batch: [Line]) throws {
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
            state.waiting?.resume(with: result.map { _ in nil as [Line]? })
            state.waiting = nil
        }
    }

    /// Runs blocking work on a thread of its own, away from the pool that answers requests.
    package static func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try work() }) }
            thread.name = "sheet-work"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }
}
