import Kernel

extension Permission {
    /// Prepare a rollover at one's school and give the school's word; from a county up also run it and take it back.
    package static let rolloverRun: Permission = "affairs.rollover.run"
}
