import Database
import Directory
import Kernel
import Platform

/// The facility register (登记) as other parts use it: telling values and giving the whole table out.
package struct FacilityRegister: Sendable {
    package let service: FacilityService
    private let database: Database

    package init(database: Database) {
        self.database = database
        service = FacilityService(database: database)
    }

    /// A wide table: one row a school, one column a field.
    package struct Table: Sendable {
        package let header: [String]
        package let rows: [[TableValue]]
    }

    /// The register of a day: the schools of the scope that were open then, under their names of then.
    package func table(on day: LocalDate, scope: DataScope) async throws -> Table {
        try await database.read(snapshot: true, isLong: true) { db in
            let directory = OrganisationStore(db)
            let places = FacilityPlaces(try directory.places())
            let records = try FacilityStore(db).records(within: scope, on: day)
            let schools = try directory.all(within: scope, on: day).filter(\.kind.isSchool)
            let rows = schools.map { school in
                FacilityRegister.facts(of: school, places)
                    + FacilityRegister.figures(of: records[school.id] ?? FacilityRecord())
            }
            return Table(header: FacilityRegister.header, rows: rows)
        }
    }

    /// Writes the register of a day to a file, comma-separated when its name ends in `.csv`, otherwise a workbook.
    /// Returns how many schools were written.
    /// - Throws: `SheetWriteError.cannotWrite` when the place cannot be written.
    @discardableResult
    package func export(to path: String, on day: LocalDate, scope: DataScope) async throws -> Int {
        let table = try await table(on: day, scope: scope)
        let writer = try SheetWriter(path: path, format: path.lowercased().hasSuffix(".csv") ? .csv : .xlsx)
        try writer.addSheet("设施登记 \(day.iso)")
        try writer.header(table.header)
        for row in table.rows { try writer.row(row.map(SheetValue.of)) }
        try writer.finish()
        return table.rows.count
    }

    private static let header: [String] =
        ["县(市、区)", "乡镇(街道)", "学校标识码", "学校名称", "办学类型", "城乡分类", "是否中心校"]
        + FacilityField.all.map { $0.unit.isEmpty ? $0.shortLabel : "\($0.shortLabel)(\($0.unit))" }

    private static func facts(of school: Organisation, _ places: FacilityPlaces) -> [TableValue] {
        func text(_ value: String?) -> TableValue { value.map { .text($0) } ?? .empty }
        return [
            text(places.unit(of: school.path)?.name), text(places.town(of: school.path)?.name), text(school.code),
            .text(school.name), text(school.profile?.typeTitle), text(school.profile?.urbanRural),
            text(school.profile.map { $0.isCentral ? "是" : "否" }),
        ]
    }

    private static func figures(of record: FacilityRecord) -> [TableValue] {
        FacilityField.all.map { field in record[field].map(field.tableValue) ?? .empty }
    }
}

extension FacilityField {
    /// The value for a cell of a table: words for codes, yes and no; yuan for money.
    func tableValue(_ value: Double) -> TableValue {
        switch kind {
        case .yesNo, .code: .text(text(value))
        case .money: .decimal(value / 100, places: 2)
        case .count, .bandwidth:
            Int(exactly: value).map { .integer($0) } ?? .decimal(value, places: 2)
        }
    }
}
