import Database
import Kernel
import Platform

/// For other modules: sealed data of many people that leave the platform in a file or by interface.
package enum LookLog {
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
