import Database
import Directory
import Identity
import Kernel

/// What one application may read: its visitors while they are signed in, and, when it was given the scope `edu`, the
/// people and organisations of its owner; of each no more than its scopes allow.
struct GatewayReach {
    let application: Application
    let db: Connection
    let now: Timestamp

    /// The most people of one organisation and organisations of one page that are told.
    static let most = 10_000

    private static let outside = GatewayRefusal(.wrong, "personId 不存在，或不在本应用的范围内")
    private var mayList: Bool { application.scopes.contains(ApplicationScope.edu.rawValue) }

    func fields(_ person: GatewayPerson) -> [String: GatewayValue] { person.fields(for: application.scopes) }

    /// Throws `GatewayRefusal` for a person who does not exist or is none of the application's business.
    func person(_ key: String) throws -> GatewayPerson {
        guard let id: ID<Account> = GatewayKey.id(key), let person = try look(for: id), person.isActive else {
            throw GatewayReach.outside
        }
        let isOwners = mayList && person.paths.contains(where: application.ownerPath.contains)
        guard try isOwners || GatewayStore(db).hasSession(of: id, at: application.id, now: now) else {
            throw GatewayReach.outside
        }
        return person
    }

    /// The person of a session of the application.
    func person(ofSession key: String) throws -> GatewayPerson {
        guard let session = try GatewayStore(db).session(key, of: application.id, at: now),
            let person = try look(for: session.account), person.isActive
        else { throw GatewayService.dead }
        return person
    }

    private func look(for id: ID<Account>) throws -> GatewayPerson? {
        do {
            return GatewayPerson(try AccountStore(db).find(id, within: .everything, at: now), on: now.day)
        } catch DomainError.notFound { return nil }
    }

    /// The active people of an organisation and below it, `range` counted from 1.
    func people(of key: String, _ range: ClosedRange<Int>) throws -> (people: [GatewayPerson], total: Int) {
        let organisation = try organisation(key)
        guard mayList else { throw GatewayRefusal(.wrong, "本应用没有读取人员名单的权限") }
        var filter = AccountStore.Filter()
        filter.state = .active
        let found = try AccountStore(db).list(
            within: DataScope([organisation.path]), filter, limit: range.upperBound, at: now)
        let slice = found.rows.dropFirst(range.lowerBound - 1)
        return (slice.map { GatewayPerson($0, on: now.day) }, found.total)
    }

    /// By the gateway's key or by 机构代码, within the owner's part of the tree.
    func organisation(_ key: String) throws -> Organisation {
        let store = OrganisationStore(db), scope = DataScope([application.ownerPath])
        if let id: OrganisationID = GatewayKey.id(key), let found = try known(id, store, scope) { return found }
        if let found = try store.find(code: key, within: scope) { return found }
        throw GatewayRefusal(.wrong, "orgId 不存在，或不在本应用的范围内")
    }

    private func known(_ id: OrganisationID, _ store: OrganisationStore, _ scope: DataScope) throws -> Organisation? {
        do { return try store.find(id, within: scope) } catch DomainError.notFound { return nil }
    }

    /// The open organisations of the owner that meet the call's conditions, in tree order.
    func organisations(_ call: GatewayCall) throws -> [Organisation] {
        let store = OrganisationStore(db)
        let province = call.text("provinceCode"), city = call.text("cityCode")
        guard province.map({ $0 == GatewayOrganisation.province }) ?? true, city.map({ $0 == Divisions.city }) ?? true
        else { return [] }
        var scope = DataScope([application.ownerPath])
        if let area = call.text("areaCode") {
            guard let county = try store.find(code: area, within: .everything) else { return [] }
            if county.path.contains(application.ownerPath) {
                scope = DataScope([application.ownerPath])
            } else if application.ownerPath.contains(county.path) {
                scope = DataScope([county.path])
            } else {
                return []
            }
        }
        let name = call.text("orgName"), kind = call.text("orgType"), type = call.text("eduType")
        return try store.all(within: scope).filter { organisation in
            (name.map { organisation.name.contains($0) } ?? true)
                && (kind.map { ($0 == "1") == organisation.kind.isSchool } ?? true)
                && (type.map { organisation.profile?.schoolType == $0 } ?? true)
        }
    }

    /// The gateway's fields of organisations.
    func fields(_ organisations: [Organisation]) throws -> [[String: GatewayValue]] {
        let places = Dictionary(uniqueKeysWithValues: try OrganisationStore(db).places().map { ($0.path, $0) })
        return organisations.map { GatewayOrganisation.fields($0, places) }
    }

    /// Which class a teacher teaches what.
    func teaching(_ person: GatewayPerson) throws -> [[String: GatewayValue]] {
        guard mayList else { return [] }
        let classes = ClassGroupStore(db)
        return try ClassPostStore(db).posts(of: person.person, on: now.day).map { post in
            let group = try classes.find(post.classGroup, within: .everything)
            return [
                "orgId": .text(GatewayKey.text(group.school)), "orgName": .text(group.schoolName),
                "classId": .text(GatewayKey.text(group.id)), "className": .text(group.name(on: now.day)),
                "subjectCode": .text(post.subject), "subjectName": .text(post.kind == .homeroom ? "" : post.title),
                "isHeadTeacher": post.kind == .homeroom ? "1" : "0",
            ]
        }
    }
}
