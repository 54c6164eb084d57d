import Synchronization

/// What a test throws in the place of a server that is killed.
struct Stopped: Error {}

/// Stops the work at the step of a number, once.
final class Stop: Sendable {
    private let steps = Mutex(0)
    private let at: Int
    init(at step: Int) { at = step }
    var reached: Bool { steps.withLock { $0 > at } }

    func pause() throws {
        let isHere = steps.withLock { steps in
            steps += 1
            return steps == at + 1
        }
        if isHere { throw Stopped() }
    }
}
