import Database
import Directory
import Kernel
import Web

/// One school of the register's list.
struct FacilityListRow: Sendable {
    let school: Organisation
    let county: String
    /// Of `FacilityField.required`.
    let told: Int
    /// `nil` when nothing was ever told.
    let lastTold: Timestamp?
    /// Whether its roster is whole; `nil` when nobody has said.
    let roster: RosterCompletion?
    /// What the list is sorted by.
    let sortValue: String

    var state: FacilityListState {
        told == 0 ? .none : told < FacilityField.required.count ? .incomplete : .complete
    }
}

/// How far a school's register has come.
enum FacilityListState: String, Sendable, CaseIterable {
    case none, incomplete, complete

    var title: String {
        switch self {
        case .none: "未登记"
        case .incomplete: "未填齐"
        case .complete: "已填齐"
        }
    }
    var tone: Tone {
        switch self {
        case .none: .muted
        case .incomplete: .warn
        case .complete: .ok
        }
    }
}

/// The list of schools whose register a viewer may see.
struct FacilityList: Sendable {
    /// What the list is asked for, besides its order and place.
    struct Filter: Sendable {
        let text: String
        let county: OrganisationID?
        let state: FacilityListState?

        init(_ query: FormValues) {
            text = query.text("q") ?? ""
            county = query.text("county").flatMap { OrganisationID(checking: $0) }
            state = query.text("state").flatMap(FacilityListState.init(rawValue:))
        }
    }

    let rows: [FacilityListRow]
    let total: Int
    /// Counties and 市直 with schools in the scope, for the filter.
    let counties: [Organisation]

    /// Orders of the register itself; the others are those of the directory.
    private enum Order: String { case told, changed }

    init(within scope: DataScope, _ filter: Filter, _ query: TableQuery, today: LocalDate, on db: Connection) throws {
        let directory = OrganisationStore(db)
        let places = FacilityPlaces(try directory.places())
        counties = places.units.filter { unit in
            scope.contains(unit.path) || scope.roots.contains { unit.path.contains($0) }
        }
        var schoolFilter = OrganisationStore.SchoolFilter()
        schoolFilter.text = filter.text
        schoolFilter.below = filter.county.flatMap { id in places.units.first { $0.id == id }?.path }
        let isDescending = query.sort?.isDescending ?? false
        let order = query.sort.flatMap { OrganisationStore.SchoolOrder(rawValue: $0.key) }
        let own = query.sort.flatMap { Order(rawValue: $0.key) }
        // The directory pages by itself unless the register's own figures decide about order or choice.
        let isPaged = own == nil && filter.state == nil
        let after = isPaged ? query.after.map { (value: $0.value ?? "", id: $0.id) } : nil
        let found = try directory.schools(
            within: scope, schoolFilter, by: order ?? .place, descending: own == nil && isDescending, after: after,
            limit: isPaged ? query.fetchLimit : TableQuery.exportLimit)
        let ids = found.rows.map(\.organisation.id)
        let store = FacilityStore(db)
        let records = isPaged ? try store.records(of: ids, on: today) : try store.records(within: scope, on: today)
        let lastTold = isPaged ? try store.lastTold(of: ids) : try store.lastTold(within: scope)
        let completions = RosterCompletionStore(db)
        let rosters = isPaged ? try completions.states(of: ids, on: today) : try completions.states(on: today)
        var rows = found.rows.map { row -> FacilityListRow in
            let told = records[row.organisation.id]?.toldRequired ?? 0, last = lastTold[row.organisation.id]
            return FacilityListRow(
                school: row.organisation, county: places.unit(of: row.organisation.path)?.name ?? "", told: told,
                lastTold: last, roster: rosters[row.organisation.id],
                sortValue: FacilityList.sortValue(own, told: told, last: last) ?? row.sortValue)
        }
        if isPaged {
            (self.rows, total) = (rows, found.total)
            return
        }
        if let state = filter.state { rows.removeAll { $0.state != state } }
        if own != nil { rows.sort { isDescending ? FacilityList.precedes($1, $0) : FacilityList.precedes($0, $1) } }
        total = rows.count
        if let after = query.after {
            let start = rows.firstIndex { row in
                FacilityList.precedes((after.value ?? "", after.id), row, isDescending: isDescending)
            }
            rows = Array(rows[(start ?? rows.endIndex)...])
        }
        self.rows = Array(rows.prefix(query.fetchLimit))
    }

    /// Text that orders as the figure does.
    private static func sortValue(_ order: Order?, told: Int, last: Timestamp?) -> String? {
        switch order {
        case .told: padded(told, to: 3)
        case .changed: padded(Int(last?.milliseconds ?? 0), to: 15)
        case nil: nil
        }
    }

    private static func padded(_ number: Int, to length: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, length - digits.utf8.count)) + digits
    }

    private static func precedes(_ a: FacilityListRow, _ b: FacilityListRow) -> Bool {
        precedes((a.sortValue, a.school.id.rawValue), (b.sortValue, b.school.id.rawValue))
    }

    private static func precedes(_ place: (String, String), _ row: FacilityListRow, isDescending: Bool) -> Bool {
        let key = (row.sortValue, row.school.id.rawValue)
        return isDescending ? precedes(key, place) : precedes(place, key)
    }

    /// By code units, as both databases sort text.
    private static func precedes(_ a: (String, String), _ b: (String, String)) -> Bool {
        if a.0 != b.0 { return a.0.utf8.lexicographicallyPrecedes(b.0.utf8) }
        return a.1.utf8.lexicographicallyPrecedes(b.1.utf8)
    }
}

/// Counties and towns by their place in the tree.
struct FacilityPlaces: Sendable {
    /// Counties and 市直, the open ones, in tree order.
    let units: [Organisation]
    private let byPath: [OrganisationPath: Organisation]

    /// - Parameter places: what `OrganisationStore.places` gives.
    init(_ places: [Organisation]) {
        units = places.filter { ($0.kind == .county || $0.kind == .municipal) && $0.closedOn == nil }
        byPath = Dictionary(places.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func unit(of path: OrganisationPath) -> Organisation? {
        above(path) { $0.kind == .county || $0.kind == .municipal }
    }
    func town(of path: OrganisationPath) -> Organisation? { above(path) { $0.kind == .town } }

    private func above(_ path: OrganisationPath, _ isWanted: (Organisation) -> Bool) -> Organisation? {
        path.lineage.lazy.compactMap { byPath[$0] }.first(where: isWanted)
    }
}
