import Database
import Kernel

/// What kind of node of the city's tree an organisation is.
package enum OrganisationKind: String, Column, Sendable, CaseIterable {
    /// 市
    case city
    /// 市直: the schools run by the city itself, the fifth management unit beside the counties
    case municipal
    /// 县(市、区)
    case county
    /// 乡镇、街道
    case town
    /// 学校, also kindergartens and special schools
    case school
    /// 教学点, below its central school where there is one
    case teachingPoint = "teaching_point"

    package var title: String {
        switch self {
        case .city: "市"
        case .municipal: "市直"
        case .county: "县(市、区)"
        case .town: "乡镇(街道)"
        case .school: "学校"
        case .teachingPoint: "教学点"
        }
    }

    /// Schools and teaching points have pupils and a facility register; the others only sum up.
    package var isSchool: Bool { self == .school || self == .teachingPoint }

    /// The kinds it may stand directly below; none for the city.
    package var parents: [OrganisationKind] {
        switch self {
        case .city: []
        case .municipal, .county: [.city]
        case .town: [.county]
        case .school: [.town, .county, .municipal]
        case .teachingPoint: [.school, .town, .county, .municipal]
        }
    }

    /// The kinds that may stand directly below it.
    package var children: [OrganisationKind] { OrganisationKind.allCases.filter { $0.parents.contains(self) } }
}

/// Urban or rural, as the plan's targets divide schools.
package enum Area: String, Column, Sendable, CaseIterable {
    case urban, rural
    package var title: String { self == .urban ? "城镇" : "农村" }
}

/// What the register says of a school by which targets choose it; each change has a date.
package struct SchoolProfile: Sendable, Equatable {
    /// 办学类型码, GB/T 33782-2017 table 4, three digits.
    package var schoolType: String
    /// 所在地城乡类型码, three digits; `nil` while unknown.
    package var urbanRural: String?
    /// 中心校: a flag of the city, not a national code.
    package var isCentral: Bool
    /// A bureau's decision against the code view, with its reason.
    package var areaOverride: Area?
    package var areaOverrideReason: String

    package init(
        schoolType: String, urbanRural: String?, isCentral: Bool, areaOverride: Area? = nil,
        areaOverrideReason: String = ""
    ) {
        (self.schoolType, self.urbanRural, self.isCentral) = (schoolType, urbanRural, isCentral)
        (self.areaOverride, self.areaOverrideReason) = (areaOverride, areaOverrideReason)
    }

    /// The bureau's decision, otherwise what the code says; `nil` while neither is known.
    package func area(reading: UrbanRural.Reading = .code) -> Area? {
        areaOverride ?? UrbanRural.area(code: urbanRural, reading: reading)
    }

    /// The tier of the plan's bandwidth rules; `nil` when the plan knows none for the school.
    package func tier(reading: UrbanRural.Reading = .code) -> PlanTier? {
        PlanTier.derive(type: schoolType, area: area(reading: reading), isCentral: isCentral)
    }
}

/// A node of the city's tree as it stood on some day.
package struct Organisation: Sendable, Equatable {
    package let id: OrganisationID
    package let kind: OrganisationKind
    /// GB/T 2260 or town code, or 学校标识码; `nil` for a teaching point without one.
    package let code: String?
    package private(set) var name: String
    package let parent: OrganisationID?
    package private(set) var path: OrganisationPath
    /// Schools and teaching points only.
    package private(set) var profile: SchoolProfile?
    /// `nil` when not known.
    package let openedOn: LocalDate?
    package private(set) var closedOn: LocalDate?
    package let mergedInto: OrganisationID?
    /// Grows with each change: a change asked for on the ground of an older state is refused.
    package let revision: Int

    static let columns: SQL =
        """
        o.id, o.kind, o.code, o.name, o.parent_id, o.path, o.school_type, o.urban_rural, o.is_central, o.area_override,
        o.area_override_reason, o.opened_on, o.closed_on, o.merged_into, o.revision
        """
    /// How many columns there are; more may follow in a statement.
    static let columnCount = 15

    init(_ row: borrowing Row) throws {
        (id, kind, code, name) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (parent, path) = (try row.get(4), try row.get(5))
        profile = try SchoolProfile(row, from: 6)
        (openedOn, closedOn, mergedInto) = (try row.get(11), try row.get(12), try row.get(13))
        revision = try row.get(14)
    }

    /// A new, open organisation.
    init(id: OrganisationID, _ draft: OrganisationService.Draft, parent: OrganisationID?, path: OrganisationPath) {
        (self.id, kind, code, name) = (id, draft.kind, draft.code, draft.name)
        (self.parent, self.path, profile, openedOn) = (parent, path, draft.profile, draft.openedOn)
        (closedOn, mergedInto, revision) = (nil, nil, 1)
    }

    func with(name: String) -> Organisation { copy { $0.name = name } }
    func with(profile: SchoolProfile) -> Organisation { copy { $0.profile = profile } }
    func with(path: OrganisationPath) -> Organisation { copy { $0.path = path } }
    func closed(on day: LocalDate) -> Organisation { copy { $0.closedOn = day } }

    private func copy(_ change: (inout Organisation) -> Void) -> Organisation {
        var copy = self
        change(&copy)
        return copy
    }

    /// Made by an import that was undone: it never existed.
    package var isTakenBack: Bool { closedOn == OrganisationService.always }
}

extension SchoolProfile {
    /// Reads type, place code, central flag, decision and reason; `nil` without a type.
    init?(_ row: borrowing Row, from index: Int) throws {
        guard let type: String = try row.get(index) else { return nil }
        self.init(
            schoolType: type, urbanRural: try row.get(index + 1), isCentral: try row.get(index + 2),
            areaOverride: try row.get(index + 3), areaOverrideReason: try row.get(index + 4))
    }
}

extension OrganisationPath {
    /// This place and all above it, from the city down.
    package var lineage: [OrganisationPath] {
        var prefixes: [OrganisationPath] = [], prefix = ""
        for segment in text.split(separator: "/") {
            prefix += segment + "/"
            prefixes.append(OrganisationPath(prefix))
        }
        return prefixes
    }

    /// `nil` for the city.
    package var parent: OrganisationPath? { lineage.dropLast().last }
}

/// Tells other contexts that the tree or a school's profile changed, so figures computed from it are stale.
package struct OrganisationChanged: DomainEvent {
    package static let kind = "directory.organisation.changed"
    package let organisation: String
    package let from: String
}
