import Kernel

/// The name of an exchanged file: `<dataset>_<org>_<yyyymmddHHMMss>.csv|xlsx` (exchange conventions of the city, 3.28). Its
/// sum stands beside it as `<name>.sm3`; `<name>.done` says that both are complete.
struct DropName: Sendable, Equatable {
    let dataset: FeedDataset
    /// 标识码 of the organisation, or its key here when it has no code.
    let organisation: String
    /// In Asia/Shanghai: `20261201083000`.
    let moment: String
    let format: DropFormat

    static let sum = ".sm3", marker = ".done", refusal = ".refused", receipt = ".received"

    /// Why a name is none of ours, in Chinese.
    struct Problem: Error, Equatable { let message: String }

    init(_ dataset: FeedDataset, _ organisation: String, at now: Timestamp, _ format: DropFormat) {
        (self.dataset, self.organisation, self.format) = (dataset, organisation, format)
        let second = now.milliseconds / 1000 - Timestamp(startOf: now.day).milliseconds / 1000
        let clock = [second / 3600, second / 60 % 60, second % 60].map { String($0 + 100).dropFirst() }
        moment = now.day.iso.filter { $0 != "-" } + clock.joined()
    }

    init(_ text: String) throws(Problem) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
        let end = parts.count == 3 ? parts[2].split(separator: ".", omittingEmptySubsequences: false) : []
        guard end.count == 2, let format = DropFormat(rawValue: String(end[1])) else {
            throw Problem(message: "文件名应为 数据集_单位_时间.csv 或 .xlsx，如 students_2145990001_20260901083000.csv")
        }
        guard let dataset = FeedDataset(rawValue: parts[0]) else {
            let known = FeedDataset.allCases.map(\.rawValue).joined(separator: "、")
            throw Problem(message: "文件名开头应为数据集名称：\(known)")
        }
        let isPlain = parts[1].utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        }
        guard (1...40).contains(parts[1].utf8.count), isPlain else {
            throw Problem(message: "文件名中的单位应为标识码")
        }
        guard DropName.isMoment(end[0]) else { throw Problem(message: "文件名中的时间应为 14 位数字，如 20260901083000") }
        (self.dataset, organisation, moment, self.format) = (dataset, parts[1], String(end[0]), format)
    }

    private static func isMoment(_ text: Substring) -> Bool {
        let digits = Array(text.utf8)
        guard digits.count == 14, digits.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else {
            return false
        }
        let (day, clock) = (number / 1_000_000, number % 1_000_000)
        return LocalDate(year: day / 10_000, month: day / 100 % 100, day: day % 100) != nil && clock / 10_000 < 24
            && clock / 100 % 100 < 60 && clock % 100 < 60
    }

    /// The day of the moment.
    var day: LocalDate {
        // Checked when the name was read, or made from a moment.
        LocalDate(iso: "\(moment.prefix(4))-\(moment.dropFirst(4).prefix(2))-\(moment.dropFirst(6).prefix(2))")
            ?? Timestamp.now.day
    }

    var text: String { "\(dataset.rawValue)_\(organisation)_\(moment).\(format.rawValue)" }
}
