import Contracts
import Database
import Directory
import Kernel
import Platform

/// 缺勤登记 and 控辍保学台账. Each deed runs inside the caller's transaction and leaves an audit entry at the school. Whether
/// the actor may do it, the caller has asked.
package struct DropoutService {
    let db: Connection
    let crypto: any CryptoProvider
    let actor: AuditActor
    let now: Timestamp
    let calendar: WorkCalendar
    private let absences: AbsenceStore
    private let alarms: DropoutAlarmStore
    private let steps: CaseStepStore

    package init(
        _ db: Connection, _ crypto: any CryptoProvider, by actor: AuditActor, now: Timestamp = .now,
        calendar: WorkCalendar = .shipped
    ) {
        (self.db, self.crypto, self.actor, self.now, self.calendar) = (db, crypto, actor, now, calendar)
        (absences, alarms) = (AbsenceStore(db: db, crypto: crypto), DropoutAlarmStore(db, crypto))
        steps = CaseStepStore(db: db, crypto: crypto)
    }

    /// Enters who of the class was away on the day; everybody else of it was there. Returns how many alarms it raised.
    /// Throws `DomainError.invalid` for `on`.
    @discardableResult
    package func enter(
        _ away: [ID<Person>: AbsenceKind], of classGroup: ClassGroup, on day: LocalDate
    ) throws -> Int {
        try DropoutRules.check(day: day, today: now.day, calendar)
        let known = try absences.absences(of: classGroup.id, on: day)
        let members = try EnrolmentStore(db).members(of: classGroup.id, on: day)
        var raised = 0, changed = 0
        for member in members where away[member.person] != known[member.person] {
            changed += 1
            if let kind = away[member.person] {
                try absences.set(kind, of: member.person, in: classGroup.id, on: day, by: actor.name, at: now)
            } else {
                try absences.remove(of: member.person, on: day)
            }
            if try raise(member, in: classGroup) { raised += 1 }
        }
        if changed > 0 {
            let words = "\(classGroup.cohortName)，\(day.iso)，\(away.count) 人缺勤"
            try AuditLog.record(
                "absence.entered", classGroup.id.rawValue, by: actor, at: classGroup.path, words, now: now, on: db)
        }
        return raised
    }

    /// Returns whether there is a new alarm.
    private func raise(_ pupil: Enrolment, in classGroup: ClassGroup) throws -> Bool {
        guard classGroup.stage.isCompulsory else { return false }
        let from = now.day.adding(days: -DropoutRules.daysBack)
        let run = DropoutRules.run(of: try absences.unexcused(of: pupil.person, from: from), calendar)
        guard run.count >= DropoutRules.alarmDays, let since = run.first else { return false }
        if let open = try alarms.open(of: pupil.person) {
            try alarms.extend(open.id, since: since, days: run.count)
            return false
        }
        let id = ID<DropoutAlarm>.new()
        try alarms.insert(id, of: pupil.person, in: classGroup, since: since, days: run.count, on: now.day)
        let words = "\(since.iso) 起连续 \(run.count) 个上课日未到校"
        try steps.add(.noted, to: id.rawValue, place: DropoutAlarm.raised, note: words, by: .system, at: now)
        try AuditLog.record(
            "dropout_alarm.raised", id.rawValue, by: actor, at: classGroup.path, "\(pupil.name)，\(words)", now: now,
            on: db)
        try Outbox.post(
            DropoutAlarmRaised(alarm: id.rawValue, school: classGroup.school.rawValue), now: now, on: db)
        return true
    }

    /// Keeps what somebody did to bring the pupil back.
    func note(_ kind: DropoutActionKind, _ text: String, on alarm: DropoutAlarm) throws {
        guard alarm.closedOn == nil else { throw closed }
        try steps.add(.noted, to: alarm.id.rawValue, place: kind.title, note: text, by: actor, at: now)
        try record("dropout_alarm.noted", alarm, kind.title)
    }

    package func close(_ alarm: DropoutAlarm, _ outcome: DropoutOutcome, note: String) throws {
        guard try alarms.close(alarm.id, outcome, on: now.day) else { throw closed }
        try steps.add(.done, to: alarm.id.rawValue, place: outcome.title, note: note, by: actor, at: now)
        try record("dropout_alarm.closed", alarm, outcome.title)
    }

    private var closed: DomainError { .conflict("这条提醒已经办结。") }

    private func record(_ action: String, _ alarm: DropoutAlarm, _ words: String) throws {
        try AuditLog.record(
            action, alarm.id.rawValue, by: actor, at: alarm.path, "\(alarm.name)，\(words)", now: now, on: db)
    }
}
