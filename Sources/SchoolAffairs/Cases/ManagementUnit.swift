import Database
import Directory
import Kernel

/// 管理单位 of a school: the county or 市直, whose word the second check of an application is.
enum ManagementUnit {
    /// Throws `DomainError.conflict` for a school that stands below none.
    static func of(_ school: Organisation, _ db: Connection) throws -> Organisation {
        let unit = try OrganisationStore(db).lineage(of: school.path).first {
            $0.kind == .county || $0.kind == .municipal
        }
        guard let unit else { throw DomainError.conflict("\(school.name)不属于任何县(市、区)或市直，不能办理。") }
        return unit
    }

    /// A school or teaching point within the scope that still takes pupils. Throws `DomainError.notFound`.
    static func school(_ id: OrganisationID, within scope: DataScope, _ db: Connection) throws -> Organisation {
        let school = try OrganisationStore(db).find(id, within: scope)
        guard school.kind.isSchool, !school.isTakenBack else { throw DomainError.notFound }
        return school
    }
}
