import Kernel

extension Permission {
    /// See the applications of one's organisations, their use and their approval.
    package static let applicationView: Permission = "federation.application.view"
    /// Apply for an application of one's organisations and take care of it.
    package static let applicationApply: Permission = "federation.application.apply"
    /// Decide on applications; which step of which, `ApprovalChain` tells.
    package static let applicationApprove: Permission = "federation.application.approve"
}
