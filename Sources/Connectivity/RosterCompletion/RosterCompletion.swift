import Database
import Directory
import Kernel

/// 学籍已录全: whether, from a day on, the roster that a school keeps here is whole. Only then do its counts stand for the
/// figures of the register.
struct RosterCompletion: Sendable, Equatable {
    enum Origin: String, Column, Sendable {
        case person
        /// The roster reached what the register tells.
        case platform
        case demo
    }

    let id: String
    let school: OrganisationID
    /// From which day on.
    let from: LocalDate
    let isComplete: Bool
    let origin: Origin
    /// Why it was taken back, or what was compared.
    let note: String
    let recordedAt: Timestamp
    let recordedBy: String

    static let columns: SQL =
        "c.id, c.organisation_id, c.valid_from, c.is_complete, c.origin, c.note, c.recorded_at, c.recorded_by"

    init(_ row: borrowing Row) throws {
        (id, school, from) = (try row.get(0), try row.get(1), try row.get(2))
        (isComplete, origin, note) = (try row.get(3), try row.get(4), try row.get(5))
        (recordedAt, recordedBy) = (try row.get(6), try row.get(7))
    }

    init(
        of school: OrganisationID, isComplete: Bool, from day: LocalDate, _ origin: Origin, note: String = "",
        at now: Timestamp, by name: String
    ) {
        (id, self.school, from, self.isComplete) = (Identifiers.next(), school, day, isComplete)
        (self.origin, self.note, recordedAt, recordedBy) = (origin, note, now, name)
    }

    static let complete = "学籍已录全", incomplete = "学籍未录全"
    var title: String { isComplete ? RosterCompletion.complete : RosterCompletion.incomplete }

    /// What the platform has seen for itself, in Chinese: the roster has as many pupils as the register tells, and as many
    /// teachers where it has any. `nil` while it has not.
    static func proof(_ roster: RosterCount, _ told: FacilityRecord) -> String? {
        guard roster.hasPupils, let pupils = told[.students], pupils > 0, Double(roster.pupils) >= pupils else {
            return nil
        }
        if roster.hasStaff, let teachers = told[.teachers], Double(roster.teachers) < teachers { return nil }
        return "花名册 \(roster.pupils) 人，登记 \(FacilityField.students.text(pupils)) 人"
    }
}
