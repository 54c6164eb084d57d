import Kernel
import Platform

/// 统计日期 in the rows above a header: `统计日期:2015年9月30日`, `截至2015-9-30`, a date cell, `2015年9月` for its last day.
enum StatisticsDate {
    /// A cell that says it is a date comes before any other.
    static func find(in rows: [SheetRow]) -> LocalDate? {
        let cells = rows.flatMap(\.cells)
        let labels = ["统计", "截至", "截止", "日期", "时间"]
        for (index, cell) in cells.enumerated() where labels.contains(where: cell.text.contains) {
            if let day = day(in: cell) { return day }
            if index + 1 < cells.count, let day = day(in: cells[index + 1]) { return day }
        }
        return cells.lazy.compactMap(day(in:)).first
    }

    static func day(in cell: SheetCell) -> LocalDate? {
        cell.kind == .number ? nil : day(in: ChineseText.matchingKey(cell.text))
    }

    static func day(in text: String) -> LocalDate? {
        let scalars = Array(text.unicodeScalars)
        for start in scalars.indices where start + 5 < scalars.count {
            if start > 0, digit(scalars[start - 1]) != nil { continue }
            guard let (year, afterYear) = number(scalars, start, digits: 4...4), (1990...2100).contains(year),
                separators.contains(scalars[afterYear]),
                let (month, afterMonth) = number(scalars, afterYear + 1, digits: 1...2), (1...12).contains(month)
            else { continue }
            if afterMonth < scalars.count, separators.contains(scalars[afterMonth]),
                let (day, _) = number(scalars, afterMonth + 1, digits: 1...2),
                let found = LocalDate(year: year, month: month, day: day)
            {
                return found
            }
            if afterMonth < scalars.count, scalars[afterMonth] == "月" {
                return LocalDate(year: year, month: month, day: LocalDate.length(ofMonth: month, year: year))
            }
        }
        return nil
    }

    private static let separators: Set<Unicode.Scalar> = ["年", "月", "-", ".", "/"]

    private static func digit(_ scalar: Unicode.Scalar) -> Int? {
        ("0"..."9").contains(scalar) ? Int(scalar.value) - 0x30 : nil
    }

    private static func number(
        _ scalars: [Unicode.Scalar], _ start: Int, digits: ClosedRange<Int>
    ) -> (value: Int, next: Int)? {
        var (value, index) = (0, start)
        while index < scalars.count, index - start < digits.upperBound, let digit = digit(scalars[index]) {
            value = value * 10 + digit
            index += 1
        }
        guard index - start >= digits.lowerBound else { return nil }
        return digits == 4...4 && index >= scalars.count ? nil : (value, index)
    }
}
