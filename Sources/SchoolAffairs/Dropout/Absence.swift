import Database
import Directory
import Kernel

/// Why a pupil was not at school on a day, as her class teacher enters it. Kept sealed: it may tell of illness.
package enum AbsenceKind: String, Sendable, CaseIterable {
    case sick, personal, official, unexcused, unreachable

    package var title: String {
        switch self {
        case .sick: "病假"
        case .personal: "事假"
        case .official: "公假"
        case .unexcused: "未请假"
        case .unreachable: "联系不上"
        }
    }

    /// Whether somebody has asked for leave.
    package var isExcused: Bool { [.sick, .personal, .official].contains(self) }
}

enum DropoutRules {
    /// School days on end without leave after which school and county are told.
    static let alarmDays = 7
    /// How far back an absence may be entered.
    static let daysBack = 60

    /// The school days on end, up to the last of them, on which the pupil was away without leave; the earliest first.
    static func run(of days: Set<LocalDate>, _ calendar: WorkCalendar) -> [LocalDate] {
        guard let last = days.max() else { return [] }
        return calendar.schoolDays(upTo: last, count: days.count + 1).prefix { days.contains($0) }.reversed()
    }

    static func check(day: LocalDate, today: LocalDate, _ calendar: WorkCalendar) throws {
        guard (today.adding(days: -daysBack)...today).contains(day) else {
            throw DomainError.invalid("on", "日期应在 \(today.adding(days: -daysBack).iso) 到今天之间")
        }
        guard calendar.isSchoolDay(day) else { throw DomainError.invalid("on", "\(day.iso) 不上课，不用登记") }
    }
}
