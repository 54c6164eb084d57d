import Contracts
import Kernel

@testable import Directory
@testable import Plan

/// Indicators and targets of the tests, and trees to hold them against.
enum Sample {
    static let rooms = Indicator(
        id: "rooms", name: "多媒体教室", unit: "", direction: .higherIsBetter, numerator: "多媒体教室", denominator: "普通教室",
        gapUnit: "间", price: "multimedia-room")
    static let computers = Indicator(
        id: "computers", name: "生机比", unit: "人/台", direction: .lowerIsBetter, numerator: "学生", denominator: "学生机",
        gapUnit: "台", price: "computer")
    static let access = Indicator(
        id: "access-bandwidth", name: "接入带宽", unit: "Mbit/s", direction: .higherIsBetter, numerator: "接入带宽",
        denominator: "学校", gapUnit: "Mbit/s", price: "bandwidth-mbps-year")
    static let egress = Indicator(
        id: "egress-per-class", name: "班均带宽", unit: "Mbit/s 每班", direction: .higherIsBetter, numerator: "出口带宽",
        denominator: "班级", gapUnit: "Mbit/s", price: "bandwidth-mbps-year")
    static let connected = Indicator(
        id: "school-connected", name: "接入", unit: "", direction: .higherIsBetter, numerator: "已接入", denominator: "学校",
        gapUnit: "所", price: nil)
    static let indicators = [rooms, computers, access, egress, connected]

    static func target(
        _ id: String, _ indicator: Indicator, to threshold: Double?, share: Double? = nil,
        population: TargetPopulation = TargetPopulation(), within: OrganisationPath? = nil
    ) -> EvaluationTarget {
        EvaluationTarget(
            id: id, title: id, population: population,
            readings: [
                EvaluationReading(
                    indicator: indicator.id, measure: share.map { .shareOfSchools(required: $0) } ?? .ratioOfSums,
                    comparison: indicator.direction == .higherIsBetter ? .atLeast : .atMost, threshold: threshold)
            ], within: within)
    }

    /// One of each kind.
    static let targets = [
        target("sum", rooms, to: 0.85), target("share", rooms, to: 1, share: 0.7),
        target("pupils", computers, to: 10), target("line", access, to: 10, share: 1),
        target("urban", rooms, to: 0.5, population: TargetPopulation(area: .urban)),
        target("rural", rooms, to: 0.5, population: TargetPopulation(area: .rural)),
    ]
}

struct SampleTree {
    private(set) var organisations: [Organisation] = []
    var figures: [OrganisationID: [String: SchoolFigure]] = [:]

    var city: Organisation { organisations[0] }

    init() { add(.city, "市", below: nil) }

    @discardableResult
    mutating func add(
        _ kind: OrganisationKind, _ name: String, _ profile: SchoolProfile? = nil, below parent: Organisation?
    ) -> Organisation {
        let number = String(10_000 + organisations.count + 1).dropFirst()
        let path = OrganisationPath((parent?.path.text ?? "") + "\(number)/")
        let draft = OrganisationService.Draft(kind: kind, code: nil, name: name, profile: profile)
        let organisation = Organisation(id: .new(), draft, parent: parent?.id, path: path)
        organisations.append(organisation)
        return organisation
    }

    @discardableResult
    mutating func addSchool(
        _ figures: [String: SchoolFigure], type: String = "211", place: String? = "220", isCentral: Bool = false,
        decided: Area? = nil, below parent: Organisation? = nil
    ) -> Organisation {
        let profile = SchoolProfile(schoolType: type, urbanRural: place, isCentral: isCentral, areaOverride: decided)
        let kind: OrganisationKind = type == "218" ? .teachingPoint : .school
        let school = add(kind, "学校 \(organisations.count)", profile, below: parent ?? city)
        self.figures[school.id] = figures
        return school
    }

    func board(
        _ targets: [EvaluationTarget] = Sample.targets, _ settings: EvaluationSettings = EvaluationSettings()
    ) -> PlanBoard {
        PlanBoard.evaluate(
            organisations: organisations, figures: figures, indicators: Sample.indicators, targets: targets,
            settings: settings)
    }

    /// Counties, towns, schools and points below some of them, with figures drawn from the seed.
    static func random(_ seed: UInt64) -> SampleTree {
        var numbers = Numbers(state: seed), tree = SampleTree()
        for _ in 0..<3 {
            let county = tree.add(.county, "县", below: tree.city)
            for _ in 0..<2 {
                let town = tree.add(.town, "镇", below: county)
                for _ in 0..<numbers.below(6) {
                    let place = ["111", "121", "210", "220"][numbers.below(4)]
                    let school = tree.addSchool(figures(&numbers), place: place, below: town)
                    if numbers.below(3) == 0 { tree.addSchool(figures(&numbers), type: "218", below: school) }
                }
            }
        }
        return tree
    }

    private static func figures(_ numbers: inout Numbers) -> [String: SchoolFigure] {
        let rooms = 1 + numbers.below(30), pupils = 1 + numbers.below(900)
        var figures: [String: SchoolFigure] = [
            "rooms": .value(Double(numbers.below(rooms + 1)), over: Double(rooms)),
            "computers": .value(Double(pupils), over: Double(numbers.below(120))),
            "access-bandwidth": .value(Double(numbers.below(40)), over: 1),
        ]
        for id in ["rooms", "computers", "access-bandwidth"] {
            switch numbers.below(8) {
            case 0: figures[id] = .noData
            case 1: figures[id] = .outside("未分学段")
            default: break
            }
        }
        return figures
    }

    /// A small generator, so that every run draws the same.
    private struct Numbers {
        var state: UInt64
        mutating func below(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(limit))
        }
    }
}
