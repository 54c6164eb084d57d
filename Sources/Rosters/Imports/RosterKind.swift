import Database

/// Whose roster a workbook is.
package enum RosterKind: String, Column, Codable, Sendable, CaseIterable {
    case pupils, staff

    package var title: String { self == .pupils ? "学生" : "教职工" }

    /// The national export whose columns are known by heart (预设).
    package var preset: String { self == .pupils ? "学籍-学生基础信息" : "教师系统-教师基本信息" }

    /// What the kept values carry as their origin.
    var isOfPupils: Bool { self == .pupils }
}
