import Kernel
import Web

/// What the bar above the plan asks for, apart from organisation and day.
struct BoardSelection: Hashable, Sendable {
    /// A reading of those targets that have it, `M1`, `teaching` …; otherwise the official one.
    var reading: String?
    /// A view of 城镇 and 农村; otherwise the official one.
    var view: AreaView?
    /// Only schools of this kind.
    var kind: SchoolKind?
    /// Only targets in this state, as chosen from the list.
    var listed: StateFilter?
    /// 只看未达标; goes before the list.
    var isShortOnly = false

    /// Only targets in this state.
    var state: StateFilter? { isShortOnly ? .notAttained : listed }

    /// Unknown words count as absent.
    init(_ query: FormValues) {
        reading = query.text("reading").flatMap { $0.utf8.count <= BoardSelection.longestReading ? $0 : nil }
        view = AreaView(rawValue: query.text("view") ?? "")
        kind = SchoolKind(rawValue: query.text("type") ?? "")
        listed = StateFilter(rawValue: query.text("state") ?? "")
        isShortOnly = query.text("short") != nil
    }

    init() {}

    private static let longestReading = 32

    /// The same as a key for kept pages.
    var key: String {
        "\(reading ?? "") \(view?.rawValue ?? "") \(kind?.rawValue ?? "") \(listed?.rawValue ?? "") \(isShortOnly)"
    }

    /// The reading to ask of a target; `nil` for the official one.
    func reading(of target: EvaluationTarget) -> String? {
        target.readings.contains { $0.id == reading } ? reading : nil
    }
}

/// The kinds of schools that the plan can be asked for, by 办学类型码.
enum SchoolKind: String, CaseIterable, Sendable {
    case kindergarten, primary, point, junior, senior, vocational, special

    var title: String {
        switch self {
        case .kindergarten: "幼儿园"
        case .primary: "小学"
        case .point: "教学点"
        case .junior: "初中"
        case .senior: "高中"
        case .vocational: "中职"
        case .special: "特教"
        }
    }

    func contains(_ type: String) -> Bool {
        switch self {
        case .kindergarten: type.hasPrefix("1")
        case .primary: type.hasPrefix("2") && type != "218"
        case .point: type == "218"
        case .junior: type.hasPrefix("31")
        case .senior: type.hasPrefix("34")
        case .vocational: type.hasPrefix("36")
        case .special: type.hasPrefix("5")
        }
    }
}

/// The states that the plan can be filtered by.
enum StateFilter: String, CaseIterable, Sendable {
    case attained, notAttained, noData, notApplicable, notConnected

    var title: String {
        switch self {
        case .attained: "达标"
        case .notAttained: "未达标"
        case .noData: "无数据"
        case .notApplicable: "不适用"
        case .notConnected: "待接入"
        }
    }

    var tone: Tone {
        switch self {
        case .attained: .ok
        case .notAttained: .bad
        case .noData, .notApplicable, .notConnected: .muted
        }
    }

    func contains(_ status: TargetStatus) -> Bool {
        switch (self, status) {
        case (.attained, .attained), (.notAttained, .notAttained), (.notConnected, .notConnected): true
        case (.noData, .noData), (.noData, .undecided), (.notApplicable, .notApplicable): true
        default: false
        }
    }
}
