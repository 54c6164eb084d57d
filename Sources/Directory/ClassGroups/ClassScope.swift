import Database
import Kernel

/// The classes a viewer may reach on a day: all classes of some schools, and those she leads or teaches herself.
package struct ClassScope: Sendable {
    /// Every class here.
    let all: DataScope
    /// Of the classes here, those of the person.
    let own: DataScope
    let person: ID<Person>?
    let day: LocalDate

    private init(all: DataScope, own: DataScope, person: ID<Person>?, day: LocalDate) {
        (self.all, self.own, self.person, self.day) = (all, own, person, day)
    }

    /// What the user may see on the day: with `classAll` every class of the organisation, with `classView` alone the
    /// classes she leads or teaches on the day. A teacher whose role at the school has ended sees none there, even when
    /// nobody has ended her duty for the class yet.
    package init(_ user: CurrentUser, on day: LocalDate) {
        self.init(
            all: user.scope(of: .classAll), own: user.scope(of: .classView), person: user.person, day: day)
    }

    /// The classes that the user may change.
    package static func editing(_ user: CurrentUser, on day: LocalDate) -> ClassScope {
        ClassScope(all: user.scope(of: .classEdit), own: .nothing, person: nil, day: day)
    }

    /// The classes that the user leads (班主任) on the day, with the permission at their school.
    package static func led(by user: CurrentUser, with permission: Permission, on day: LocalDate) -> ClassScope {
        ClassScope(all: .nothing, own: user.scope(of: permission), person: user.person, day: day, onlyLed: true)
    }

    /// For commands run by the operator, for jobs and for questions that a right answered before.
    package static let everything = ClassScope(
        all: .everything, own: .nothing, person: nil, day: OrganisationService.always)

    private(set) var onlyLed = false

    init(all: DataScope, own: DataScope, person: ID<Person>?, day: LocalDate, onlyLed: Bool) {
        self.init(all: all, own: own, person: person, day: day)
        self.onlyLed = onlyLed
    }

    /// The condition over `directory_class_group c` joined with `directory_organisation o`.
    var condition: SQL {
        guard let person, !own.isEmpty else { return SQL.within(all, "o.path") }
        let led: SQL = onlyLed ? " AND t.kind = 'homeroom'" : ""
        let mine: SQL =
            """
            (\(SQL.within(own, "o.path")) AND c.id IN (SELECT t.class_id FROM directory_class_post t
                WHERE t.person_id = \(person) AND t.valid_from <= \(day)
                    AND (t.valid_to IS NULL OR t.valid_to > \(day))\(led)))
            """
        return all.isEmpty ? mine : "(\(SQL.within(all, "o.path")) OR \(mine))"
    }
}
