import Synchronization

/// A request on its way: waiting, being carried, or given up. Its asker is answered once.
final class Transfer: Sendable {
    private struct State {
        var asker: CheckedContinuation<OutboundResponse, any Error>?
        var answer: Result<OutboundResponse, any Error>?
    }

    let request: OutboundRequest
    let deadline: ContinuousClock.Instant
    private let state = Mutex(State())

    init(_ request: OutboundRequest) {
        self.request = request
        deadline = .now + .seconds(request.timeout)
    }

    /// Also an answer that came before the asker, from a task cancelled at the very start.
    func begin(_ asker: CheckedContinuation<OutboundResponse, any Error>) {
        let early = state.withLock { state in
            if state.answer == nil { state.asker = asker }
            return state.answer
        }
        if let early { asker.resume(with: early) }
    }

    /// The first answer counts; a later one is dropped.
    func answer(_ result: Result<OutboundResponse, any Error>) {
        let asker = state.withLock { state -> CheckedContinuation<OutboundResponse, any Error>? in
            guard state.answer == nil else { return nil }
            state.answer = result
            defer { state.asker = nil }
            return state.asker
        }
        asker?.resume(with: result)
    }

    /// Whether nobody waits any more.
    var isAnswered: Bool { state.withLock { $0.answer != nil } }

    /// Milliseconds until the deadline.
    var remaining: Int {
        let left = ContinuousClock.now.duration(to: deadline).components
        return Int(left.seconds) * 1000 + Int(left.attoseconds / 1_000_000_000_000_000)
    }
}
