import Directory
import Kernel

/// A pupil of a school of the cast before she is entered.
struct DemoPupil: Sendable {
    let name: String
    let identifiers: [PersonIdentifier]
    /// By the ids of the fields.
    let facts: [String: String]
    let guardianPhone: PersonIdentifier?

    /// - Parameters:
    ///   - seed: names the class.
    ///   - place: counts through the class, from 0; the first has every number.
    ///   - first: pupils entered before the class.
    private init(
        _ seed: String, _ place: Int, _ first: Int, _ entry: SchoolYear, _ plan: DemoRoster.Class,
        of school: DemoSchool, _ birthdays: inout Birthdays
    ) throws {
        var generator = SeededGenerator("\(seed)/\(place)")
        let isMale = generator.fraction() < 0.52
        name = DemoNames.person(&generator, isMale: isMale)
        let born = DemoPupil.birthday(plan.stage, entry, &generator), sequence = birthdays.take(born)
        let citizen = DemoNames.citizenNumber(
            born: born.year, month: born.month, day: born.day, sequence: sequence, isMale: isMale)
        // A few wait for their formal number.
        let isTemporary = place > 0 && generator.fraction() < 0.05
        let student =
            isTemporary
            ? DemoNames.temporaryStudentNumber(
                born: born.year, month: born.month, day: born.day, sequence: sequence) : "G" + citizen
        identifiers = [
            try PersonIdentifier(.studentNumber, student), try PersonIdentifier(.citizenNumber, citizen),
        ]
        let hasPhone = place == 0 || generator.fraction() < 0.9
        guardianPhone = try hasPhone ? PersonIdentifier(.phone, DemoNames.phone(first + place + 1)) : nil
        facts = PupilFacts(isMale: isMale, born: born, stage: plan.stage, entry: entry, school: school)
            .values(generator.pick(["01", "08", "08"]), &generator)
    }

    /// All pupils of a class.
    /// - Parameter first: pupils entered before the class.
    static func pupils(
        of plan: DemoRoster.Class, _ entry: SchoolYear, _ school: DemoSchool, from first: Int,
        _ birthdays: inout Birthdays
    ) throws -> [DemoPupil] {
        let seed = "\(school.name)/\(plan.stage.rawValue)/\(plan.ordinal)/\(plan.number)"
        var pupils: [DemoPupil] = []
        for place in 0..<plan.pupils {
            pupils.append(try DemoPupil(seed, place, first, entry, plan, of: school, &birthdays))
        }
        return pupils
    }

    /// Of a child who is as old as the law has her on the first of September of the first grade.
    static func birthday(_ stage: ClassStage, _ entry: SchoolYear, _ generator: inout SeededGenerator) -> LocalDate {
        let month = generator.number(in: 1...12), day = generator.number(in: 1...28)
        let age =
            switch stage {
            case .kindergarten: 3
            case .primary: 6
            case .junior: 12
            case .senior, .vocational: 15
            }
        return LocalDate(year: entry.start - age - (month >= 9 ? 1 : 0), month: month, day: day)!
    }
}
