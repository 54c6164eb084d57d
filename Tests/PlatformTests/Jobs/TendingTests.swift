import Kernel
import Synchronization
import Testing

@testable import Platform

@Suite struct `Steps of background work` {
    private struct Broken: Error { let number: Int }

    @Test func `a step that fails stops no other, and the first failure is told`() async throws {
        let done = Mutex<[Int]>([])
        let steps = (1...4).map { number in
            { @Sendable () async throws -> Void in
                if number.isMultiple(of: 2) { throw Broken(number: number) }
                done.withLock { $0.append(number) }
            }
        }
        let error = await #expect(throws: Broken.self) { try await Tending.each(steps) }
        #expect(error?.number == 2)
        #expect(done.withLock { $0 } == [1, 3])
    }

    @Test func `work that is to end begins no further step`() async throws {
        let done = Mutex(0)
        await #expect(throws: CancellationError.self) {
            try await Tending.each([{ throw CancellationError() }, { done.withLock { $0 += 1 } }])
        }
        #expect(done.withLock { $0 } == 0)
    }
}
