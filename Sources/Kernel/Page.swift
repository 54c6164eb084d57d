/// A slice of a list in a fixed order, continued by `next` (the sort key and id of the last row, opaque to the asker).
@usableFromInline package struct Page<Item: Sendable>: Sendable {
    @usableFromInline package let items: [Item]
    @usableFromInline package let total: Int
    /// Whether there are more than `total`: somebody stopped counting there, because counting all would cost more than the
    /// page itself.
    @usableFromInline package let isTotalBounded: Bool
    /// What to send as `after` for the following slice; `nil` at the end.
    @usableFromInline package let next: String?

    package init(items: [Item], total: Int, isTotalBounded: Bool = false, next: String?) {
        (self.items, self.total, self.isTotalBounded, self.next) = (items, total, isTotalBounded, next)
    }

    package func map<Other: Sendable>(_ transform: (Item) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(items: try items.map(transform), total: total, isTotalBounded: isTotalBounded, next: next)
    }
}
