import Database
import Kernel
import Platform

/// The guardians of the pupils of a class, for its class teacher and for those who see all classes of the school.
struct ClassGuardians: Sendable {
    /// A pupil with those who are or say they are her guardians.
    struct Row: Sendable {
        let pupil: Enrolment
        let guardians: [GuardianPages.Line]

        var hasNone: Bool { !guardians.contains { $0.guardianship.isConfirmed } }
        var isPending: Bool { guardians.contains { $0.guardianship.state == .pending } }
    }

    /// Which of the pupils are listed.
    enum Choice: String, CaseIterable, Sendable {
        case all, none, pending

        var title: String {
            switch self {
            case .all: "全部"
            case .none: "没有家长"
            case .pending: "待确认"
            }
        }

        func takes(_ row: Row) -> Bool {
            switch self {
            case .all: true
            case .none: row.hasNone
            case .pending: row.isPending
            }
        }
    }

    let classGroup: ClassGroup
    let day: LocalDate
    let rows: [Row]
    /// Who leads and teaches the class, for related pages.
    let posts: [ClassPost]

    /// Throws `DomainError.notFound` for everybody else, and for a class that is closed.
    init(
        _ id: ID<ClassGroup>, on day: LocalDate, for user: CurrentUser, _ db: Connection, _ crypto: any CryptoProvider
    ) throws {
        let classGroup = try ClassGroupStore(db).find(id, within: .wholeOrLed(by: user, on: day))
        guard classGroup.closedOn.map({ $0 > day }) ?? true else { throw DomainError.notFound }
        (self.classGroup, self.day) = (classGroup, day)
        let enrolments = EnrolmentStore(db)
        let members =
            try enrolments.members(of: id, on: day) + enrolments.suspended(of: classGroup.school, from: id, on: day)
        let guardians = try GuardianshipStore(db).guardians(of: members.map(\.person), on: day)
        let masks = try PersonIdentifierStore(db, crypto).masked(of: guardians.values.joined().map(\.guardian))
        rows = members.map { member in
            let lines = (guardians[member.person] ?? []).map {
                GuardianPages.Line(guardianship: $0, phone: masks[$0.guardian]?[.phone])
            }
            return Row(pupil: member, guardians: lines)
        }
        posts = try ClassPostStore(db).openPosts(of: id, on: day)
    }
}

extension ClassScope {
    /// The classes of which the user sees all that concerns families: every class of her school, or those she leads.
    static func wholeOrLed(by user: CurrentUser, on day: LocalDate) -> ClassScope {
        ClassScope(
            all: user.scope(of: .classAll), own: user.scope(of: .classView), person: user.person, day: day,
            onlyLed: true)
    }
}
