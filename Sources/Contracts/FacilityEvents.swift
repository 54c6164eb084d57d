import Kernel

/// Values of the facility register changed for these schools.
package struct FacilityRegisterChanged: DomainEvent {
    package static let kind = "connectivity.register.changed"
    package let schools: Int
    package let from: String

    package init(schools: Int, from: String) { (self.schools, self.from) = (schools, from) }
}
