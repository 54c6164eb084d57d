import Kernel

/// Schools went over into a new school year: classes closed and opened, pupils went on or left.
package struct YearRolledOver: DomainEvent {
    package static let kind = "school_affairs.year.rolled_over"
    /// The calendar year in which the new school year begins.
    package let year: Int
    /// Which run it was.
    package let run: String
    package let schools: [String]
    /// The first day of the new state.
    package let day: String

    package init(year: Int, run: String, schools: [String], day: String) {
        (self.year, self.run, self.schools, self.day) = (year, run, schools, day)
    }
}

/// A rollover was taken back for these schools: their classes and pupils stand as before it.
package struct YearRolloverUndone: DomainEvent {
    package static let kind = "school_affairs.year.rollover_undone"
    package let year: Int
    package let run: String
    package let schools: [String]

    package init(year: Int, run: String, schools: [String]) {
        (self.year, self.run, self.schools) = (year, run, schools)
    }
}
