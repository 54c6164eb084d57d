/// A calendar day without time or zone, stored and sorted as ISO text (`2015-09-30`).
package struct LocalDate: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    /// `nil` when the day does not exist.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        guard day <= LocalDate.length(ofMonth: month, year: year) else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// `yyyy-MM-dd` and nothing else; `nil` otherwise.
    package init?(iso text: some StringProtocol) {
        var text = String(text)
        guard let date = text.withUTF8({ LocalDate(iso: $0) }) else { return nil }
        self = date
    }

    /// The same from UTF-8 bytes.
    package init?(iso bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for byte in bytes[range] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        guard let y = number(0..<4), let m = number(5..<7), let d = number(8..<10) else { return nil }
        self.init(year: y, month: m, day: d)
    }

    /// Days since 1970-01-01, by the proleptic Gregorian calendar.
    package init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    package var daysSince1970: Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The first and last day of the calendar that ISO text of four digits can name, as day numbers.
    private static let calendar = -719_162...2_932_896

    /// 1 January of the year 1.
    package static let earliest = LocalDate(daysSince1970: calendar.lowerBound)
    /// 31 December of the year 9999.
    package static let latest = LocalDate(daysSince1970: calendar.upperBound)

    /// The day so many days later or earlier; stops at the ends of the calendar (years 1 to 9999).
    package func adding(days: Int) -> LocalDate {
        let (sum, overflow) = daysSince1970.addingReportingOverflow(days)
        let wanted = overflow ? (days < 0 ? Int.min : Int.max) : sum
        return LocalDate(
            daysSince1970: min(max(wanted, LocalDate.calendar.lowerBound), LocalDate.calendar.upperBound))
    }

    /// `2015-09-30`
    package var iso: String {
        let y = String(year)
        return "\(String(repeating: "0", count: max(0, 4 - y.utf8.count)))\(y)-\(twoDigits(month))-\(twoDigits(day))"
    }

    /// `2015年9月30日`
    package var chinese: String { "\(year)年\(month)月\(day)日" }
    package var description: String { iso }

    package static func < (a: LocalDate, b: LocalDate) -> Bool {
        (a.year, a.month, a.day) < (b.year, b.month, b.day)
    }

    package static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
