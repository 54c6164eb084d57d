import Database
import Directory
import Kernel

/// How a pupil came to the school.
package enum AdmissionSource: String, Column, Sendable {
    case entry, transfer

    var title: String { self == .entry ? "招生入学" : "转入" }
}

/// 待分班: a pupil whom a school has taken in and not yet put into a class.
package struct Admission: Sendable {
    package let id: ID<Admission>
    package let person: ID<Person>
    package let name: String
    package let school: OrganisationID
    package let stage: ClassStage
    package let entryYear: Int
    package let admittedOn: LocalDate
    package let source: AdmissionSource

    static let columns: SQL =
        "a.id, a.person_id, p.name, a.school_id, a.stage, a.entry_year, a.admitted_on, a.source"

    init(_ row: borrowing Row) throws {
        (id, person, name, school) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (stage, entryYear) = (try row.get(4), try row.get(5))
        (admittedOn, source) = (try row.get(6), try row.get(7))
    }

    /// `2026级小学`
    var cohort: String { "\(entryYear)级\(stage.title)" }

    func fits(_ classGroup: ClassGroup) -> Bool {
        classGroup.school == school && classGroup.stage == stage && classGroup.entryYears.contains(entryYear)
            && classGroup.closedOn == nil
    }
}

/// 年级 that a school has, as forms offer it: a stage and the year in which its pupils began it.
struct Cohort: Sendable, Hashable {
    let stage: ClassStage
    let entryYear: Int

    /// `2-2026`, as forms send it.
    var code: String { stage.rawValue + "-" + String(entryYear) }

    init(_ stage: ClassStage, _ entryYear: Int) { (self.stage, self.entryYear) = (stage, entryYear) }

    init?(code: String) {
        let parts = code.split(separator: "-")
        guard parts.count == 2, let stage = ClassStage(rawValue: String(parts[0])), let year = Int(parts[1]) else {
            return nil
        }
        self.init(stage, year)
    }

    /// All that a school of the type can have on the day, the youngest first; before the summer holidays end those too
    /// who begin on the next first of September.
    static func all(ofSchoolType type: String, on day: LocalDate) -> [Cohort] {
        let current = SchoolYear(containing: day).start
        let first = SchoolYear(containing: day.adding(days: 60)).start
        return ClassStage.stages(ofSchoolType: type).flatMap { stage in
            (current - stage.usualYears + 1...first).reversed().map { Cohort(stage, $0) }
        }
    }

    func title(on day: LocalDate) -> String {
        let ordinal = SchoolYear(containing: day).start - entryYear + 1
        let grade = Grade(stage, ordinal)?.title ?? "\(stage.title)新生"
        return "\(grade)（\(entryYear)级）"
    }
}
