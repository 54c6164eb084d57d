import Kernel

extension Permission {
    /// See the accounts of one's organisations.
    package static let accountView: Permission = "identity.account.view"
    /// Open, suspend and equip accounts; which ones, `Role.manages` tells.
    package static let accountManage: Permission = "identity.account.manage"
    /// Equip the accounts of the pupils of the class one leads.
    package static let classAccountsLed: Permission = "identity.class.manage"
    /// The same for every class of the school.
    package static let classAccountsAll: Permission = "identity.class.all"
    /// Decide about second factors.
    package static let policyEdit: Permission = "identity.policy.edit"
}
