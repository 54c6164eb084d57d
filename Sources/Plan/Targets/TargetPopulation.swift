/// Which schools a target speaks of. A school belongs when area, kind and the rule on central schools all fit; its kind
/// fits when its type is named, or its tier is, or neither types, tiers nor a stage are.
package struct TargetPopulation: Hashable, Sendable, Codable {
    /// 城镇 and 农村, as one of the two readings of a school's place gives it.
    package enum Area: String, Hashable, Sendable, Codable, CaseIterable {
        case all, urban, rural

        /// The area by 城乡类型代码: 1… is urban, 2… rural; `nil` for anything else.
        package init?(urbanRuralCode code: some StringProtocol) {
            switch code.utf8.first {
            case UInt8(ascii: "1"): self = .urban
            case UInt8(ascii: "2"): self = .rural
            default: return nil
            }
        }

        package var title: String {
            switch self {
            case .all: "城乡"
            case .urban: "城镇"
            case .rural: "农村"
            }
        }
    }

    /// The stage the target is about. It selects the schools only where no types are named.
    package enum Stage: String, Hashable, Sendable, Codable, CaseIterable {
        case all, primary, junior, senior, compulsory

        /// 办学类型码 of the stage (GB/T 33782-2017); empty for all.
        package var schoolTypes: [String] {
            switch self {
            case .all: []
            case .primary: ["211", "218", "219"]
            case .junior: ["311", "312", "319"]
            case .senior: ["341", "342", "345", "361", "362", "363", "364", "365", "366"]
            case .compulsory: ["211", "218", "219", "311", "312", "319"]
            }
        }

        package var title: String {
            switch self {
            case .all: "各学段"
            case .primary: "小学"
            case .junior: "初中"
            case .senior: "高中阶段"
            case .compulsory: "义务教育阶段"
            }
        }
    }

    /// Whether central schools are taken as any other or left out.
    package enum CentralRule: String, Hashable, Sendable, Codable, CaseIterable {
        case any, except
    }

    package let area: Area
    package let stage: Stage
    /// 办学类型码 (GB/T 33782-2017), three digits.
    package let schoolTypes: [String]
    /// Tiers of the plan taken in beside the types, one of `TargetPopulation.tiers`.
    package let tiers: [String]
    package let central: CentralRule
    /// Only schools with a line count; those without are listed beside the figure.
    package let connectedOnly: Bool
    /// The population in words, Chinese.
    package let note: String

    package init(
        area: Area = .all, stage: Stage = .all, schoolTypes: [String] = [], tiers: [String] = [],
        central: CentralRule = .any, connectedOnly: Bool = false, note: String = ""
    ) {
        (self.area, self.stage, self.schoolTypes, self.tiers) = (area, stage, schoolTypes, tiers)
        (self.central, self.connectedOnly, self.note) = (central, connectedOnly, note)
    }

    /// The tiers by which the plan sorts schools.
    package static let tiers = ["中学", "中心校", "农村完小", "教学点", "城区小学", "幼儿园", "特教", "中职"]
    /// The tier of a school whose central flag is set, whatever tier is recorded.
    package static let centralTier = "中心校"

    /// Whether a school is one of the population, its connection aside. An `area` of `nil` fits only populations of
    /// both areas; a `tier` of `nil` means that none is recorded.
    package func includes(area: Area?, schoolType: String, isCentral: Bool, tier: String?) -> Bool {
        guard self.area == .all || area == self.area, !(central == .except && isCentral) else { return false }
        let types = schoolTypes.isEmpty && tiers.isEmpty ? stage.schoolTypes : schoolTypes
        if types.isEmpty && tiers.isEmpty || types.contains(schoolType) { return true }
        return isCentral && tiers.contains(TargetPopulation.centralTier) || tier.map(tiers.contains) ?? false
    }
}
