import Kernel

/// Which days schools teach: working days outside the vacations.
package protocol SchoolDays: Sendable {
    func isSchoolDay(_ day: LocalDate) -> Bool
}
