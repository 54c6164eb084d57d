import Contracts
import Database
import Directory
import Kernel

/// 未成年人个人信息保护年度报告: what a school, county or the city kept and did about minors in a calendar year, in figures
/// (未成年人网络保护条例, art. 37). Holds no datum of anybody.
struct MinorsReport: Sendable {
    struct Line: Sendable, Equatable {
        let section: String
        let item: String
        let count: Int
        /// `人`, `次` or `项`.
        let unit: String
    }

    let year: Int
    /// The day for which rosters and consents are counted: the last of the year, or today while it goes on.
    let day: LocalDate
    let lines: [Line]

    static let firstYear = 2020

    /// From the beginning of the year to the beginning of the next.
    static func span(of year: Int) -> (start: Timestamp, end: Timestamp) {
        func first(_ year: Int) -> Timestamp {
            LocalDate(year: year, month: 1, day: 1).map { Timestamp(startOf: $0) } ?? Timestamp(milliseconds: 0)
        }
        return (first(year), first(year + 1))
    }

    /// - Parameters:
    ///   - census: the figures of today.
    ///   - receivers: the systems that were told something in the year.
    init(
        _ year: Int, within scope: DataScope, at now: Timestamp, _ census: ConsentCensus,
        toldTo receivers: [DataReceiver] = [], _ db: Connection
    ) throws {
        let today = now.day, last = LocalDate(year: year, month: 12, day: 31) ?? today
        (self.year, day) = (year, min(last, today))
        let day = min(last, today)
        let store = MinorsReportStore(db: db, scope: scope, day: day)
        let purposes = try ConsentPurposeStore(db).open(on: day), asked = purposes.filter(\.isAsked)
        let counts =
            day == today
            ? try census.counts(within: scope, of: asked, at: now, db).values.reduce(into: [:]) {
                $0.merge($1, uniquingKeysWith: +)
            } : try MinorsReport.counts(of: asked, within: scope, on: day, db)
        let people =
            try counts.values.first?.population
            ?? ConsentCountStore(db, on: day).populations(SQL.within(scope, "o.path"), by: .school).values
            .reduce(ConsentPopulation(), +)
        let kept = try store.dataClasses() + MinorsReport.consents(purposes, counts, people)
        let done =
            try store.answers(in: year) + store.looks(in: year) + store.requests(in: year)
            + MinorsReport.receivers(receivers) + store.incidents(in: year)
        lines = MinorsReport.people(people) + kept + done
    }

    /// The figures of a day that is over.
    private static func counts(
        of purposes: [ConsentPurpose], within scope: DataScope, on day: LocalDate, _ db: Connection
    ) throws -> [String: ConsentCount] {
        let store = ConsentCountStore(db, on: day), place = SQL.within(scope, "o.path")
        let people = try store.populations(place, by: .school).values.reduce(ConsentPopulation(), +)
        let spoken = try store.standings(for: purposes, place, by: .school).values.reduce(into: [:]) {
            $0.merge($1) { $0.merging($1, uniquingKeysWith: +) }
        }
        return Dictionary(
            uniqueKeysWithValues: purposes.map { ($0.code, ConsentCount(people, spoken[$0.code] ?? [:])) })
    }

    /// Systems tell nobody's age, so what went to them about staff is among it.
    private static func receivers(_ receivers: [DataReceiver]) -> [Line] {
        let section = "本年接收信息的其他系统"
        let sum = Line(section: section, item: "系统", count: Set(receivers.map(\.name)).count, unit: "个")
        return [sum]
            + receivers.flatMap { receiver -> [Line] in
                let name = "\(receiver.name)，\(receiver.way)", words = MinorsReport.words(receiver)
                let times = Line(section: section, item: "\(name)（含教职工）\(words)", count: receiver.times, unit: "次")
                return [times]
                    + receiver.pupils.map {
                        Line(section: section, item: "\(name)，\($0.month) 涉及的学生（约）", count: $0.count, unit: "人")
                    }
            }
    }

    /// What the system read and what for, as far as it is known.
    private static func words(_ receiver: DataReceiver) -> String {
        var words = ""
        if !receiver.kinds.isEmpty { words += "，" + receiver.kinds.joined(separator: "、") }
        if !receiver.purpose.isEmpty { words += "，用途：" + receiver.purpose }
        return words
    }

    private static func people(_ people: ConsentPopulation) -> [Line] {
        [
            Line(section: "未成年人", item: "未满十四周岁，含出生日期未登记的", count: people.children, unit: "人"),
            Line(section: "未成年人", item: "十四至十七周岁", count: people.youths, unit: "人"),
        ]
    }

    private static func consents(
        _ purposes: [ConsentPurpose], _ counts: [String: ConsentCount], _ people: ConsentPopulation
    ) -> [Line] {
        purposes.flatMap { purpose -> [Line] in
            let section = "用途：\(purpose.title)"
            guard purpose.isAsked else {
                return [Line(section: section, item: purpose.basis.title, count: people.pupils, unit: "人")]
            }
            let count = counts[purpose.code] ?? ConsentCount()
            return ConsentStanding.allCases.map {
                Line(section: section, item: $0.title, count: count[$0], unit: "人")
            }
        }
    }
}
