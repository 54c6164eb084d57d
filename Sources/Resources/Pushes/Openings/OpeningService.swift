import Contracts
import Database
import Directory
import Kernel

/// Notes that a class has something of its pack on the board. Nobody can say so by hand: it follows from who opens what,
/// and when. No audit entry is written, since that would keep who taught when (decision 0031).
struct OpeningService {
    let db: Connection
    let user: CurrentUser
    let now: Timestamp
    let office: LessonOffice

    init(_ db: Connection, by user: CurrentUser, now: Timestamp, office: LessonOffice) {
        (self.db, self.user, self.now, self.office) = (db, user, now, office)
    }

    /// Throws `DomainError.notFound` unless the user leads or teaches the class today and the resource is open to it.
    func open(_ item: ID<Item>, in id: ID<Lesson>) throws -> OpeningOutcome {
        let store = PushStore(db)
        guard let lesson = try store.lesson(id), lesson.withdrawnAt == nil,
            try LessonReader(user, on: now.day, db).isTaught(lesson.classGroup)
        else { throw DomainError.notFound }
        let school = try OrganisationStore(db).find(lesson.school, within: .everything)
        let entries = try PackStore(db).entries(of: [lesson.push])[lesson.push] ?? []
        guard let entry = entries.first(where: { $0.item.id == item }), entry.isOpen(to: school.path),
            try PackGate(office.consent, db).isOpen(entry.item)
        else { throw DomainError.notFound }
        let verdict = OpeningVerdict.judge(
            day: lesson.day, period: lesson.period, now: now, bells: try BellStore(db).schedule(of: lesson.school),
            isSchoolDay: office.schoolDays.isSchoolDay(now.day))
        guard case .counts(let period) = verdict else { return .notCounted(verdict) }
        guard try OpeningStore(db).insert(lesson, period: period, item, now: now) else { return .repeated(period) }
        try PackStore(db).noteUse(of: item, in: lesson.classGroup)
        try ClassTermStore(db).noteUse(lesson.classGroup, on: lesson.day)
        return .counted(period)
    }
}
