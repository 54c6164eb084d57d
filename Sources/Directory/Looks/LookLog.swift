import Database
import Kernel
import Platform

/// For other modules: sealed data that they show in full, or that leave the platform in a file or by interface.
package enum LookLog {
    /// Puts a look at one person's data on record, in the transaction in which they are read. Throws
    /// `DomainError.notFound` for the data officer of the place, and `DomainError.conflict` after too many looks in an
    /// hour.
    /// - Parameters:
    ///   - title: what is shown, as the audit log calls it.
    ///   - name: the person's.
    ///   - data: raw values of kinds of numbers and ids of person fields.
    ///   - permission: the right by which it is shown.
    package static func record(
        _ title: String, of person: ID<Person>, named name: String, data: [String], for reason: LookReason,
        by user: CurrentUser, using permission: Permission,
        at place: (organisation: OrganisationID, path: OrganisationPath),
        address: String, now: Timestamp = .now, on db: Connection
    ) throws {
        let isOfficer = user.grants.contains { $0.role == LookAccess.officerRole && $0.path.contains(place.path) }
        if isOfficer { throw DomainError.notFound }
        try LookStore(db).checkLimit(of: user.account, now: now)
        try LookStore(db).insert(
            .page, by: Looker(user, using: [permission], at: place.path, address: address), of: person, named: name,
            people: 1, data, reason, at: place.organisation, now)
        try AuditLog.record(
            "person.looked", person.rawValue, by: AuditActor(user, address: address), at: place.path,
            "\(title)，\(CodeLists.lookReason.name(of: reason.code))", now: now, on: db)
    }

    /// Puts an export on record, in the transaction in which its data are read.
    /// - Parameters:
    ///   - title: what was exported, as the page calls it: `学籍-学生基础信息`.
    ///   - people: how many people's data.
    ///   - data: raw values of kinds of numbers and ids of person fields; those that are not sealed are left out.
    ///   - organisation: the place whose people they are; of several, the place above them.
    ///
    /// Writes nothing when none of the data is sealed or there is nobody.
    package static func recordExport(
        _ title: String, by looker: Looker, people: Int, data: [String], for reason: LookReason,
        at organisation: OrganisationID, now: Timestamp = .now, on db: Connection
    ) throws {
        let sealed = data.filter {
            PersonIdentifierKind(rawValue: $0) != nil || PersonField.named($0)?.isSensitive == true
        }
        guard people > 0, !sealed.isEmpty else { return }
        try LookStore(db).insert(
            .export, by: looker, of: nil, named: title, people: people, sealed, reason, at: organisation, now)
        let place = try OrganisationStore(db).find(organisation, within: .everything)
        let actor = AuditActor(id: looker.account?.rawValue, name: looker.name, address: looker.address)
        try AuditLog.record(
            "person.exported", organisation.rawValue, by: actor, at: place.path,
            "\(title)，\(people) 人，\(CodeLists.lookReason.name(of: reason.code))", now: now, on: db)
    }
}
