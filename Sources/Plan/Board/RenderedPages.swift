import Synchronization
import Web

/// Markup that depends on nothing but a board and what was asked of it, kept so that a page asked for again is copied
/// and not built anew. Belongs to one board and goes with it.
final class RenderedPages: Sendable {
    private static let limit = 16
    private let kept = Mutex<[(key: String, markup: HTML)]>([])

    /// The markup under the key, made when it is not there. Two askers at once may both make it.
    func markup(_ key: String, _ make: () throws -> HTML) rethrows -> HTML {
        if let known = find(key) { return known }
        let markup = try make()
        kept.withLock { kept in
            guard !kept.contains(where: { $0.key == key }) else { return }
            kept.append((key, markup))
            if kept.count > RenderedPages.limit { kept.removeFirst() }
        }
        return markup
    }

    /// What is found moves to the end, where it stays longest.
    private func find(_ key: String) -> HTML? {
        kept.withLock { kept in
            guard let index = kept.firstIndex(where: { $0.key == key }) else { return nil }
            let found = kept.remove(at: index)
            kept.append(found)
            return found.markup
        }
    }
}
