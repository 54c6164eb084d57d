import Database
import Directory
import Kernel
import Platform

/// The register and the tree as they stand before an import: read once, asked for each row.
struct RegisterState: Sendable {
    private let organisations: [OrganisationID: Organisation]
    private let schoolsByCode: [String: OrganisationID]
    /// By county code and name key.
    private let schoolsByName: [String: [OrganisationID]]
    private let units: [String: Organisation]
    private let towns: [String: [String: Organisation]]
    private let townByPath: [String: OrganisationID]
    private let unitByPath: [String: String]
    /// Names of closed organisations by the code they still hold.
    private let closed: [String: String]
    private let records: [LocalDate: [OrganisationID: FacilityRecord]]
    private let rosters: [LocalDate: [OrganisationID: RosterCount]]
    /// Of the state read; see `ImportStore.revision`.
    let revision: String

    /// - Parameter days: those on which values will be told.
    static func load(_ db: Connection, days: Set<LocalDate>) throws -> RegisterState {
        let store = ImportStore(db)
        var records: [LocalDate: [OrganisationID: FacilityRecord]] = [:]
        var rosters: [LocalDate: [OrganisationID: RosterCount]] = [:]
        for day in days {
            records[day] = try FacilityStore(db).records(within: .everything, on: day)
            rosters[day] = try FacilityStore(db).rosters(within: .everything, on: day)
        }
        return RegisterState(
            organisations: try OrganisationStore(db).all(within: .everything), records: records, rosters: rosters,
            closed: try store.closedCodes(), revision: try store.revision())
    }

    init(
        organisations all: [Organisation], records: [LocalDate: [OrganisationID: FacilityRecord]],
        rosters: [LocalDate: [OrganisationID: RosterCount]], closed: [String: String], revision: String
    ) {
        (self.records, self.rosters, self.closed, self.revision) = (records, rosters, closed, revision)
        organisations = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
        var units: [String: Organisation] = [:], unitByPath: [String: String] = [:]
        for unit in all where unit.kind == .county || unit.kind == .municipal {
            guard let code = unit.code else { continue }
            (units[code], unitByPath[unit.path.text]) = (unit, code)
        }
        var towns: [String: [String: Organisation]] = [:], townByPath: [String: OrganisationID] = [:]
        for town in all where town.kind == .town {
            townByPath[town.path.text] = town.id
            guard let county = RegisterState.ancestor(of: town.path, in: unitByPath) else { continue }
            towns[county, default: [:]][ChineseText.matchingKey(town.name)] = town
            if let code = town.code { towns[county, default: [:]][code] = town }
        }
        var byCode: [String: OrganisationID] = [:], byName: [String: [OrganisationID]] = [:]
        for school in all where school.kind.isSchool {
            if let code = school.code { byCode[code] = school.id }
            let county = RegisterState.ancestor(of: school.path, in: unitByPath) ?? ""
            let key = SchoolName.key(school.name, county: units[county]?.name)
            byName[county + "/" + key, default: []].append(school.id)
        }
        (self.units, self.unitByPath, self.towns, self.townByPath) = (units, unitByPath, towns, townByPath)
        (schoolsByCode, schoolsByName) = (byCode, byName)
    }

    func organisation(_ id: OrganisationID) -> Organisation? { organisations[id] }
    func school(code: String) -> Organisation? { schoolsByCode[code].flatMap { organisations[$0] } }
    func closedName(code: String) -> String? { closed[code] }
    /// County or 市直 by 6-digit code.
    func unit(_ code: String) -> Organisation? { units[code] }
    func record(of school: OrganisationID, on day: LocalDate) -> FacilityRecord {
        records[day]?[school] ?? FacilityRecord()
    }

    /// `nil` for a school that keeps no roster here that is whole.
    func roster(of school: OrganisationID, on day: LocalDate) -> RosterCount? { rosters[day]?[school] }

    /// Schools of a county with this name; of one town when it is given.
    func schools(named key: String, county: String, town: OrganisationID?) -> [Organisation] {
        let found = (schoolsByName[county + "/" + key] ?? []).compactMap { organisations[$0] }
        guard let town else { return found }
        return found.filter { self.town(of: $0) == town }
    }

    /// The tree's own towns come first; the code list knows old and short names.
    func town(named text: String, in county: String) -> Organisation? {
        let known = towns[county] ?? [:]
        if let found = known[ChineseText.matchingKey(text)] { return found }
        return Divisions.town(named: text, in: county).flatMap { known[$0.code] }
    }

    /// The counties that have a town of this name.
    func counties(withTown text: String) -> [Organisation] {
        units.values.filter { unit in unit.code.map { town(named: text, in: $0) != nil } ?? false }
            .sorted { $0.path < $1.path }
    }

    func county(of organisation: Organisation) -> String? {
        RegisterState.ancestor(of: organisation.path, in: unitByPath)
    }
    func town(of organisation: Organisation) -> OrganisationID? {
        RegisterState.ancestor(of: organisation.path, in: townByPath)
    }

    /// What stands at the path or above it, by path.
    private static func ancestor<Value>(of path: OrganisationPath, in table: [String: Value]) -> Value? {
        var text = Substring(path.text)
        while !text.isEmpty {
            if let found = table[String(text)] { return found }
            text = text.dropLast()
            text = text.lastIndex(of: "/").map { text[...$0] } ?? ""
        }
        return nil
    }
}
