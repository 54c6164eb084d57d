import Directory

/// The sorts of schools a demo draws; each has its usual size and its own need of lines, rooms and devices.
enum SchoolSort: CaseIterable {
    case central, teachingPoint, completePrimary, urbanPrimary, junior, nineYear, complete, twelveYear, senior
    case vocational, special, kindergarten

    /// 办学类型码
    var type: String {
        switch self {
        case .central, .completePrimary, .urbanPrimary: "211"
        case .teachingPoint: "218"
        case .junior: "311"
        case .nineYear: "312"
        case .complete: "341"
        case .senior: "342"
        case .twelveYear: "345"
        case .vocational: "365"
        case .special: "514"
        case .kindergarten: "111"
        }
    }

    var classes: ClosedRange<Int> {
        switch self {
        case .teachingPoint: 1...4
        case .completePrimary: 6...14
        case .central: 12...28
        case .urbanPrimary: 24...42
        case .junior: 12...30
        case .nineYear: 18...30
        case .complete, .twelveYear: 36...48
        case .senior: 36...54
        case .vocational: 20...40
        case .special: 6...9
        case .kindergarten: 6...12
        }
    }

    var pupilsPerClass: ClosedRange<Int> {
        switch self {
        case .teachingPoint: 7...16
        case .completePrimary: 30...42
        case .central, .nineYear: 36...45
        case .urbanPrimary: 42...50
        case .junior: 40...48
        case .complete, .twelveYear, .senior: 44...52
        case .vocational: 36...46
        case .special: 8...12
        case .kindergarten: 25...32
        }
    }

    var pupilsPerTeacher: Double {
        switch self {
        case .completePrimary, .central, .urbanPrimary: 17.5
        case .teachingPoint, .junior, .nineYear, .kindergarten: 14
        case .complete, .twelveYear, .senior: 13.5
        case .vocational: 20
        case .special: 4
        }
    }

    /// Mbit/s that the plan, or the bureau where the plan is silent, expects of the school's line.
    var bandwidthGoal: Double {
        switch self {
        case .teachingPoint: 4
        case .completePrimary: 10
        case .special, .kindergarten: 20
        case .central, .urbanPrimary, .junior, .nineYear, .complete, .twelveYear, .senior, .vocational: 30
        }
    }

    /// Pupils who may share a computer; none are expected in kindergartens.
    var pupilsPerComputer: Double? {
        switch self {
        case .teachingPoint, .completePrimary, .central, .urbanPrimary, .special: 10
        case .junior, .nineYear: 8
        case .complete, .twelveYear: 6.5
        case .senior, .vocational: 5
        case .kindergarten: nil
        }
    }

    /// Share of pupils in 小学, 初中 and 高中; empty for schools of one stage.
    var stages: [Double] {
        switch self {
        case .nineYear: [0.62, 0.38, 0]
        case .complete: [0, 0.4, 0.6]
        case .twelveYear: [0.45, 0.28, 0.27]
        default: []
        }
    }

    /// Shares pupils or computers among 小学, 初中 and 高中; `nil` for schools of one stage.
    func parts(of whole: Int) -> [Int]? {
        guard let last = stages.lastIndex(where: { $0 > 0 }) else { return nil }
        var rest = whole
        return stages.enumerated().map { index, share in
            guard share > 0 else { return 0 }
            let part = index == last ? rest : min(rest, Int((Double(whole) * share).rounded()))
            rest -= part
            return part
        }
    }

    var isSenior: Bool { SchoolCategory.senior.contains(type) }
    var isRecording: Bool { SchoolCategory.isCentralOrAbove(type: type, isCentral: self == .central) }

    /// The first two digits of a 学校标识码.
    var codePrefix: String { SchoolSort.prefixes[type.prefix(2).description] ?? "93" }

    private static let prefixes = ["11": "11", "21": "21", "31": "31", "34": "34", "36": "36", "51": "51"]
}
