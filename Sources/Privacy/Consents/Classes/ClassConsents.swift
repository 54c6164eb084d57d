import Database
import Directory
import Kernel
import Platform

/// How consents stand in a class, for its class teacher and the school.
struct ClassConsents: Sendable {
    /// Who may enter papers.
    enum Clerk: Sendable, Equatable {
        /// The class teacher, who is the witness.
        case homeroomTeacher
        /// Somebody of the school, who confirms that the class teacher signed as witness.
        case school
    }

    struct Row: Sendable {
        let pupil: Enrolment
        /// `nil` when it is not known.
        let born: LocalDate?
        let age: ConsentAge
        let guardianships: [Guardianship]
        /// Whether one of the guardians can sign in and answer.
        let isReachable: Bool
        let standing: ConsentStanding
        /// The last word that stands of anybody; `nil` when nobody has answered.
        let last: ConsentAnswer?

        /// Whether only paper reaches those who decide.
        var needsPaper: Bool { age == .child && !isReachable }
    }

    let classGroup: ClassGroup
    let day: LocalDate
    /// What is asked, in the city's order.
    let purposes: [ConsentPurpose]
    /// The one that the page shows; `nil` when nothing is asked.
    let purpose: ConsentPurpose?
    let rows: [Row]
    /// All texts of what is asked, by purpose, the latest first.
    let versions: [String: [ConsentVersion]]
    /// The class teacher on the day; `nil` when there is none.
    let homeroomTeacher: ID<Person>?
    /// As whom the viewer may enter papers; `nil` when she may not.
    var clerk: Clerk?

    var name: String { classGroup.name(on: day) }

    /// - Parameter code: the purpose asked for; the first when there is no such one.
    init(
        _ classGroup: ClassGroup, showing code: String?, on day: LocalDate, _ db: Connection,
        _ crypto: any CryptoProvider, _ gate: any AccountGate
    ) throws {
        (self.classGroup, self.day) = (classGroup, day)
        purposes = try ConsentPurposeStore(db).open(on: day).filter(\.isAsked)
        let purpose = purposes.first { $0.code == code } ?? purposes.first
        self.purpose = purpose
        let store = ConsentAnswerStore(db, crypto), texts = ConsentPurposeStore(db)
        versions = try Dictionary(
            uniqueKeysWithValues: purposes.map { ($0.code, try texts.versions(of: $0.code)) })
        homeroomTeacher = try ClassPostStore(db).posts(of: classGroup.id, on: day)
            .first { $0.kind == .homeroom }?.person
        let members = try EnrolmentStore(db).members(of: classGroup.id, on: day), people = members.map(\.person)
        let births = try store.births(of: people)
        let answers = try purpose.map { try store.answers(about: people, for: $0.code, on: day) } ?? [:]
        let relations = try GuardianshipStore(db).guardians(of: people, on: day)
            .mapValues { $0.filter { $0.givesAccess(on: day) } }
        let logins = try gate.logins(of: relations.values.joined().map(\.guardian), db)
        rows = members.map { pupil in
            let age = ConsentAge(born: births[pupil.person], on: day), guardianships = relations[pupil.person] ?? []
            let said = answers[pupil.person] ?? []
            let rule = ConsentRule(
                age: age, guardians: Set(guardianships.map(\.guardian)), version: purpose?.version.number ?? 0)
            return Row(
                pupil: pupil, born: births[pupil.person], age: age, guardianships: guardianships,
                isReachable: guardianships.contains { logins[$0.guardian]?.canEnter ?? false },
                standing: rule.standing(said.map(\.said)), last: said.last { !$0.said.isOver })
        }
    }

    /// The class, for whoever may see its consents: its class teacher, and who manages those of the school. Throws
    /// `DomainError.notFound` for everybody else.
    static func classGroup(
        _ id: ID<ClassGroup>, for user: CurrentUser, on day: LocalDate, _ db: Connection
    ) throws -> ClassGroup {
        let store = ClassGroupStore(db), found = try store.find(id, within: ClassScope(user, on: day))
        if user.may(.consentManage, at: found.path) { return found }
        return try store.find(id, within: .led(by: user, with: .classView, on: day))
    }

    /// The same for a viewer: papers are entered where they lie, by the class teacher or by somebody of the school.
    func seen(by user: CurrentUser, _ db: Connection) throws -> ClassConsents {
        var seen = self
        if homeroomTeacher == user.person {
            seen.clerk = .homeroomTeacher
        } else {
            let schools = try OrganisationStore(db).lineage(of: classGroup.path).filter(\.kind.isSchool).map(\.path)
            let places = user.grants.filter { $0.permissions.contains(.consentManage) }.map(\.path)
            seen.clerk = places.contains(where: schools.contains) ? .school : nil
        }
        return seen
    }

    func title(of purpose: String) -> String { purposes.first { $0.code == purpose }?.title ?? purpose }

    func count(_ standing: ConsentStanding) -> Int { rows.count { $0.standing == standing } }
}
