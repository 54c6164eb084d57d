import Directory
import Kernel

/// What is kept of a pupil of a demo besides her numbers, as a school would have it.
struct PupilFacts {
    let isMale: Bool
    let born: LocalDate
    let stage: ClassStage
    /// The school year in which she began the stage.
    let entry: SchoolYear
    let school: DemoSchool

    /// By the ids of the fields; the name is not among them.
    func values(_ ethnicity: String, _ generator: inout SeededGenerator) -> [String: String] {
        var values = [
            "sex": isMale ? "1" : "2", "birthDate": born.iso, "ethnicity": ethnicity, "nationality": "CHN",
            "overseas": "00", "entryMonth": String(entry.firstDay.iso.prefix(7)),
            "entryWay": stage == .primary || stage == .junior ? "11" : "21", "category": category,
            "attendance": generator.fraction() < boarding ? "2" : "1",
        ]
        addSealed(to: &values, &generator)
        return values
    }

    private func addSealed(to values: inout [String: String], _ generator: inout SeededGenerator) {
        let county = CodeLists.divisions.name(of: school.county == Divisions.municipal ? "450602" : school.county)
        let town = school.town.map { CodeLists.divisions.name(of: $0) } ?? ""
        let isRural = !school.isUrban
        let place = isRural ? "村\(generator.number(in: 1...18))组" : "路\(generator.number(in: 1...180))号"
        let address = "防城港市\(county)\(town)" + generator.pick(PupilFacts.places) + place
        values["currentAddress"] = address
        values["householdPlace"] = "防城港市\(county)\(town)"
        values["householdKind"] = isRural ? "1" : generator.pick(["2", "9"])
        values["leftBehind"] = generator.fraction() < (isRural ? 0.24 : 0.04) ? generator.pick(["1", "2"]) : "0"
        values["migrantChild"] = !isRural && generator.fraction() < 0.12 ? "1" : "0"
        values["needsAid"] = generator.fraction() < (isRural ? 0.11 : 0.03) ? "1" : "0"
        let isSpecial = school.sort == .special
        values["health"] = isSpecial ? "6" : generator.fraction() < 0.02 ? "2" : "1"
        values["disability"] = isSpecial ? generator.pick(["1", "2", "5"]) : "0"
    }

    /// Share of pupils who live at the school.
    private var boarding: Double {
        switch stage {
        case .kindergarten: 0
        case .primary: school.isUrban || school.sort == .teachingPoint ? 0 : 0.12
        case .junior: school.isUrban ? 0.2 : 0.72
        case .senior, .vocational: 0.66
        }
    }

    /// 学生类别
    private var category: String {
        if school.sort == .special { return "51300" }
        return switch stage {
        case .kindergarten: "11100"
        case .primary: "21100"
        case .junior: "31100"
        case .senior: "32100"
        case .vocational: "33400"
        }
    }

    private static let places = [
        "那渠", "大坡", "竹山", "白沙", "马鞍", "江口", "平旺", "龙眼", "东岸", "西湾", "南山", "北仑", "新兴", "洪田", "石角", "水营",
    ]
}
