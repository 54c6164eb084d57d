import Kernel

/// 名册变动: what happens on one day to the classes of schools that hang together, as one deed that can be taken back as
/// one. Classes end and open, and whole grades or single pupils go on elsewhere or leave. Who is not named stays.
package struct RollMove: Sendable {
    /// Where pupils go on.
    package struct Target: Sendable, Equatable {
        package let classGroup: ID<ClassGroup>
        /// Of which grade of a 复式班 they become; `nil` is the class's first.
        package let entryYear: Int?

        package init(_ classGroup: ID<ClassGroup>, entryYear: Int? = nil) {
            (self.classGroup, self.entryYear) = (classGroup, entryYear)
        }
    }

    /// A class that opens on the day.
    package struct Opening: Sendable {
        package let id: ID<ClassGroup>
        package let school: OrganisationID
        package let draft: ClassDraft
        /// Who leads and teaches this class does so in the new one too, when she works at its school.
        package let postsFrom: ID<ClassGroup>?

        package init(id: ID<ClassGroup>, school: OrganisationID, draft: ClassDraft, postsFrom: ID<ClassGroup>? = nil) {
            (self.id, self.school, self.draft, self.postsFrom) = (id, school, draft, postsFrom)
        }
    }

    /// The pupils of one entry year in a class; `target` is `nil` when they leave the school.
    package struct Part: Sendable {
        package let classGroup: ID<ClassGroup>
        package let entryYear: Int
        package let reason: LeavingReason
        package let target: Target?

        package init(_ classGroup: ID<ClassGroup>, entryYear: Int, _ reason: LeavingReason, to target: Target?) {
            (self.classGroup, self.entryYear, self.reason, self.target) = (classGroup, entryYear, reason, target)
        }
    }

    /// A pupil who does not go with the others of her class.
    package struct Single: Sendable {
        package let enrolment: ID<Enrolment>
        package let reason: LeavingReason
        package let target: Target?

        package init(_ enrolment: ID<Enrolment>, _ reason: LeavingReason, to target: Target?) {
            (self.enrolment, self.reason, self.target) = (enrolment, reason, target)
        }
    }

    /// The first day of the new state.
    package let day: LocalDate
    /// Where it is kept in the audit log: the school, of several that which stands above.
    package let path: OrganisationPath
    package var openings: [Opening] = []
    package var parts: [Part] = []
    package var singles: [Single] = []
    /// The classes that end on the day, after their pupils have gone, and with them all duties.
    package var closings: [ID<ClassGroup>] = []
    /// The classes that go on and whose subject teachers end on the day.
    package var subjectEndings: [ID<ClassGroup>] = []

    package init(on day: LocalDate, at path: OrganisationPath) { (self.day, self.path) = (day, path) }

    package var isEmpty: Bool {
        openings.isEmpty && parts.isEmpty && singles.isEmpty && closings.isEmpty && subjectEndings.isEmpty
    }
}

/// What a move did, in figures.
package struct RollMoveOutcome: Sendable, Equatable {
    package let id: ID<RollMove>
    package let opened: Int
    package let closed: Int
    /// Pupils who went on in another class.
    package let moved: Int
    /// Pupils who left.
    package let left: Int
}

/// Why a move cannot be taken back: what has happened since rests on it.
package struct RollMoveObstacle: Sendable, Equatable, Hashable {
    package let classGroup: ID<ClassGroup>
    package let school: OrganisationID
    /// A sentence without a name.
    package let reason: String
}
