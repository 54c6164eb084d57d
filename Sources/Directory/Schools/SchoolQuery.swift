import Kernel
import Web

/// A school as a line of the list. A class, so that rows are passed on without copying their many parts.
final class SchoolRow: Sendable {
    let organisation: Organisation
    let profile: SchoolProfile
    /// 县(市、区) or 市直, and town, by name; empty where there is none.
    let unit: String
    let town: String
    let sortValue: String

    /// `nil` for a row without profile, which the schema of the register does not make.
    init?(_ organisation: Organisation, _ names: PlaceNames, sortValue: String) {
        guard let profile = organisation.profile else { return nil }
        (self.organisation, self.profile, self.sortValue) = (organisation, profile, sortValue)
        unit = names.unit(of: organisation.path)?.name ?? ""
        town = names.town(of: organisation.path)?.name ?? ""
    }
}

/// What the address of the school list asks for, read against the places the viewer may choose; a place that is not
/// among them, an unknown type or area count as not asked.
struct SchoolQuery: Sendable {
    let units: [Organisation]
    let towns: [Organisation]
    let unit: Organisation?
    let town: Organisation?
    let filter: OrganisationStore.SchoolFilter
    let names: PlaceNames

    init(_ values: FormValues, places: [Organisation], scope: DataScope) {
        names = PlaceNames(places)
        let reachable = places.filter { place in
            place.closedOn == nil && (scope.contains(place.path) || scope.roots.contains { place.path.contains($0) })
        }
        units = reachable.filter { $0.kind == .county || $0.kind == .municipal }
        let unit = units.first { SchoolQuery.key($0) == values.text("unit") }
        self.unit = unit
        towns = reachable.filter { $0.kind == .town && unit?.path.contains($0.path) ?? true }
        town = towns.first { SchoolQuery.key($0) == values.text("town") }
        var filter = OrganisationStore.SchoolFilter()
        filter.text = values.text("q") ?? ""
        filter.below = town?.path ?? unit?.path
        filter.types = SchoolProfile.offeredTypes.map(\.code).filter { $0 == values.text("type") }
        filter.area = values.text("area").flatMap(Area.init(rawValue:))
        self.filter = filter
    }

    /// What stands in the address for a place: its code, so that addresses can be read and kept.
    static func key(_ place: Organisation) -> String { place.code ?? place.id.rawValue }
}
