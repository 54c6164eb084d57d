import Database
import Foundation
import Kernel
import Platform
import Web

/// The city as everybody names it: bureau, counties, towns, schools and teaching points, the people in them, and the
/// code lists of the national standards. Names, not processes: the one shared upstream of all features.
package struct DirectoryModule: Sendable {
    package static let migrations: [Migration] = [
        Migration("directory/0001-organisations", OrganisationSchema.statements + PersonSchema.statements),
        Migration("directory/0002-person-identifiers", PersonIdentifierSchema.statements),
        Migration("directory/0003-classes", ClassGroupSchema.statements),
        Migration("directory/0004-enrolments", EnrolmentSchema.statements),
        Migration("directory/0005-person-names", PersonSchema.names),
        Migration("directory/0006-person-facts", PersonFactSchema.statements),
        Migration("directory/0007-merges", PersonMergeSchema.statements),
        Migration("directory/0008-two-grades", ClassGroupSchema.twoGrades),
        Migration("directory/0009-looks", LookSchema.statements),
        Migration("directory/0010-person-index", PersonIndexSchema.statements),
        Migration("directory/0011-appointments", AppointmentSchema.statements),
        Migration("directory/0012-guardianships", GuardianshipSchema.statements),
        Migration("directory/0013-roll-moves", RollMoveSchema.statements),
        Migration("directory/0019-waiting-guardians", GuardianshipSchema.waiting),
        Migration("directory/0020-withdrawn-people", PersonSchema.withdrawn),
        Migration("directory/0021-people-named", PersonSchema.named),
    ]

    /// Where sealed values stand.
    package static let sealedColumns = [
        SealedColumn("directory_person_identifier", "sealed", key: "id", name: "directory_person_identifier.sealed"),
        SealedColumn("directory_person_facts", "sealed", key: "id", name: "directory_person_facts.sealed"),
    ]

    private let database: Database
    private let crypto: any CryptoProvider
    private let schoolPanels: [any SchoolPanelSource]
    private let exportFolder: String
    private let leavingListeners: [any LeavingListener]
    private let classPages: [RelatedPage<RelatedClass>]
    private let staffPages: [RelatedPage<Organisation>]
    private let personPanels: [any PersonPanelSource]
    /// Keeps people findable; run every few seconds.
    package let peopleIndexing: PersonIndexing
    private let pupilPanels: [any PupilPanelSource]
    private let memberPages: [RelatedPage<RelatedStaffMember>]
    private let appointmentListeners: [any AppointmentListener]
    private let guardianshipListeners: [any GuardianshipListener]
    private let personUses: [any PersonUse]
    private let guardianPages: [RelatedPage<RelatedClass>]
    private let childPanels: [any ChildPanelSource]
    private let withdrawal: PersonWithdrawal

    /// - Parameters:
    ///   - crypto: seals the numbers of people and makes them findable.
    ///   - schoolPanels: what other contexts add to a school's page, in any order.
    ///   - leavingListeners: told in the same transaction when somebody leaves a school.
    ///   - classPages: what other modules have about a class.
    ///   - staffPages: what other modules have about a school's staff.
    ///   - personPanels: what other contexts add to a person's page, in any order.
    ///   - pupilPanels: what other contexts add to a pupil's page, in any order.
    ///   - memberPages: what other modules have about one of the staff; the first is linked to the name.
    ///   - appointmentListeners: told in the same transaction when somebody is given a post or loses it.
    ///   - guardianshipListeners: told in the same transaction when children get guardians or lose them.
    ///   - personUses: who keeps something of people: schools do not write to their records as those of guardians.
    ///   - guardianPages: what other modules have about the guardians of a class.
    ///   - childPanels: what other contexts add to the page of a child for her guardian, in any order.
    ///   - personColumns: of all other modules; whoever is named there is not forgotten.
    ///   - withdrawalFollowers: who tells other systems of people.
    ///   - exportFolder: where files wait until they are sent.
    package init(
        database: Database, crypto: any CryptoProvider, schoolPanels: [any SchoolPanelSource] = [],
        leavingListeners: [any LeavingListener] = [], classPages: [RelatedPage<RelatedClass>] = [],
        staffPages: [RelatedPage<Organisation>] = [], personPanels: [any PersonPanelSource] = [],
        pupilPanels: [any PupilPanelSource] = [], memberPages: [RelatedPage<RelatedStaffMember>] = [],
        appointmentListeners: [any AppointmentListener] = [],
        guardianshipListeners: [any GuardianshipListener] = [], personUses: [any PersonUse] = [],
        guardianPages: [RelatedPage<RelatedClass>] = [],
        childPanels: [any ChildPanelSource] = [], personColumns: [PersonColumn] = [],
        withdrawalFollowers: [any WithdrawalFollower] = [],
        exportFolder: String = FileManager.default.temporaryDirectory.path
    ) {
        (self.database, self.crypto, self.exportFolder) = (database, crypto, exportFolder)
        (self.leavingListeners, self.classPages, self.staffPages) = (leavingListeners, classPages, staffPages)
        self.personPanels = personPanels.sorted { $0.order < $1.order }
        peopleIndexing = PersonIndexing(database: database)
        (self.memberPages, self.appointmentListeners) = (memberPages, appointmentListeners)
        (self.guardianshipListeners, self.guardianPages) = (guardianshipListeners, guardianPages)
        self.personUses = personUses
        withdrawal = PersonWithdrawal(database: database, columns: personColumns, followers: withdrawalFollowers)
        self.childPanels = childPanels.sorted { $0.order < $1.order }
        self.schoolPanels = (schoolPanels + [PendingGuardianPanel(database: database)]).sorted { $0.order < $1.order }
        self.pupilPanels = pupilPanels.sorted { $0.order < $1.order }
    }

    /// Removes what has expired, declarations of guardians and the keys of people whose import was taken back, and lets
    /// those declarations go that no school has decided. For an hourly job.
    package func forgetOld(now: Timestamp = .now) async throws {
        let limit = now.adding(days: -GuardianshipService.claimDays)
        let crypto = crypto
        try await database.write { db in
            try GuardianshipService(db, crypto, by: .system, now: now).lapse()
            try GuardianshipStore(db).forgetClaims(before: limit)
        }
        try await withdrawal.sweep(now: now)
    }

    package func routes() -> [Route] {
        var guardians = Routes(module: "directory")
        GuardianRoutes(database: database, crypto: crypto, listeners: guardianshipListeners, uses: personUses).add(
            to: &guardians)
        PendingGuardianRoutes(database: database).add(to: &guardians)
        ClassGuardianRoutes(database: database, crypto: crypto, related: guardianPages).add(to: &guardians)
        ChildRoutes(database: database, crypto: crypto, panels: childPanels).add(to: &guardians)
        return guardians.all + OrganisationRoutes(database: database).routes().all
            + OrganisationChangeRoutes(database: database).routes().all
            + OrganisationInterface(database: database).routes().all
            + SchoolRoutes(database: database, panels: schoolPanels, exportFolder: exportFolder).routes().all
            + ClassRoutes(database: database, crypto: crypto, related: classPages).routes().all
            + ClassChangeRoutes(database: database, listeners: leavingListeners).routes().all
            + PupilRoutes(
                database: database, crypto: crypto, listeners: leavingListeners, panels: pupilPanels
            ).routes().all
            + StaffRoutes(
                database: database, crypto: crypto,
                listeners: StaffListeners(leaving: leavingListeners, appointments: appointmentListeners),
                related: staffPages, memberPages: memberPages
            ).routes().all
            + PersonRoutes(database: database, crypto: crypto, panels: personPanels).routes().all
            + LookRoutes(database: database, crypto: crypto).routes().all
    }
}

extension Permission {
    package static let schoolView: Permission = "directory.school.view"
    package static let organisationView: Permission = "directory.organisation.view"
    package static let organisationEdit: Permission = "directory.organisation.edit"
    /// See classes and their pupils: alone, only those one leads or teaches.
    package static let classView: Permission = "directory.class.view"
    /// See all classes of one's organisations; given beside `classView`.
    package static let classAll: Permission = "directory.class.all"
    /// Open, rename and close classes, name their teachers, add, move and end pupils.
    package static let classEdit: Permission = "directory.class.edit"
    /// See a number or another sealed datum of a person in full, for a reason that is kept.
    package static let personLook: Permission = "directory.person.look"
    /// The same of the pupils one leads as class teacher, and of their guardians, without documents; given beside
    /// `personLook`.
    package static let classLook: Permission = "directory.class.look"
    /// See one's own children as their guardian; which ones, the guardian relations tell.
    package static let childView: Permission = "directory.child.view"
    /// Find people by name, initials or number.
    package static let personSearch: Permission = "directory.person.search"
}
