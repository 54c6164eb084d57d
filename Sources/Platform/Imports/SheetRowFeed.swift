import Foundation

/// The rows of a file, read on a thread of their own and handed over a thousand at a time.
package final class SheetRowFeed: Sendable {
    package struct Line: Sendable {
        /// Position in `SheetFile.sheets`.
        package let sheet: Int
        package let row: SheetRow
    }

    private let feed: BatchFeed<Line>

    package init(_ file: SheetFile, sheets: [Int]) {
        feed = BatchFeed("sheet-rows") { hand in
            for sheet in sheets { try file.rows(of: sheet) { try hand(Line(sheet: sheet, row: $0)) } }
        }
    }

    /// The next rows; `nil` after the last.
    /// - Throws: `SheetError`.
    package func next() async throws -> [Line]? { try await feed.next() }

    /// Lets the thread end when the consumer wants no more.
    package func cancel() { feed.cancel() }

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
