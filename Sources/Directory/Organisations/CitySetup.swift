import Database
import Kernel
import Platform

/// The places of the city that every installation begins with: 防城港市, 市直, the counties and their towns.
package enum CitySetup {
    /// Adds what is missing of the places in `Divisions` and leaves alone what is there, renamed or not.
    /// - Returns: the city.
    @discardableResult
    package static func prepare(
        _ db: Connection, by actor: AuditActor = .system, now: Timestamp = .now
    ) throws -> Organisation {
        let service = OrganisationService(db, by: actor, source: "setup", now: now)
        let store = OrganisationStore(db)
        func place(
            _ kind: OrganisationKind, _ code: String, _ name: String, below parent: Organisation?
        ) throws -> Organisation {
            if let found = try store.find(code: code, within: .everything) { return found }
            return try service.add(.init(kind: kind, code: code, name: name), below: parent)
        }
        let city = try place(.city, Divisions.city, CodeLists.divisions.name(of: Divisions.city), below: nil)
        for unit in Divisions.managementUnits {
            let kind: OrganisationKind = unit.code == Divisions.municipal ? .municipal : .county
            let county = try place(kind, unit.code, unit.name, below: city)
            guard county.closedOn == nil else { continue }
            for town in Divisions.towns(in: unit.code) { _ = try place(.town, town.code, town.name, below: county) }
        }
        return city
    }
}
