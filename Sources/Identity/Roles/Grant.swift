import Database
import Directory
import Kernel

/// 授权: a role of an account at an organisation for some time.
package struct Grant: Sendable, Equatable {
    package let id: ID<Grant>
    package let role: Role
    package let organisation: OrganisationID
    package let organisationName: String
    package let path: OrganisationPath
    package let from: LocalDate
    /// The first day on which it no longer holds; `nil` while open-ended.
    package let until: LocalDate?

    package init(
        id: ID<Grant>, role: Role, organisation: OrganisationID, organisationName: String, path: OrganisationPath,
        from: LocalDate, until: LocalDate?
    ) {
        (self.id, self.role, self.organisation, self.organisationName) = (id, role, organisation, organisationName)
        (self.path, self.from, self.until) = (path, from, until)
    }

    /// Whether it holds on the day.
    package func holds(on day: LocalDate) -> Bool { from <= day && isOpen(on: day) }

    /// Whether it holds on the day or will later.
    package func isOpen(on day: LocalDate) -> Bool { until.map { $0 > day } ?? true }

    /// Whether it is a role of those who work at a school or office, not of pupils and their families.
    package var isOfStaff: Bool { role != .student && role != .guardian }

    /// Whether there is a day on which both it and the period hold.
    func overlaps(from start: LocalDate, until end: LocalDate?) -> Bool {
        if let until, until <= from || until <= start { return false }
        return end.map { from < $0 } ?? true
    }

    package var effective: EffectiveGrant {
        EffectiveGrant(role: role.rawValue, organisation: organisation, path: path, permissions: role.permissions)
    }
}

/// Who may hold which role where, and who may give it.
enum GrantRules {
    /// Throws `DomainError.invalid` when the account may not hold the role: wrong kind of organisation, impossible
    /// period, the same twice, or 三员 beside anything else.
    static func check(
        _ role: Role, at organisation: Organisation, from: LocalDate, until: LocalDate?, beside existing: [Grant]
    ) throws {
        guard organisation.closedOn == nil else {
            throw DomainError.invalid("organisation", "\(organisation.name)已经撤并")
        }
        guard role.kinds.contains(organisation.kind) else {
            throw DomainError.invalid("organisation", "\(role.title)不能设在\(organisation.name)，单位类型不符")
        }
        guard role.definition.isGranted else { throw DomainError.invalid("role", "\(role.title)随任职产生，不能单独授予") }
        if let until, until <= from { throw DomainError.invalid("until", "有效至不能早于生效日期") }
        if let longest = role.definition.longestDays, until.map({ $0 > from.adding(days: longest) }) ?? true {
            throw DomainError.invalid("until", "\(role.title)一次最长任命一年，到期再续")
        }
        let others = existing.filter { $0.overlaps(from: from, until: until) }
        if others.contains(where: { $0.role == role && $0.organisation == organisation.id }) {
            throw DomainError.invalid("role", "这个账号在\(organisation.name)已经是\(role.title)")
        }
        if let other = others.first(where: { $0.role.isExclusive != role.isExclusive || $0.role.isExclusive }) {
            throw DomainError.invalid("role", "系统、安全、审计管理员不能兼任：这个账号已经是\(other.role.title)")
        }
    }

    /// The end of a grant for which none is chosen: administration is delegated for a year at most.
    static func usualEnd(of role: Role, from start: LocalDate) -> LocalDate? {
        role.definition.longestDays.map { start.adding(days: $0) }
    }

    /// Whether the user may give or take the role at the place: her own role must manage it, and her place contain it.
    static func mayGrant(_ role: Role, at path: OrganisationPath, by user: CurrentUser) -> Bool {
        user.grants.contains { own in
            guard own.permissions.contains(.accountManage), own.path.contains(path) else { return false }
            return Role(rawValue: own.role)?.manages.contains(role) ?? false
        }
    }

    /// Whether the user may change an account that holds the grants: never her own, and only when every role of it is
    /// one she may give. Otherwise resetting a password would be a way to rights she does not have.
    static func mayManage(_ account: ID<Account>, holding grants: [Grant], by user: CurrentUser, on day: LocalDate)
        -> Bool
    {
        account != user.account && user.may(.accountManage)
            && grants.filter { $0.isOpen(on: day) }.allSatisfy { mayGrant($0.role, at: $0.path, by: user) }
    }

    /// The roles that the user may give somewhere, in the order of `Role`.
    static func grantable(by user: CurrentUser) -> [Role] {
        let own = user.grants.filter { $0.permissions.contains(.accountManage) }.compactMap { Role(rawValue: $0.role) }
        return Role.allCases.filter { role in own.contains { $0.manages.contains(role) } }
    }
}
