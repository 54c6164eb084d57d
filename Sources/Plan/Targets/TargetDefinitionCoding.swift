import Foundation
import Kernel

/// A definition is stored and sent as a target stands in a target set file.
extension TargetDefinition: Encodable {
    private enum CodingKeys: String, CodingKey {
        case id, clause, title, explanation, indicator, population, `operator`, threshold, thresholdProvisional, unit
        case basis, share, qualifier, dueDate, milestones, readings, readingNote, source, feed
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(clause, forKey: .clause)
        try container.encode(title, forKey: .title)
        try container.encode(explanation, forKey: .explanation)
        try container.encode(indicator, forKey: .indicator)
        try container.encode(population, forKey: .population)
        try container.encode(comparison, forKey: .operator)
        try container.encode(threshold, forKey: .threshold)
        try container.encode(thresholdProvisional, forKey: .thresholdProvisional)
        try container.encode(unit, forKey: .unit)
        try container.encode(basis, forKey: .basis)
        try container.encode(share, forKey: .share)
        try container.encode(qualifier, forKey: .qualifier)
        try container.encode(dueDate?.iso, forKey: .dueDate)
        try container.encode(milestones, forKey: .milestones)
        try container.encode(readings, forKey: .readings)
        try container.encode(readingNote, forKey: .readingNote)
        try container.encode(source, forKey: .source)
        try container.encode(feed, forKey: .feed)
    }

    /// JSON with sorted keys, so that equal definitions are equal text.
    func stored() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    init(stored text: String) throws {
        self = try JSONDecoder().decode(TargetSetContent.Target.self, from: Data(text.utf8)).definition()
    }
}

extension TargetDefinition.Comparison {
    package var title: String {
        switch self {
        case .atLeast: "不低于"
        case .atMost: "不高于"
        case .equal: "等于"
        case .exists: "有即可"
        }
    }
}

extension TargetDefinition {
    /// The aim in words: `≥ 30 Mbit/s`, `有`, `待定`; for `Basis.schools` with the share of schools that must reach it.
    package var aim: String {
        let sign =
            switch comparison {
            case .atLeast: "≥"
            case .atMost: "≤"
            case .equal: "="
            case .exists: "有"
            }
        let unit = unit == "%" ? "%" : " \(unit)"
        let number = threshold.map { "\(sign) \(TargetNumber.text($0))\(unit)" } ?? (comparison == .exists ? "有" : "待定")
        guard let share, basis == .schools else { return number }
        return share == 100 ? "\(number)，全部学校" : "\(number)，\(TargetNumber.text(share))% 的学校"
    }
}

/// Numbers of targets as they are typed and shown, without needless places.
enum TargetNumber {
    static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
    }

    /// A number of digits with at most one point; nothing like `1e3` or `nan`.
    static func value(_ text: String) -> Double? {
        guard text.utf8.count <= 15, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }) else {
            return nil
        }
        return Double(text)
    }
}
