import Kernel

extension Permission {
    /// See imports and their change sets.
    package static let importView: Permission = "connectivity.import.view"
    /// Upload, accept and undo.
    package static let importSubmit: Permission = "connectivity.import.submit"
}
