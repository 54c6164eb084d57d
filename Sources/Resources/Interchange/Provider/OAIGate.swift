import Kernel
import Synchronization

/// Keeps harvesters from taking the platform away from people: so many requests a minute from one address, and so many at
/// once from all.
final class OAIGate: Sendable {
    private struct Window { var minute: Int64; var count: Int }

    private let perMinute: Int
    private let atOnce: Int
    private let state = Mutex<(busy: Int, windows: [String: Window])>((0, [:]))

    init(perMinute: Int = 600, atOnce: Int = 8) { (self.perMinute, self.atOnce) = (perMinute, atOnce) }

    /// Lets in, or tells after how many seconds to come again. Whoever was let in leaves.
    func enter(_ address: String, now: Timestamp) -> Int? {
        let minute = now.milliseconds / 60_000
        return state.withLock { state in
            guard state.busy < atOnce else { return 5 }
            if state.windows.count > 10_000 { state.windows = state.windows.filter { $0.value.minute == minute } }
            var window = state.windows[address] ?? Window(minute: minute, count: 0)
            if window.minute != minute { window = Window(minute: minute, count: 0) }
            guard window.count < perMinute else {
                return max(1, 60 - Int(now.milliseconds / 1000 % 60))
            }
            window.count += 1
            state.windows[address] = window
            state.busy += 1
            return nil
        }
    }

    func leave() { state.withLock { $0.busy -= 1 } }
}
