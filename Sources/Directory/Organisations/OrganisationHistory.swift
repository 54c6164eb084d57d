import Database
import Kernel

/// One past or present state of an organisation, for its history.
package struct OrganisationVersion: Sendable {
    package let validFrom: LocalDate
    package let name: String
    package let path: OrganisationPath
    package let profile: SchoolProfile?
    package let isClosed: Bool
    package let recordedBy: String
    package let recordedAt: Timestamp
    /// Where it stood, by the names of then, the city left out: `防城区 大菉镇`.
    package internal(set) var place: String

    init(_ row: borrowing Row) throws {
        (validFrom, name, path, profile) = (
            try row.get(0), try row.get(1), try row.get(2), try SchoolProfile(row, from: 3)
        )
        (isClosed, recordedBy, recordedAt) = (try row.get(8), try row.get(9), try row.get(10))
        place = ""
    }

    static let columns: SQL =
        """
        v.valid_from, v.name, v.path, v.school_type, v.urban_rural, v.is_central, v.area_override,
        v.area_override_reason, v.is_closed, v.recorded_by, v.recorded_at
        """

    /// What differs from the state before, in words; `nil` for the first state.
    package func changes(since previous: OrganisationVersion?) -> [String] {
        guard let previous else { return [isClosed ? "撤并" : "设立"] }
        var changes: [String] = []
        func compare(_ title: String, _ old: String, _ new: String) {
            if old != new { changes.append("\(title)：\(old) → \(new)") }
        }
        compare("名称", previous.name, name)
        if previous.path != path { changes.append("上级：\(previous.place) → \(place)") }
        if let old = previous.profile, let new = profile {
            compare("办学类型", old.typeTitle, new.typeTitle)
            compare("城乡类型", old.urbanRuralTitle, new.urbanRuralTitle)
            compare("中心校", old.isCentral ? "是" : "否", new.isCentral ? "是" : "否")
            compare("城乡认定", old.overrideTitle, new.overrideTitle)
        }
        if isClosed && !previous.isClosed { changes.append("撤并") }
        return changes.isEmpty ? ["无变化"] : changes
    }
}

extension SchoolProfile {
    package var typeTitle: String { CodeLists.schoolType.name(of: schoolType) }
    package var urbanRuralTitle: String { urbanRural.map(CodeLists.urbanRural.name(of:)) ?? "未填" }
    var overrideTitle: String { areaOverride.map { "\($0.title)（\(areaOverrideReason)）" } ?? "按代码" }

    /// Urban or rural in a word, `—` while unknown.
    package var areaTitle: String { area()?.title ?? "—" }
    /// The tier in a word; says so when the plan has none.
    package var tierTitle: String { tier()?.title ?? "未分档" }

    /// The types a school of the city can have, in the order of the code.
    package static let offeredTypes: [Code] = CodeLists.schoolType.leaves.filter { code in
        [SchoolCategory.primaryAndSecondary, .vocational, .kindergarten, .special].contains { $0.contains(code.code) }
    }
}

extension OrganisationStore {
    /// Every state, oldest first.
    package func history(of id: OrganisationID) throws -> [OrganisationVersion] {
        var versions = try db.rows(
            """
            SELECT \(OrganisationVersion.columns) FROM directory_organisation_version v
            WHERE v.organisation_id = \(id) ORDER BY v.valid_from, v.id
            """, OrganisationVersion.init)
        let above = Set(versions.flatMap { $0.path.lineage.dropFirst().dropLast() }).sorted()
        // Oldest first, so that the last one not after a day holds on that day.
        var names: [OrganisationPath: [(from: LocalDate, name: String)]] = [:]
        try db.each(
            """
            SELECT v.path, v.valid_from, v.name FROM directory_organisation_version v
            WHERE v.path IN \(in: above) ORDER BY v.valid_from, v.id
            """
        ) { row in
            let path: OrganisationPath = try row.get(0), from: LocalDate = try row.get(1)
            names[path, default: []].append((from, try row.text(2)))
        }
        for index in versions.indices {
            let day = versions[index].validFrom
            let words = versions[index].path.lineage.dropFirst().dropLast().compactMap { path in
                let known = names[path] ?? []
                return (known.last { $0.from <= day } ?? known.first)?.name
            }
            versions[index].place = words.joined(separator: " ")
        }
        return versions
    }
}

extension [OrganisationVersion] {
    /// The state on a day; `nil` before the first.
    package func state(on day: LocalDate) -> OrganisationVersion? { last { $0.validFrom <= day } }
}
