import Kernel

/// Tells people of one birthday apart in their numbers.
struct Birthdays: Sendable {
    private var next: [LocalDate: Int] = [:]

    /// How many with the birthday came before.
    mutating func take(_ day: LocalDate) -> Int {
        defer { next[day, default: 0] += 1 }
        return next[day] ?? 0
    }
}
