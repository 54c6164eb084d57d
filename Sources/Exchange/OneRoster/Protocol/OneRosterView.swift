import Kernel
import Web

/// The versions of the standard that are spoken.
enum OneRosterVersion: String, Sendable {
    case v1p1, v1p2

    var rosterBase: String { self == .v1p1 ? "/ims/oneroster/v1p1" : "/ims/oneroster/rostering/v1p2" }
    var gradebookBase: String { self == .v1p1 ? "/ims/oneroster/v1p1" : "/ims/oneroster/gradebook/v1p2" }
}

/// How one consumer sees the rosters just now: which part of the tree, in which version, at which moment.
struct OneRosterView: Sendable {
    let scope: DataScope
    /// Answers for what belongs to no single school; the topmost organisation of the scope.
    let root: OrganisationID
    let version: OneRosterVersion
    let now: Timestamp
    /// `https://edu.example.gov.cn`
    let site: String

    var today: LocalDate { now.day }

    /// A reference to another record (GUIDRef).
    func reference(_ type: String, _ collection: OneRosterCollection, _ id: String) -> OneRosterValue {
        let base = collection.isGradebook ? version.gradebookBase : version.rosterBase
        return .object([
            OneRosterMember("href", site + base + "/" + collection.rawValue + "/" + URLCoding.encode(id)),
            OneRosterMember("sourcedId", id), OneRosterMember("type", type),
        ])
    }

    func organisation(_ id: OrganisationID) -> OneRosterValue { reference("org", .orgs, id.rawValue) }
}

/// The collections of the information model.
enum OneRosterCollection: String, Sendable, CaseIterable {
    case orgs, academicSessions, courses, classes, enrollments, users, demographics
    case categories, lineItems, results, scoreScales

    /// What a single record is called.
    var singular: String {
        switch self {
        case .orgs: "org"
        case .academicSessions: "academicSession"
        case .courses: "course"
        case .classes: "class"
        case .enrollments: "enrollment"
        case .users: "user"
        case .demographics: "demographics"
        case .categories: "category"
        case .lineItems: "lineItem"
        case .results: "result"
        case .scoreScales: "scoreScale"
        }
    }

    var isGradebook: Bool { [.categories, .lineItems, .results, .scoreScales].contains(self) }

    /// The properties of its records. Those that the platform has no value for may be asked for all the same.
    func fields(_ version: OneRosterVersion) -> Set<String> {
        let common: Set = ["sourcedId", "status", "dateLastModified", "metadata"]
        return common.union(own(version).split(separator: " ").map(String.init))
    }

    private func own(_ version: OneRosterVersion) -> String {
        switch self {
        case .orgs: "name type identifier parent children"
        case .academicSessions: "title startDate endDate type parent children schoolYear"
        case .courses: "title schoolYear courseCode grades subjects org subjectCodes resources"
        case .classes:
            "title classCode classType location grades subjects course school terms subjectCodes periods resources"
        case .enrollments: "user class school role primary beginDate endDate"
        case .users:
            version == .v1p1
                ? "username userIds enabledUser givenName familyName middleName role identifier email sms phone orgs agents grades password"
                : "userMasterIdentifier username userIds enabledUser givenName familyName middleName preferredFirstName preferredMiddleName preferredLastName pronouns roles userProfiles primaryOrg identifier email sms phone agents grades password resources role"
        case .demographics:
            "birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus"
        case .categories: "title weight"
        case .lineItems:
            "title description assignDate dueDate class school category gradingPeriod academicSession scoreScale resultValueMin resultValueMax learningObjectiveSet"
        case .results:
            "lineItem student class scoreScale scoreStatus score textScore scoreDate comment learningObjectiveSet inProgress incomplete late missing"
        case .scoreScales: "title type course class scoreScaleValue"
        }
    }
}

/// Which records of a collection are meant, beyond what a filter says.
struct OneRosterSelection: Sendable, Hashable {
    enum Role: String, Sendable { case student, teacher }
    enum Session: String, Sendable { case term, gradingPeriod }

    var only: String?
    /// Records that cannot have changed since may be left out.
    var changedSince: Timestamp?
    /// Whether what has ended is told as well.
    var includesEnded = false
    /// Organisations: only schools.
    var areSchools = false
    var session: Session?
    var role: Role?
    var school: String?
    var classKey: String?
    var course: String?
    var term: String?
    var user: String?
    var lineItem: String?

    /// Tells lists apart.
    var name: String {
        let places = [school, classKey, course, term, user, lineItem].map { $0 ?? "" }.joined(separator: "/")
        return "\(areSchools) \(session?.rawValue ?? "") \(role?.rawValue ?? "") \(places)"
    }
}

/// All SQL of one collection. Both questions look no further than the view's scope.
protocol OneRosterSource {
    /// In the order of the keys, each once.
    func keys(_ selection: OneRosterSelection) throws -> OneRosterKeys
    /// The records of keys that `keys` gave, in their order; those gone since are left out.
    func records(_ keys: [String]) throws -> [OneRosterRecord]
}

/// A source whose records are few enough to be made all at once.
protocol OneRosterSmallSource: OneRosterSource {
    func all(_ selection: OneRosterSelection) throws -> [OneRosterRecord]
}

extension OneRosterSmallSource {
    func keys(_ selection: OneRosterSelection) throws -> OneRosterKeys {
        let found = try all(selection).filter { record in
            (selection.includesEnded || record.isActive) && (selection.only.map { $0 == record.id } ?? true)
        }
        return OneRosterKeys(found.map(\.id).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    func records(_ keys: [String]) throws -> [OneRosterRecord] {
        var selection = OneRosterSelection()
        selection.includesEnded = true
        let known = Dictionary(try all(selection).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return keys.compactMap { known[$0] }
    }
}
