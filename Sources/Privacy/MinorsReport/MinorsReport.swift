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

    init(_ year: Int, within scope: DataScope, today: LocalDate, _ db: Connection) throws {
        let last = LocalDate(year: year, month: 12, day: 31) ?? today
        (self.year, day) = (year, min(last, today))
        let day = min(last, today)
        let store = MinorsReportStore(db: db, scope: scope, day: day)
        let census = try ConsentCensus(within: scope, on: day, db)
        let kept = try store.dataClasses() + MinorsReport.consents(census, db)
        let done = try store.answers(in: year) + store.looks(in: year) + store.requests(in: year)
        lines = MinorsReport.people(census) + kept + done
    }

    private static func people(_ census: ConsentCensus) -> [Line] {
        let minors = census.minors
        return [
            Line(section: "未成年人", item: "未满十四周岁，含出生日期未登记的", count: minors.children, unit: "人"),
            Line(section: "未成年人", item: "十四至十七周岁", count: minors.youths, unit: "人"),
        ]
    }

    private static func consents(_ census: ConsentCensus, _ db: Connection) throws -> [Line] {
        try ConsentPurposeStore(db).open(on: census.day).flatMap { purpose -> [Line] in
            let section = "用途：\(purpose.title)"
            guard purpose.isAsked else {
                return [Line(section: section, item: purpose.basis.title, count: census.pupils.count, unit: "人")]
            }
            let count = try census.counts(of: purpose, by: { _ in 0 }, db)[0] ?? ConsentCount()
            return ConsentStanding.allCases.map {
                Line(section: section, item: $0.title, count: count[$0], unit: "人")
            }
        }
    }
}
