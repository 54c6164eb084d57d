import Kernel
import Web

/// Numbers of the plan in words.
enum FigureText {
    static func value(_ value: Double, _ unit: FigureUnit) -> String {
        switch unit {
        case .percent: TableValue.percent(value).text
        case .presence: value >= 1 ? "有" : "无"
        case .number(let name): quantity(value, name)
        }
    }

    static func goal(_ goal: Double?, _ comparison: EvaluationReading.Comparison, _ unit: FigureUnit) -> String {
        guard let goal else { return "待定" }
        if unit == .presence { return "须有" }
        let text = plain(goal, unit)
        if unit == .percent, goal >= 1, comparison == .atLeast { return text }
        return sign(comparison) + " " + text
    }

    /// A figure that was set and not measured, so without needless zeros: `85%`.
    static func plain(_ value: Double, _ unit: FigureUnit) -> String {
        unit == .percent ? number(value * 100) + "%" : self.value(value, unit)
    }

    static func sign(_ comparison: EvaluationReading.Comparison) -> String {
        switch comparison {
        case .atLeast: "≥"
        case .atMost: "≤"
        case .equal: "="
        }
    }

    /// `1240 Mbit/s`, `12 间`, with at most two places.
    static func quantity(_ value: Double, _ unit: String) -> String {
        unit.isEmpty ? number(value) : "\(number(value)) \(unit)"
    }

    /// At most two places, without zeros at the end.
    static func number(_ value: Double) -> String {
        if value == value.rounded(), value.magnitude < 1e15 { return String(Int64(value)) }
        let text = TableValue.decimal(value, places: 2).text
        guard text.contains(".") else { return text }
        var bytes = Array(text.utf8)
        while bytes.last == 0x30 { bytes.removeLast() }
        if bytes.last == 0x2E { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `3.5 万元`, `800 元`; with 每年 for what is paid again each year.
    static func money(_ fen: Int64?, price key: String?) -> String {
        guard let fen else { return "—" }
        let yuan = Double(fen) / 100
        let text = yuan >= 10_000 ? number(yuan / 10_000) + " 万元" : number(yuan) + " 元"
        return isYearly(key) ? "每年 " + text : text
    }

    static func isYearly(_ key: String?) -> Bool { key?.hasSuffix("-year") ?? false }

    /// How a value moved since the last snapshot.
    struct Movement: Sendable {
        /// `↑`, `↓` or `→`
        let arrow: String
        /// The same in words, with the day.
        let words: String
    }

    static func movement(from old: Double, to new: Double, _ unit: FigureUnit, since day: LocalDate) -> Movement {
        let change = new - old
        if abs(change) < 5e-5 { return Movement(arrow: "→", words: "与上次快照（\(day.iso)）持平") }
        let size =
            switch unit {
            case .percent, .presence: number(abs(change) * 100) + " 个百分点"
            case .number(let name): quantity(abs(change), name)
            }
        return Movement(
            arrow: change > 0 ? "↑" : "↓", words: "比上次快照（\(day.iso)）\(change > 0 ? "高" : "低") \(size)")
    }
}

extension TargetStatus {
    /// The colour and shape of its light.
    var tone: Tone {
        switch self {
        case .attained: .ok
        case .notAttained: .bad
        case .noData, .notApplicable, .undecided, .notConnected: .muted
        }
    }

    /// The state in one word, without the module.
    var word: String {
        if case .notConnected = self { "待接入" } else { title }
    }
}
