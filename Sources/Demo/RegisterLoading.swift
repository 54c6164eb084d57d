import Connectivity
import Contracts
import Database
import Directory
import Kernel
import Platform

/// Tells the register of every school, count after count.
struct RegisterLoading {
    private let database: Database
    private let schools: [(story: FacilityStory, organisation: OrganisationID)]

    init(_ database: Database, _ schools: [DemoSchool], _ entered: [Int: Organisation]) {
        self.database = database
        let courses = Dictionary(uniqueKeysWithValues: CountyPlan.all.map { ($0.code, $0.course) })
        self.schools = schools.compactMap { school in
            guard let course = courses[school.county], let organisation = entered[school.number] else { return nil }
            return (FacilityStory(school, course), organisation.id)
        }
    }

    func run(_ tell: @Sendable (String) -> Void) async throws {
        for (index, day) in FacilityStory.days.enumerated() {
            var changes: [FacilityChange] = [], telling = 0
            for (story, organisation) in schools {
                guard let record = story.record(on: index) else { continue }
                let problems = FacilityRules.problems(of: record)
                guard problems.isEmpty else { throw DomainError.invalid(problems) }
                telling += 1
                for field in FacilityField.all {
                    guard let value = record[field] else { continue }
                    changes.append(
                        FacilityChange(organisation: organisation, field: field.id, value: value, validFrom: day))
                }
            }
            try await write(changes, of: telling, on: day)
            tell("register \(day.iso): \(telling) schools, \(index + 1)/\(FacilityStory.days.count)")
        }
    }

    private func write(_ changes: [FacilityChange], of schools: Int, on day: LocalDate) async throws {
        // Figures come in a fortnight after the day they stand for.
        let now = DemoCity.morning(of: day.adding(days: 14))
        try await database.write { db in
            let written = try FacilityStore(db).tell(
                changes, source: .demo, by: DemoCity.actor.name, now: now)
            try AuditLog.record(
                "facility_register.told", day.iso, by: DemoCity.actor, "\(schools) 所学校，\(written) 项", now: now, on: db)
            try Outbox.post(FacilityRegisterChanged(schools: schools, from: day.iso), now: now, on: db)
        }
    }
}
