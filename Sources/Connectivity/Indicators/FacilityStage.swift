import Directory

/// A stage whose pupils per computer the plan sets a figure for (生机比).
enum FacilityStage: String, CaseIterable {
    case primary, junior, senior

    var title: String {
        switch self {
        case .primary: "小学"
        case .junior: "初中"
        case .senior: "高中(中职)"
        }
    }

    /// Pupils and computers of this stage in a school with several stages, told apart or not.
    var students: FacilityField {
        switch self {
        case .primary: .primaryStudents
        case .junior: .juniorStudents
        case .senior: .seniorStudents
        }
    }
    var computers: FacilityField {
        switch self {
        case .primary: .primaryComputers
        case .junior: .juniorComputers
        case .senior: .seniorComputers
        }
    }

    /// How a school stands to the stage, by its 办学类型 code.
    enum Part { case whole, shared, none }

    func part(of type: String) -> Part {
        if SchoolCategory.severalStages.contains(type) { return shared.contains(type) ? .shared : .none }
        return whole.contains(type) ? .whole : .none
    }

    /// Types that teach this stage only.
    private var whole: SchoolCategory {
        switch self {
        case .primary: .primaryStage
        case .junior: .juniorStage
        case .senior: .senior
        }
    }

    /// Types that teach it among others.
    private var shared: Set<String> {
        switch self {
        case .primary: ["312", "345"]
        case .junior: ["312", "341", "345"]
        case .senior: ["341", "345"]
        }
    }
}
