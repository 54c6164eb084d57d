import Database
import Kernel

extension OrganisationStore {
    /// What a list of schools may be asked for.
    package struct SchoolFilter: Sendable, Equatable {
        /// Part of a name, a code, or pinyin initials.
        package var text = ""
        package var below: OrganisationPath?
        package var types: [String] = []
        package var area: Area?
        package init() {}
    }

    /// How a list of schools may be sorted; the key is also what the address carries.
    package enum SchoolOrder: String, Sendable, CaseIterable {
        case place, name, code, type

        var column: SQL {
            switch self {
            case .place: "o.path"
            case .name: "o.initials"
            case .code: "COALESCE(o.code, '')"
            case .type: "COALESCE(o.school_type, '')"
            }
        }
    }

    /// A slice of the open schools in the scope, and how many there are without the slice. `after` is the sort value and
    /// id of the last row seen.
    package func schools(
        within scope: DataScope, _ filter: SchoolFilter, by order: SchoolOrder = .place, descending: Bool = false,
        after: (value: String, id: String)? = nil, limit: Int
    ) throws -> (rows: [(organisation: Organisation, sortValue: String)], total: Int) {
        let matching = SQL.joined(conditions(scope, filter), " AND ")
        let total: Int = try db.value("SELECT COUNT(*) FROM directory_organisation o WHERE \(matching)") ?? 0
        var rest: SQL = ""
        if let after {
            rest =
                descending
                ? " AND (\(order.column) < \(after.value) OR (\(order.column) = \(after.value) AND o.id < \(after.id)))"
                : " AND (\(order.column) > \(after.value) OR (\(order.column) = \(after.value) AND o.id > \(after.id)))"
        }
        let direction: SQL = descending ? "DESC" : "ASC"
        let rows = try db.rows(
            """
            SELECT \(Organisation.columns), \(order.column) FROM directory_organisation o WHERE \(matching)\(rest)
            ORDER BY \(order.column) \(direction), o.id \(direction) LIMIT \(limit)
            """
        ) { row in (organisation: try Organisation(row), sortValue: try row.text(Organisation.columnCount)) }
        return (rows, total)
    }

    private func conditions(_ scope: DataScope, _ filter: SchoolFilter) -> [SQL] {
        var conditions: [SQL] = [
            "o.kind IN ('school', 'teaching_point')", "o.closed_on IS NULL", SQL.within(scope, "o.path"),
        ]
        if let below = filter.below { conditions.append("o.path >= \(below) AND o.path < \(below.end)") }
        if !filter.types.isEmpty { conditions.append("o.school_type IN \(in: filter.types)") }
        if let area = filter.area {
            let first = area == .urban ? "1" : "2"
            conditions.append(
                "(o.area_override = \(area) OR (o.area_override IS NULL AND substr(o.urban_rural, 1, 1) = \(first)))")
        }
        if !filter.text.isEmpty { conditions.append(OrganisationStore.matches(filter.text)) }
        return conditions
    }
}
