import Kernel

/// Which days offices work: weekends, public holidays and the days worked in their place. Clocks that the law counts in
/// 工作日 go by it.
package protocol WorkDays: Sendable {
    /// The day by whose end so many working days after the day have passed.
    func day(after day: LocalDate, workingDays count: Int) -> LocalDate
}
