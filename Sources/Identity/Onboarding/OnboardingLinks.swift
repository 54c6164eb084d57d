import Directory
import Kernel

/// The ways from the directory's pages to the accounts of the people on them.
extension IdentityModule {
    package static let classPage = RelatedPage<RelatedClass>(
        "班级账号", path: { ClassAccountRoutes.path($0.classGroup.id) },
        isOpen: { subject, user in
            let path = subject.classGroup.path
            return user.may(.classAccountsAll, at: path)
                || user.may(.classAccountsLed, at: path) && subject.isLed(by: user.person)
        })

    /// From the guardians of a class to their accounts.
    package static let guardianPage = RelatedPage<RelatedClass>(
        "家长账号", path: { GuardianAccountRoutes.path($0.classGroup.id) },
        isOpen: { subject, user in
            let path = subject.classGroup.path
            return user.may(.classAccountsAll, at: path)
                || user.may(.classAccountsLed, at: path) && subject.isLed(by: user.person)
        })

    package static let staffPage = RelatedPage<Organisation>(
        "开通账号", path: { StaffAccountRoutes.path($0.id) },
        isOpen: { school, user in
            school.closedOn == nil && GrantRules.mayGrant(.teacher, at: school.path, by: user)
        })
}
