import Contracts
import Kernel

@testable import Connectivity
@testable import Directory
@testable import Plan

/// A city of schools in counties, and the board of the city's own targets over it.
struct SchoolTree {
    private(set) var organisations: [Organisation] = []
    private(set) var figures: [OrganisationID: [String: SchoolFigure]] = [:]

    var city: Organisation { organisations[0] }

    init() { add(.init(kind: .city, code: "450600", name: "某市"), below: nil) }

    @discardableResult
    mutating func add(_ draft: OrganisationService.Draft, below parent: Organisation?) -> Organisation {
        let number = String(10_000 + organisations.count + 1).dropFirst()
        let path = OrganisationPath((parent?.path.text ?? "") + "\(number)/")
        let organisation = Organisation(id: .new(), draft, parent: parent?.id, path: path)
        organisations.append(organisation)
        return organisation
    }

    @discardableResult
    mutating func addSchool(
        _ name: String, _ profile: SchoolProfile, _ record: FacilityRecord, below parent: Organisation
    ) -> Organisation {
        let kind: OrganisationKind = profile.schoolType == "218" ? .teachingPoint : .school
        let school = add(.init(kind: kind, code: nil, name: name, profile: profile), below: parent)
        figures[school.id] = FacilityIndicators.figures(of: record, schoolType: profile.schoolType)
        return school
    }

    func board(_ settings: EvaluationSettings = EvaluationSettings()) throws -> PlanBoard {
        let targets = try TargetSetFile.shipped().first { $0.layer == .municipal }?.targets ?? []
        return PlanBoard.evaluate(
            organisations: organisations, figures: figures, indicators: FacilityIndicators.all,
            targets: targets.map { EvaluationTarget($0) }, settings: settings)
    }
}
