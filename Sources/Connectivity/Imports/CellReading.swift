import Directory
import Kernel
import Platform

/// What one cell of a clerk's workbook says. Pure; every refusal names the column and the content.
enum CellReading: Equatable {
    case value(Double)
    /// Nothing is told; what the register knows stays.
    case absent
    case refused(String)

    /// Reads a figure of the register.
    /// - Parameter scale: factor of bare numbers in a bandwidth column.
    static func figure(_ cell: SheetCell?, _ field: FacilityField, scale: Double = 1) -> CellReading {
        let blank = field.blank.map { CellReading.value($0) } ?? .absent
        guard let cell else { return blank }
        if let fault = cell.fault(in: field.shortLabel) { return .refused(fault) }
        switch field.kind {
        case .yesNo: return yesNo(cell, field, blank)
        case .code: return code(cell, field)
        case .count, .bandwidth, .money: return number(cell, field, scale, blank)
        }
    }

    /// The content as messages quote it.
    static func shown(_ cell: SheetCell) -> String { ChineseText.quoted(cell.text) }

    private static func number(
        _ cell: SheetCell, _ field: FacilityField, _ scale: Double, _ blank: CellReading
    ) -> CellReading {
        switch (cell.kind, cell.number) {
        case (.date, _): return .refused("\(field.shortLabel)“\(shown(cell))”是日期，不是数字")
        case (.number, .some(let number)): return .value(scaled(number, field, scale))
        default: break
        }
        let text = ChineseText.matchingKey(cell.text)
        if text.isEmpty { return blank }
        if none.contains(text) { return .value(0) }
        // A dash in a count that must be told says nothing; in the others it says none.
        if dashes.contains(text) { return blank }
        guard let (number, unit) = FigureText.split(text), let factor = factor(of: unit, field, scale) else {
            return .refused("\(field.shortLabel)“\(shown(cell))”不是数字")
        }
        return .value(field.kind == .money ? (number * factor).rounded() : number * factor)
    }

    private static func scaled(_ number: Double, _ field: FacilityField, _ scale: Double) -> Double {
        switch field.kind {
        case .bandwidth: number * scale
        case .money: (number * 100).rounded()
        case .count, .yesNo, .code: number
        }
    }

    /// What a number is multiplied by because of the unit after it; `nil` for a unit that does not fit.
    private static func factor(of unit: String, _ field: FacilityField, _ scale: Double) -> Double? {
        switch field.kind {
        case .bandwidth:
            if unit.isEmpty { return scale }
            return bandwidths[unit]
                ?? bandwidthTails.lazy.compactMap { tail in
                    unit.hasSuffix(tail) ? bandwidths[String(unit.dropLast(tail.count))] : nil
                }.first
        case .money: return ["", "元", "元/月", "/月", "元每月"].contains(unit) ? 100 : nil
        case .count, .yesNo, .code: return counts.contains(unit) ? 1 : nil
        }
    }

    private static func yesNo(_ cell: SheetCell, _ field: FacilityField, _ blank: CellReading) -> CellReading {
        let text = ChineseText.matchingKey(cell.text)
        if text.isEmpty { return blank }
        if yes.contains(text) { return .value(1) }
        if no.contains(text) { return .value(0) }
        return .refused("\(field.shortLabel)“\(shown(cell))”看不出是有还是无")
    }

    private static func code(_ cell: SheetCell, _ field: FacilityField) -> CellReading {
        guard !ChineseText.matchingKey(cell.text).isEmpty else { return .absent }
        guard let number = field.number(matching: cell.text) else {
            return .refused("\(field.shortLabel)“\(shown(cell))”不在代码表中")
        }
        return .value(number)
    }

    /// 是否中心校: `nil` when it cannot be told.
    static func flag(_ text: String) -> Bool? {
        let text = ChineseText.matchingKey(text)
        if text.isEmpty || no.contains(text) { return false }
        return yes.contains(text) ? true : nil
    }

    static let none: Set<String> = ["无", "没有", "未接入", "未接", "未通", "未开通", "未安装", "暂无", "零", "none"]
    static let dashes: Set<String> = ["-", "--", "---", "/", "\\", "_", "*", "n/a", "na"]
    private static let yes: Set<String> = [
        "是", "有", "y", "yes", "√", "✓", "✔", "☑", "1", "true", "t", "对", "已建", "已有", "已建成", "已接入", "部分", "部分覆盖",
        "全部", "全覆盖", "v",
    ]
    private static let no: Set<String> = none.union(dashes).union([
        "否", "不是", "n", "no", "×", "x", "✗", "✘", "✕", "☒", "╳", "0", "false", "f", "未建", "未建成", "没建",
    ])
    private static let counts: Set<String> = [
        "", "人", "名", "个", "间", "台", "套", "条", "班", "所", "位", "部", "室", "个班", "个教学班", "名学生", "台套", "台/套",
    ]
    private static let bandwidths: [String: Double] = [
        "m": 1, "mb": 1, "mbps": 1, "mb/s": 1, "mbit/s": 1, "mbits": 1, "mbit": 1, "兆": 1, "兆/秒": 1, "兆bps": 1,
        "兆位/秒": 1,
        "兆比特/秒": 1, "m/s": 1, "mpbs": 1, "g": 1000, "gb": 1000, "gbps": 1000, "gb/s": 1000, "gbit/s": 1000, "千兆": 1000,
        "吉": 1000, "k": 0.001, "kb": 0.001, "kbps": 0.001, "kb/s": 0.001, "kbit/s": 0.001, "百兆": 100, "万兆": 10_000,
    ]
    private static let bandwidthTails = ["光纤", "宽带", "专线", "光纤专线", "光纤宽带", "独享", "共享", "adsl", "lan"]
}

/// A number and the unit written after it.
enum FigureText {
    /// Splits `1,024台` into 1024 and 台. Words that are numbers themselves (千兆) count as one of that unit. `nil` when
    /// the text does not begin with one plain number.
    static func split(_ text: String) -> (number: Double, unit: String)? {
        if ["百兆", "千兆", "万兆"].contains(where: text.hasPrefix) { return (1, text) }
        let bytes = Array(text.utf8)
        var digits: [UInt8] = [], groups: [Int] = [], index = 0, point: Int?
        if let first = bytes.first, first == 0x2D || first == 0x2B {
            if first == 0x2D { digits.append(first) }
            index = 1
        }
        var sinceMark = 0
        scan: while index < bytes.count {
            switch bytes[index] {
            case 0x30...0x39:
                digits.append(bytes[index])
                sinceMark += 1
            case 0x2C where point == nil:
                groups.append(sinceMark)
                sinceMark = 0
            case 0x2E where point == nil:
                point = digits.count
                digits.append(0x2E)
                if !groups.isEmpty { groups.append(sinceMark) }
                sinceMark = 0
            default: break scan
            }
            index += 1
        }
        if point == nil, !groups.isEmpty { groups.append(sinceMark) }
        guard digits.count <= 18, isGrouped(groups), digits.contains(where: { (0x30...0x39).contains($0) }),
            let number = Double(String(decoding: digits, as: UTF8.self)), digits.last != 0x2E
        else { return nil }
        return (number, String(decoding: bytes[index...], as: UTF8.self))
    }

    /// Thousands commas part groups of three digits; the first may be shorter.
    private static func isGrouped(_ groups: [Int]) -> Bool {
        guard let first = groups.first else { return true }
        return (1...3).contains(first) && groups.dropFirst().allSatisfy { $0 == 3 }
    }
}
