import Kernel

extension Permission {
    /// See the living plan, its documents, target sets and settings.
    package static let planView: Permission = "plan.state.view"
    /// Import a plan document and publish it.
    package static let documentEdit: Permission = "plan.document.edit"
    package static let targetEdit: Permission = "plan.target.edit"
    /// Change the city's readings, prices and what the public sees.
    package static let settingEdit: Permission = "plan.setting.edit"
    /// Freeze the figures of a day.
    package static let snapshotFreeze: Permission = "plan.snapshot.freeze"
}
