import Database
import Kernel

/// A school at which a person learns, works or has a child.
package struct LookPlace: Sendable, Equatable {
    package let organisation: OrganisationID
    package let name: String
    package let path: OrganisationPath
    /// The class of a pupil, or of the child of a guardian.
    package let classGroup: ID<ClassGroup>?
}

/// Where, and how far, a user may see the sealed data of a person on a day.
package struct LookAccess: Sendable {
    package let place: LookPlace
    /// She leads the person's class and may see what a class teacher needs of it.
    let isOfOwnClass: Bool

    /// The role that reads the record of looks. Whoever holds it at a place does not look there herself, whatever else
    /// she is: nobody oversees her own deeds.
    package static let officerRole = "data_officer"

    /// `nil` when the user may not.
    package static func find(
        _ user: CurrentUser, _ person: ID<Person>, on day: LocalDate, _ db: Connection
    ) throws -> LookAccess? {
        guard user.may(.personLook) || user.may(.classLook) else { return nil }
        let places = try LookStore(db).places(of: person, on: day).filter { place in
            !user.grants.contains { $0.role == officerRole && $0.path.contains(place.path) }
        }
        if let place = places.first(where: { user.may(.personLook, at: $0.path) }) {
            return LookAccess(place: place, isOfOwnClass: false)
        }
        let own = places.filter { $0.classGroup != nil && user.may(.classLook, at: $0.path) }
        if own.isEmpty { return nil }
        let led = Set(try ClassGroupStore(db).classes(of: user.person, as: .homeroom, on: day).map(\.id))
        return own.first { $0.classGroup.map(led.contains) ?? false }.map {
            LookAccess(place: $0, isOfOwnClass: true)
        }
    }

    func admits(_ item: LookItem) -> Bool { !isOfOwnClass || item.isForClassTeachers }
}
