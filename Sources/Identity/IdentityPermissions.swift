import Kernel

extension Permission {
    /// See the accounts of one's organisations.
    package static let accountView: Permission = "identity.account.view"
    /// Open, suspend and equip accounts; which ones, `Role.manages` tells.
    package static let accountManage: Permission = "identity.account.manage"
}
