import App
import Database
import Directory
import Kernel
import Platform
import SchoolAffairs

/// Puts a few cases on their way between the schools of the cast: a 转学 waiting at each step, a 休学, a change of key data
/// and an alarm.
struct StudentLifeLoading {
    private let platform: CityPlatform
    private let experimental: Organisation?
    private let border: Organisation?
    private let now = Timestamp.now

    /// A pupil who is known by her 学籍号.
    private struct Pupil: Sendable {
        let enrolment: Enrolment
        let number: String
    }

    init(_ platform: CityPlatform, _ schools: [DemoSchool], _ entered: [Int: Organisation]) {
        self.platform = platform
        func find(_ name: String) -> Organisation? {
            schools.first { $0.name == name }.flatMap { entered[$0.number] }
        }
        (experimental, border) = (find(DemoSchool.experimental), find(DemoSchool.border))
    }

    func run(_ tell: @Sendable (String) -> Void) async throws {
        guard let experimental, let border else { return }
        let crypto = platform.crypto, now = now, day = now.day
        try await platform.database.write { db in
            let (here, there) = (
                try StudentLifeLoading.classes(of: experimental, on: day, db),
                try StudentLifeLoading.classes(of: border, on: day, db)
            )
            guard let (six, three) = StudentLifeLoading.pair(here), let (sixth, fourth) = StudentLifeLoading.pair(there)
            else { return }
            try StudentLifeLoading.transfers(from: sixth, to: experimental, six, passing: [0, 1], now, db, crypto)
            try StudentLifeLoading.transfers(from: six, to: border, sixth, passing: [2, 3], now, db, crypto)
            try StudentLifeLoading.changes(three, now, db, crypto)
            try StudentLifeLoading.alarm(fourth, now, db, crypto)
        }
        tell("student life: transfers at each step, a suspension, a change of key data, an alarm")
    }

    /// The oldest first.
    private static func classes(of school: Organisation, on day: LocalDate, _ db: Connection) throws -> [ClassGroup] {
        try ClassGroupStore(db).classes(of: school.id, on: day, within: .everything).sorted {
            ($0.entryYear, $0.number) < ($1.entryYear, $1.number)
        }
    }

    /// A class of the oldest grade, not the one that the class teacher of the cast leads where there is another, and one
    /// of the younger.
    private static func pair(_ classes: [ClassGroup]) -> (old: ClassGroup, young: ClassGroup)? {
        guard let first = classes.first, let young = classes.dropLast().last, young != first else { return nil }
        return (classes.last { $0.entryYear == first.entryYear } ?? first, young)
    }

    private static func pupils(
        of classGroup: ClassGroup, on day: LocalDate, _ db: Connection, _ crypto: any CryptoProvider
    ) throws -> [Pupil] {
        let members = try EnrolmentStore(db).members(of: classGroup.id, on: day)
        let numbers = try PersonIdentifierStore(db, crypto).texts(of: members.map(\.person), kinds: [.studentNumber])
        return members.compactMap { member in
            numbers[member.person]?[.studentNumber].map { Pupil(enrolment: member, number: $0) }
        }
    }

    /// One pupil for each number of steps that were passed.
    private static func transfers(
        from classGroup: ClassGroup, to school: Organisation, _ target: ClassGroup, passing steps: [Int],
        _ now: Timestamp, _ db: Connection, _ crypto: any CryptoProvider
    ) throws {
        let service = TransferService(db, crypto, by: DemoCity.actor, now: now)
        let store = TransferStore(db, crypto)
        // The first of a class is of the cast.
        let pupils = try pupils(of: classGroup, on: now.day, db, crypto).dropFirst(5)
        let place = TransferPlace(stage: target.stage, entryYear: target.entryYear, classGroup: target.id)
        for (pupil, count) in zip(pupils, steps) {
            let claim = try TransferClaim(
                number: pupil.number, name: pupil.enrolment.name, formerSchool: classGroup.schoolName, note: "家庭搬迁")
            let id = try service.apply(claim, place, to: school)
            for _ in 0..<count { try service.pass(store.find(id, within: .everything), note: "材料齐全") }
        }
    }

    private static func changes(
        _ classGroup: ClassGroup, _ now: Timestamp, _ db: Connection, _ crypto: any CryptoProvider
    ) throws {
        let service = StudentChangeService(db, crypto, by: DemoCity.actor, now: now)
        let pupils = try pupils(of: classGroup, on: now.day, db, crypto).dropFirst(5)
        guard let resting = pupils.first, let renamed = pupils.dropFirst().first else { return }
        let suspension = StudentChangeDraft(
            kind: .suspension, day: now.day, expectedReturn: now.day.adding(days: 180),
            details: StudentChangeDetails(reason: "illness", proof: "hospital", note: "住院治疗"))
        let id = try service.apply(suspension, for: resting.enrolment.person, in: classGroup)
        try service.approve(StudentChangeStore(db, crypto).find(id, within: .everything), note: "材料齐全")
        let name = renamed.enrolment.name
        let correction = StudentChangeDraft(
            kind: .keyData, day: now.day,
            details: StudentChangeDetails(
                proof: "household", note: "户口簿已更名",
                changes: [KeyDataChange(.name, old: name, new: name.prefix(1) + "思源")]))
        try service.apply(correction, for: renamed.enrolment.person, in: classGroup)
    }

    /// None in the first days of a school year.
    private static func alarm(
        _ classGroup: ClassGroup, _ now: Timestamp, _ db: Connection, _ crypto: any CryptoProvider
    ) throws {
        let service = DropoutService(db, crypto, by: DemoCity.actor, now: now)
        guard let pupil = try pupils(of: classGroup, on: now.day, db, crypto).dropFirst(5).first else { return }
        let days = WorkCalendar.shipped.schoolDays(upTo: now.day, count: 7)
        guard let first = days.last, first >= max(pupil.enrolment.from, now.day.adding(days: -50)) else { return }
        for day in days.reversed() { try service.enter([pupil.enrolment.person: .unexcused], of: classGroup, on: day) }
    }
}
