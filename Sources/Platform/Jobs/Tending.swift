/// Steps of background work that do not depend on each other.
package enum Tending {
    /// Does every step, whatever becomes of those before it. Throws the first failure when all are done, and at once when
    /// the work is to end.
    package static func each(_ steps: [@Sendable () async throws -> Void]) async throws {
        var failure: (any Error)?
        for step in steps {
            do { try await step() } catch let error as CancellationError { throw error } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }
}
