import Kernel

/// 花名册数: how many classes, pupils and staff a school has on a day by its own roster.
package struct RosterCount: Sendable, Equatable {
    /// Classes with at least one pupil.
    package var classes = 0
    package var pupilsByStage: [ClassStage: Int] = [:]
    /// 专任教师: who holds a post of 教师 or 教师兼行政 here as her own school.
    package var teachers = 0
    /// 教职工: who holds any post here as her own school.
    package var staff = 0

    /// Nobody.
    package init() {}

    package var pupils: Int { pupilsByStage.values.reduce(0, +) }

    /// Whether the school keeps its roster of pupils here.
    package var hasPupils: Bool { classes > 0 }
    /// Whether it keeps that of its staff here, too.
    package var hasStaff: Bool { hasPupils && teachers > 0 }
}
