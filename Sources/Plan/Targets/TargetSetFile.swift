import Foundation
import Kernel

/// A target set as a JSON file: the form in which sets are shipped, exported and sent in.
package struct TargetSetFile: Hashable, Sendable {
    /// Who set the targets, from the state down.
    package enum Layer: String, Hashable, Sendable, Codable, CaseIterable {
        case national = "国家"
        case provincial = "自治区"
        case municipal = "市"
        case county = "县"
    }

    /// The key of the set among all versions of it, for example `municipal-2015-2017`.
    package let id: String
    package let title: String
    package let layer: Layer
    package let from: LocalDate
    package let to: LocalDate
    /// The edition of the set, as its publisher counts.
    package let version: String
    /// Where the figures come from, Chinese.
    package let note: String?
    package let targets: [TargetDefinition]

    init(
        id: String, title: String, layer: Layer, from: LocalDate, to: LocalDate, version: String, note: String?,
        targets: [TargetDefinition]
    ) {
        (self.id, self.title, self.layer, self.from, self.to) = (id, title, layer, from, to)
        (self.version, self.note, self.targets) = (version, note, targets)
    }

    /// Reads a file and checks it as a whole. Throws `DomainError.invalid` with every broken rule; the fields are
    /// written `targets[3].operator`.
    package init(json: Data) throws {
        let content: TargetSetContent
        do {
            content = try JSONDecoder().decode(TargetSetContent.self, from: json)
        } catch let error as DecodingError {
            throw DomainError.invalid([TargetSetContent.problem(of: error)])
        }
        let problems = content.problems()
        guard problems.isEmpty, let layer = Layer(rawValue: content.layer),
            let from = LocalDate(iso: content.period.from), let to = LocalDate(iso: content.period.to)
        else { throw DomainError.invalid(problems) }
        (id, title, self.layer, version, note) = (content.id, content.title, layer, content.version, content.note)
        (self.from, self.to) = (from, to)
        targets = try content.targets.map { try $0.definition() }
    }

    /// The sets that come with the program: the state's, the region's and the city's.
    package static func shipped() throws -> [TargetSetFile] {
        try ["targets-national-2017", "targets-guangxi-2015-2017", "targets-2015-2017"].map { name in
            guard let url = Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Data") else {
                throw DomainError.unavailable("程序缺少随附的目标文件 \(name).json，请重新安装")
            }
            return try TargetSetFile(json: Data(contentsOf: url))
        }
    }
}

/// One target of a set: what is measured, for whom, and what counts as reached.
package struct TargetDefinition: Hashable, Sendable {
    package enum Comparison: String, Hashable, Sendable, Codable, CaseIterable {
        case atLeast = ">="
        case atMost = "<="
        case equal = "="
        /// At least one of the thing is there; no threshold.
        case exists
    }

    /// What is held against the threshold.
    package enum Basis: String, Hashable, Sendable, Codable, CaseIterable {
        /// The organisation's own value, a ratio of sums.
        case value
        /// Each school's value; the organisation's figure is the share of schools that reach the threshold.
        case schools
    }

    /// Where the figure comes from.
    package enum Source: String, Hashable, Sendable, Codable, CaseIterable {
        case facilityRegister = "facility-register"
        /// Another module delivers it; `feed` names it. A board says so of what is `pending` once a module offers it.
        case module
        /// No module delivered it when the set was written; `feed` names the one that will.
        case pending
    }

    /// What should be reached by a day on the way.
    package struct Milestone: Hashable, Sendable, Codable {
        package let date: LocalDate
        /// In the target's unit; for `Basis.schools` the share of schools in percent.
        package let value: Double
        /// Set by the city for the time being; the plan gives none (本市暂定).
        package let provisional: Bool

        package init(date: LocalDate, value: Double, provisional: Bool) {
            (self.date, self.value, self.provisional) = (date, value, provisional)
        }

        private enum CodingKeys: String, CodingKey { case date, value, provisional }

        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            guard let date = LocalDate(iso: try container.decode(String.self, forKey: .date)) else {
                throw DecodingError.dataCorruptedError(forKey: .date, in: container, debugDescription: "no date")
            }
            self.date = date
            value = try container.decode(Double.self, forKey: .value)
            provisional = try container.decodeIfPresent(Bool.self, forKey: .provisional) ?? false
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(date.iso, forKey: .date)
            try container.encode(value, forKey: .value)
            try container.encode(provisional, forKey: .provisional)
        }
    }

    /// One of the ways to read the target. The first reading of each switch is the default.
    package struct Reading: Hashable, Sendable, Codable {
        package let id: String
        /// The setting that chooses among the readings: `I1` multimedia rooms, `I8` urban and rural, `I10` computers,
        /// `I11` teachers.
        package let `switch`: String
        package let title: String
        /// The indicator of this reading where it is not the target's own.
        package let indicator: String?
        /// How this reading judges where it is not the target's own way.
        package let basis: Basis?
        /// In the target's unit, where this reading has another threshold.
        package let threshold: Double?
        /// For `Basis.schools`: how many percent of the schools must reach the threshold.
        package let share: Double?
    }

    /// The name of the target in its set, for example `T12`.
    package let id: String
    /// The path of the clause in the plan; `nil` where the set belongs to no imported plan.
    package let clause: String?
    package let title: String
    package let explanation: String
    package let indicator: String
    package let population: TargetPopulation
    package let comparison: Comparison
    /// In `unit`; `nil` for `exists` and where the city has still to set it.
    package let threshold: Double?
    /// The threshold is the city's for the time being (本市暂定).
    package let thresholdProvisional: Bool
    package let unit: String
    package let basis: Basis
    /// For `Basis.schools`: how many percent of the schools must reach the threshold.
    package let share: Double?
    /// The plan's qualifying word: 基本, 全部, 绝大部分, 逐步, 全面.
    package let qualifier: String?
    package let dueDate: LocalDate?
    package let milestones: [Milestone]
    package let readings: [Reading]
    package let readingNote: String?
    package private(set) var source: Source
    /// The module that will deliver the figure, for 待接入：….
    package let feed: String?

    /// The same as a board uses it: what waits for a module is connected as soon as one offers the indicator, so that sets
    /// in force need not be changed for it.
    func connected(to offered: Set<String>) -> TargetDefinition {
        guard source == .pending, offered.contains(indicator) else { return self }
        var connected = self
        connected.source = .module
        return connected
    }
}
