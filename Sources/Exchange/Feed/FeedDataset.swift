import Database

/// A set of records that other systems follow.
enum FeedDataset: String, Column, Sendable, CaseIterable {
    case organisations = "orgs"
    case classes
    case staff
    case students
    case enrolments

    var title: String {
        switch self {
        case .organisations: "单位"
        case .classes: "班级"
        case .staff: "教职工"
        case .students: "学生"
        case .enrolments: "在班"
        }
    }

    /// Whose word counts for its records (数据归口).
    var owner: String {
        switch self {
        case .organisations, .classes, .enrolments: "市教育局平台"
        case .staff: "全国教师系统"
        case .students: "全国学籍系统"
        }
    }
}
