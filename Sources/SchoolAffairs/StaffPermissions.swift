import Kernel

extension Permission {
    /// Keep posts, teams, leaves and transfers of the staff.
    package static let staffEdit: Permission = "affairs.staff.edit"
    /// See how many pupils, classes and staff there are.
    package static let statisticsView: Permission = "affairs.statistics.view"
}
