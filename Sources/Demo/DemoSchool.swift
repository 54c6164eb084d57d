import Directory

/// A school before it is entered: where it stands and what it is.
struct DemoSchool: Sendable {
    let sort: SchoolSort
    /// GB/T 2260 of the county, or of 市直.
    let county: String
    /// 9 digits; `nil` below 市直.
    let town: String?
    /// Unique in the city, `防城区第一小学(示例)`.
    let name: String
    /// The name it was entered under, when it has been renamed since.
    let formerName: String?
    /// Counts through the city; part of the code, and the login name of schools without one.
    let number: Int
    let urbanRural: String
    /// Some teaching points have no code of their own.
    let hasCode: Bool
    var classes: Int
    /// Pupils and teachers at the end of the story, in the autumn of 2017.
    var pupils: Int
    var teachers: Int
    /// Nobody has told anything of it yet.
    let isUnknown: Bool
    /// A teaching point that was merged into its central school on the way.
    let isMerged: Bool

    /// AABBCCCCCC: category, 45 for Guangxi, six digits.
    var code: String? { hasCode ? "\(sort.codePrefix)45\(String(1_060_000 + number).dropFirst())" : nil }

    /// Teachers and all others who work there.
    var staff: Int { Int((Double(teachers) * 1.12).rounded()) }

    var kind: OrganisationKind { sort == .teachingPoint ? .teachingPoint : .school }

    var profile: SchoolProfile {
        SchoolProfile(schoolType: sort.type, urbanRural: urbanRural, isCentral: sort == .central)
    }

    var isUrban: Bool { urbanRural.hasPrefix("1") }

    /// The name of the account of its administrator.
    var login: String { code ?? "jxd\(String(1_060_000 + number).dropFirst())" }

    /// 防城港市实验小学, where 李校长 and 王老师 work.
    static let experimental = "防城港市实验小学(示例)"
    /// Where 赵老师 works.
    static let border = "江平镇中心小学(示例)"
    /// A teaching point below 华石镇中心小学 with an account of its own.
    static let bridgePoint = "石桥教学点(示例)"
    /// A junior school with classes in every demo.
    static let junior = "华石镇初级中学(示例)"
}

/// Draws the schools of a demo, always the same ones.
struct SchoolDraft {
    private var villages: [String]
    private var number = 0
    private(set) var schools: [DemoSchool] = []

    static func schools(_ size: DemoSize) -> [DemoSchool] {
        var draft = SchoolDraft()
        for county in CountyPlan.all {
            for sort in SchoolSort.allCases {
                let count = county.count(of: sort, in: size)
                for index in 0..<count { draft.add(sort, index, of: count, in: county, size) }
            }
            if county.hasMergedPoint && size != .none { draft.addMergedPoint(in: county) }
        }
        return size == .city ? scaled(draft.schools, pupils: 200_000, teachers: 12_000) : draft.schools
    }

    private init() {
        let first = Array("那平大上下竹龙白马江板叫百渌东南西北新洪")
        let second = Array("旺坡垌禄安塘湾岭楼榕勇梨料巴琴兰垒")
        let all = first.flatMap { a in second.map { b in "\(a)\(b)" } }
        // 那琴 is a town of 上思县: a village of a demo must not be taken for it.
        let towns = CodeLists.divisions.codes.map(\.name)
        var generator = SeededGenerator(seed: 2015)
        villages = generator.shuffled(all.filter { village in !towns.contains { $0.hasPrefix(village) } })
    }

    private mutating func add(
        _ sort: SchoolSort, _ index: Int, of count: Int, in county: CountyPlan, _ size: DemoSize
    ) {
        let place = Place(sort, index, in: county)
        let isBridge = sort == .teachingPoint && county.code == "450603" && index == 0
        let isLastPoint = sort == .teachingPoint && index == count - 1
        let isUnknown =
            isLastPoint && (county.code == "450603" || county.code == "450621" && size == .city)
            || sort == .kindergarten && index == count - 1 && county.code == "450681"
        let name = isBridge ? DemoSchool.bridgePoint : name(of: sort, index, of: count, place, in: county)
        let isRenamed = sort == .urbanPrimary && county.code == "450602" && index == 0
        append(
            sort, name: name, formerName: isRenamed ? "港口区渔洲小学(示例)" : nil, place, in: county,
            hasCode: sort != .teachingPoint || index % 3 != 0, isUnknown: isUnknown)
    }

    private mutating func addMergedPoint(in county: CountyPlan) {
        append(
            .teachingPoint, name: "\(village())教学点(示例)", formerName: nil, Place(.teachingPoint, 0, in: county),
            in: county, hasCode: true, isMerged: true)
    }

    private mutating func append(
        _ sort: SchoolSort, name: String, formerName: String?, _ place: Place, in county: CountyPlan, hasCode: Bool,
        isUnknown: Bool = false, isMerged: Bool = false
    ) {
        number += 1
        var generator = SeededGenerator(name)
        let classes = generator.number(in: sort.classes)
        let pupils = classes * generator.number(in: sort.pupilsPerClass)
        let teachers = max(1, Int((Double(pupils) / sort.pupilsPerTeacher).rounded()))
        schools.append(
            DemoSchool(
                sort: sort, county: county.code, town: place.town, name: name, formerName: formerName, number: number,
                urbanRural: place.urbanRural(sort, in: county, &generator), hasCode: hasCode, classes: classes,
                pupils: pupils, teachers: teachers, isUnknown: isUnknown, isMerged: isMerged))
    }

    private mutating func village() -> String { villages.removeLast() }

    private mutating func name(
        of sort: SchoolSort, _ index: Int, of count: Int, _ place: Place, in county: CountyPlan
    ) -> String {
        let town = place.town.map(CodeLists.divisions.name(of:)) ?? county.prefix
        let owner = place.isRural ? town : county.prefix
        let ordinal = count == 1 ? "" : "第" + SchoolDraft.chinese(index + 1)
        let words: String =
            switch sort {
            case .central: "\(town)中心小学"
            case .teachingPoint: "\(village())教学点"
            case .completePrimary: "\(town)\(village())小学"
            case .urbanPrimary where county.code == Divisions.municipal && index == 0: "防城港市实验小学"
            case .urbanPrimary: "\(county.prefix)第\(SchoolDraft.chinese(index + 1))小学"
            case .junior where place.isRural: "\(town)初级中学"
            case .junior: "\(county.prefix)第\(SchoolDraft.chinese(place.turn + 1))初级中学"
            case .nineYear where county.code == "450681" && index == 0: "\(town)京族九年一贯制学校"
            case .nineYear: "\(town)九年一贯制学校"
            case .complete: "\(county.prefix)\(ordinal)完全中学"
            case .twelveYear: "\(county.prefix)滨海十二年一贯制学校"
            case .senior: "\(county.prefix)\(ordinal)高级中学"
            case .vocational: "\(county.prefix)\(ordinal)职业技术学校"
            case .special: "\(county.prefix)特殊教育学校"
            case .kindergarten where place.isRural: "\(owner)中心幼儿园"
            case .kindergarten: "\(county.prefix)第\(SchoolDraft.chinese(place.turn + 1))幼儿园"
            }
        return words + "(示例)"
    }

    /// Brings pupils and teachers of all schools that have told to a total. 石桥教学点 is as small as the cast has it.
    private static func scaled(_ schools: [DemoSchool], pupils: Int, teachers: Int) -> [DemoSchool] {
        var result = schools
        let telling = schools.indices.filter { !schools[$0].isUnknown && !schools[$0].isMerged }
        let (pinned, free) = (
            telling.filter { schools[$0].name == DemoSchool.bridgePoint },
            telling.filter { schools[$0].name != DemoSchool.bridgePoint }
        )
        for index in pinned {
            guard let roster = DemoRoster.all.first(where: { $0.school == schools[index].name }) else { continue }
            result[index].classes = roster.classes.count
            result[index].pupils = roster.classes.reduce(0) { $0 + $1.pupils }
            result[index].teachers = roster.teachers + roster.cast.count
        }
        let pupilShares = shares(
            of: pupils - pinned.reduce(0) { $0 + result[$1].pupils }, by: free.map { schools[$0].pupils })
        let teacherShares = shares(
            of: teachers - pinned.reduce(0) { $0 + result[$1].teachers }, by: free.map { schools[$0].teachers })
        for (place, index) in free.enumerated() {
            result[index].pupils = pupilShares[place]
            result[index].teachers = teacherShares[place]
        }
        return result
    }

    /// 一 to 九十九
    static func chinese(_ number: Int) -> String {
        let digits = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"]
        let tens = number / 10
        return (tens == 0 ? "" : (tens == 1 ? "" : digits[tens]) + "十") + digits[number % 10]
    }
}

/// Where a school of a sort stands.
private struct Place {
    let town: String?
    let isRural: Bool
    /// Counts the schools of the sort in urban towns.
    let turn: Int

    init(_ sort: SchoolSort, _ index: Int, in county: CountyPlan) {
        let urban = county.urbanTowns, rural = county.ruralTowns
        func around(_ list: [String], _ index: Int) -> String? { list.isEmpty ? nil : list[index % list.count] }
        switch sort {
        case .teachingPoint: (town, isRural, turn) = (around(county.pointTowns, index), true, 0)
        case .completePrimary: (town, isRural, turn) = (around(rural, index), true, 0)
        case .nineYear: (town, isRural, turn) = (around(rural, index), true, 0)
        case .central:
            // 小峰经济作物场 has no central school: its teaching points answer to the county.
            let towns = rural.filter { $0 != "450603450" } + urban
            (town, isRural, turn) = (around(towns, index), rural.contains(towns[index % towns.count]), 0)
        case .junior, .kindergarten:
            let isRural = index < rural.count
            (town, self.isRural) = (isRural ? rural[index] : around(urban, index - rural.count), isRural)
            turn = isRural ? 0 : index - rural.count
        case .urbanPrimary, .complete, .twelveYear, .senior, .vocational, .special:
            (town, isRural, turn) = (around(urban, index), false, index)
        }
    }

    func urbanRural(_ sort: SchoolSort, in county: CountyPlan, _ generator: inout SeededGenerator) -> String {
        guard isRural else { return county.urbanArea }
        return switch sort {
        case .teachingPoint: "220"
        case .completePrimary: generator.pick(["210", "220", "220", "220"])
        case .central, .junior, .kindergarten: generator.pick(["121", "121", "122"])
        default: "121"
        }
    }
}
