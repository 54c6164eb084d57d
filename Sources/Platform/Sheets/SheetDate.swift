import Kernel

/// Which parts of a date a number format shows.
enum DateFormat: Equatable {
    case date, time, dateAndTime
    /// Hours that run on past 24.
    case elapsedTime

    /// The formats Excel knows by number, those of Chinese editions included (ECMA-376 part 1, 18.8.30).
    init?(builtIn id: Int) {
        switch id {
        case 14...17, 27...31, 36, 50...54, 57, 58: self = .date
        case 18...21, 32...35, 45, 47, 55, 56: self = .time
        case 46: self = .elapsedTime
        case 22: self = .dateAndTime
        default: return nil
        }
    }

    /// Reads a format code such as `yyyy"年"m"月"d"日"`; `nil` when it shows no date.
    init?(code: String) {
        var hasDay = false
        var hasTime = false
        var hasMonth = false
        var isElapsed = false
        var bytes = code.utf8.makeIterator()
        scan: while let byte = bytes.next() {
            switch byte {
            case 0x22: while let next = bytes.next(), next != 0x22 {}
            case 0x5C, 0x5F, 0x2A: _ = bytes.next()
            case 0x5B:
                var inside: [UInt8] = []
                while let next = bytes.next(), next != 0x5D { inside.append(next | 0x20) }
                if let kind = inside.first, inside.allSatisfy({ $0 == kind }), [0x68, 0x6D, 0x73].contains(kind) {
                    isElapsed = true
                }
            case 0x3B: break scan
            case 0x79, 0x59, 0x64, 0x44: hasDay = true
            case 0x68, 0x48, 0x73, 0x53: hasTime = true
            case 0x6D, 0x4D: hasMonth = true
            default: continue
            }
        }
        if isElapsed {
            self = .elapsedTime
        } else if hasDay {
            self = hasTime ? .dateAndTime : .date
        } else if hasTime {
            self = .time
        } else if hasMonth {
            self = .date
        } else {
            return nil
        }
    }
}

/// Excel's two ways of counting days.
enum DateSystem: Sendable {
    case from1900, from1904

    /// The ISO text of a serial number; `nil` outside the calendar (negative, 29 February 1900, after 9999).
    func text(_ serial: Double, as format: DateFormat) -> String? {
        guard serial >= 0, serial < 2_958_466 else { return nil }
        let seconds = Int((serial * 86_400).rounded())
        let (days, time) = (seconds / 86_400, seconds % 86_400)
        let clock = "\(pair(time / 3600)):\(pair(time / 60 % 60)):\(pair(time % 60))"
        switch format {
        case .time: return clock
        case .elapsedTime: return "\(pair(seconds / 3600)):\(pair(seconds / 60 % 60)):\(pair(seconds % 60))"
        case .date, .dateAndTime:
            guard let day = day(days) else { return nil }
            return format == .date || time == 0 ? day.iso : "\(day.iso)T\(clock)"
        }
    }

    /// Excel's 1900 calendar has a 29 February 1900, which did not exist: days before it count from one day later.
    private func day(_ days: Int) -> LocalDate? {
        switch self {
        case .from1904:
            // 31 December 9999 is the last day that has a name.
            guard days - 24_107 <= 2_932_896 else { return nil }
            return LocalDate(daysSince1970: days - 24_107)
        case .from1900:
            guard days >= 1, days != 60 else { return nil }
            return LocalDate(daysSince1970: days - (days < 60 ? 25_568 : 25_569))
        }
    }

    private func pair(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}

/// What the reader needs of a workbook's styles: which cell formats show dates.
final class SheetStyles: XMLReceiver {
    private var customCodes: [Int: String] = [:]
    /// By cell style; `nil` for a style that shows plain numbers.
    private(set) var formats: [DateFormat?] = []
    private var isInCellFormats = false

    func started(_ name: XMLBytes, _ attributes: XMLAttributes) throws {
        switch name {
        case "numFmt":
            guard let id = attributes["numFmtId"]?.integer, let code = attributes["formatCode"] else { return }
            guard customCodes.count < 10_000 else { throw SheetError.damaged }
            customCodes[id] = code.string
        case "cellXfs": isInCellFormats = true
        case "xf" where isInCellFormats:
            guard formats.count < 100_000 else { throw SheetError.damaged }
            let id = attributes["numFmtId"]?.integer ?? 0
            formats.append(customCodes[id].map { DateFormat(code: $0) } ?? DateFormat(builtIn: id))
        default: return
        }
    }

    func ended(_ name: XMLBytes) {
        if name == "cellXfs" { isInCellFormats = false }
    }
}
