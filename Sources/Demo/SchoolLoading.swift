import Database
import Directory
import Kernel

/// Enters the schools into the tree: central schools first, so that teaching points can stand below them.
struct SchoolLoading {
    private let database: Database
    private let schools: [DemoSchool]
    /// The day on which the city's list of schools was taken over.
    private static let takenOver = LocalDate(year: 2015, month: 9, day: 1)!
    /// The day of the one renaming and the one merger.
    private static let changed = LocalDate(year: 2016, month: 9, day: 1)!
    /// Schools in one transaction.
    private static let atOnce = 60

    init(_ database: Database, _ schools: [DemoSchool]) { (self.database, self.schools) = (database, schools) }

    /// Returns the entered schools by their number.
    func run(_ tell: @Sendable (String) -> Void) async throws -> [Int: Organisation] {
        var entered: [Int: Organisation] = [:]
        var central: [String: Organisation] = [:]
        // A central school must be entered before the chunk with its teaching points begins.
        for chunk in chunks(schools.filter { $0.sort == .central }) + chunks(schools.filter { $0.sort != .central }) {
            let known = central
            let added = try await database.write { db in try SchoolLoading.enter(chunk, known, on: db) }
            for (school, organisation) in zip(chunk, added) {
                entered[school.number] = organisation
                if school.sort == .central, let town = school.town { central[town] = organisation }
            }
            tell("schools \(entered.count)/\(schools.count)")
        }
        try await change(entered, central)
        return entered
    }

    private func chunks(_ schools: [DemoSchool]) -> [[DemoSchool]] {
        stride(from: 0, to: schools.count, by: SchoolLoading.atOnce).map { start in
            Array(schools[start..<min(start + SchoolLoading.atOnce, schools.count)])
        }
    }

    private static func enter(
        _ schools: [DemoSchool], _ central: [String: Organisation], on db: Connection
    ) throws -> [Organisation] {
        let service = OrganisationService(db, by: DemoCity.actor, source: "demo", now: DemoCity.morning(of: takenOver))
        let store = OrganisationStore(db)
        return try schools.map { school in
            var parent = school.sort == .teachingPoint ? school.town.flatMap { central[$0] } : nil
            parent = try parent ?? store.find(code: school.town ?? school.county, within: .everything)
            guard let parent else { throw DomainError.notFound }
            return try service.add(
                .init(
                    kind: school.kind, code: school.code, name: school.formerName ?? school.name,
                    profile: school.profile), below: parent)
        }
    }

    /// What happens to schools in two years: a new name, and a teaching point that goes to its central school.
    private func change(_ entered: [Int: Organisation], _ central: [String: Organisation]) async throws {
        let schools = schools
        try await database.write { db in
            let service = OrganisationService(
                db, by: DemoCity.actor, source: "demo", now: DemoCity.morning(of: SchoolLoading.changed))
            for school in schools {
                guard let organisation = entered[school.number] else { continue }
                if school.formerName != nil {
                    try service.rename(organisation, to: school.name, from: SchoolLoading.changed)
                }
                if school.isMerged {
                    try service.close(
                        organisation, on: SchoolLoading.changed, mergedInto: school.town.flatMap { central[$0] })
                }
            }
        }
    }
}
