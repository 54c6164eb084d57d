import Database
import Kernel
import Platform

/// A choice between two ways to read the plan. The raw values are the ids of the readings in target sets.
package protocol PlanReadingChoice: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// The switch as target sets name it: `I1`, `I8` …
    static var `switch`: String { get }
    var title: String { get }
}

/// I1: what 多媒体教学设备的比例 counts.
package enum MultimediaReading: String, PlanReadingChoice {
    case classrooms = "M1"
    case fullyEquippedSchools = "M2"
    package static let `switch` = "I1"
    package var title: String { self == .classrooms ? "M1：多媒体教室占普通教室的比例" : "M2：普通教室全部配齐的学校比例" }
}

/// I8: by what a school is urban or rural.
package enum AreaView: String, PlanReadingChoice {
    case code, customary
    package static let `switch` = "I8"
    package var title: String { self == .code ? "按城乡类型代码" : "按习惯口径（乡镇学校算农村）" }
}

/// I10: which computers the ratio of pupils counts.
package enum ComputerReading: String, PlanReadingChoice {
    case student, teaching
    package static let `switch` = "I10"
    package var title: String { self == .student ? "只计学生用计算机" : "计全部教学用计算机" }
}

/// I11: who shares the computers of teachers.
package enum TeacherBase: String, PlanReadingChoice {
    case fullTime = "full-time"
    case staff
    package static let `switch` = "I11"
    package var title: String { self == .fullTime ? "按专任教师计" : "按教职工计" }
}

/// I2: which of the two bandwidth lights a school needs to count as 校校通.
package enum LevelRule: String, CaseIterable, Hashable, Sendable {
    case perSchool = "school"
    case both
    package var title: String { self == .both ? "校均和班均都达标" : "校均达标即可" }
}

/// The day a page shows when none is asked for; `PlanBoardService.defaultDay` applies it.
package enum DefaultDay: String, CaseIterable, Hashable, Sendable {
    /// Today while the plan runs, after it the last day of the plan on which something was told.
    case today
    /// The last day on which figures were frozen, 03-31 or 09-30; as above while there is none.
    case snapshot
    package var title: String { self == .today ? "当天；计划期已过时，取期内最后有数据的一天" : "最近一次快照的日期" }
}

/// The city's choices about the plan, as they stand now.
package struct PlanSettings: Hashable, Sendable {
    package var officialReading: MultimediaReading = .classrooms
    package var levelRule: LevelRule = .both
    package var areaView: AreaView = .code
    package var studentComputers: ComputerReading = .student
    package var teacherBase: TeacherBase = .fullTime
    /// Whether the computer at the lectern counts as a teacher's.
    package var countsLectern = false
    package var prices = PriceList.standard
    /// Whether visitors see anything of the plan's state.
    package var isPublicOn = false
    /// The codes of the targets whose city and county figures visitors see.
    package var publicTargets: Set<String> = []
    package var defaultDay: DefaultDay = .today
    /// Mbit/s a school needs whose tier the plan does not rule (方案未规定), as a choice of the city.
    package var defaultTierBandwidth = 30

    package init() {}

    /// The chosen reading of a switch as target sets name it; `nil` for a switch that is not known.
    package func reading(of name: String) -> String? {
        switch name {
        case MultimediaReading.switch: officialReading.rawValue
        case AreaView.switch: areaView.rawValue
        case ComputerReading.switch: studentComputers.rawValue
        case TeacherBase.switch: teacherBase.rawValue
        default: nil
        }
    }

    /// What is stored; whatever is missing or cannot be read has its standard value.
    package static func load(_ db: Connection) throws -> PlanSettings {
        PlanSettings(stored: try SettingStore(db).all())
    }

    init(stored: [String: String]) {
        func read<Value: RawRepresentable<String>>(_ name: Name, _ value: inout Value) {
            if let found = stored[name.rawValue].flatMap(Value.init(rawValue:)) { value = found }
        }
        read(.officialReading, &officialReading)
        read(.levelRule, &levelRule)
        read(.areaView, &areaView)
        read(.studentComputers, &studentComputers)
        read(.teacherBase, &teacherBase)
        read(.defaultDay, &defaultDay)
        countsLectern = stored[Name.countsLectern.rawValue] == "1"
        isPublicOn = stored[Name.isPublicOn.rawValue] == "1"
        publicTargets = Set((stored[Name.publicTargets.rawValue] ?? "").split(separator: " ").map(String.init))
        if let bandwidth = stored[Name.defaultTierBandwidth.rawValue].flatMap({ Int($0) }) {
            defaultTierBandwidth = bandwidth
        }
        for (name, value) in stored where name.hasPrefix(PlanSettings.pricePrefix) {
            guard let fen = Int64(value) else { continue }
            prices.fen[String(name.dropFirst(PlanSettings.pricePrefix.count))] = fen
        }
    }

    /// The names under which the settings are stored; fixed for ever.
    enum Name: String {
        case officialReading = "plan.reading.multimedia"
        case levelRule = "plan.rule.level"
        case areaView = "plan.reading.area"
        case studentComputers = "plan.reading.computers"
        case teacherBase = "plan.reading.teachers"
        case countsLectern = "plan.rule.lectern"
        case isPublicOn = "plan.public.on"
        case publicTargets = "plan.public.targets"
        case defaultDay = "plan.rule.day"
        case defaultTierBandwidth = "plan.rule.bandwidth"
    }
    static let pricePrefix = "plan.price."

    /// Name and value of everything, as stored.
    var stored: [(name: String, value: String)] {
        let values: [(Name, String)] = [
            (.officialReading, officialReading.rawValue), (.levelRule, levelRule.rawValue),
            (.areaView, areaView.rawValue), (.studentComputers, studentComputers.rawValue),
            (.teacherBase, teacherBase.rawValue), (.countsLectern, countsLectern ? "1" : "0"),
            (.isPublicOn, isPublicOn ? "1" : "0"), (.publicTargets, publicTargets.sorted().joined(separator: " ")),
            (.defaultDay, defaultDay.rawValue), (.defaultTierBandwidth, String(defaultTierBandwidth)),
        ]
        return values.map { (name: $0.0.rawValue, value: $0.1) }
            + prices.fen.sorted { $0.key < $1.key }.map {
                (name: PlanSettings.pricePrefix + $0.key, value: String($0.value))
            }
    }

    /// Stores what differs from the standard or from what is stored; each change leaves an audit entry.
    package func save(by actor: AuditActor, now: Timestamp = .now, on db: Connection) throws {
        let store = SettingStore(db)
        let before = Dictionary(
            uniqueKeysWithValues: try PlanSettings.load(db).stored.map { ($0.name, $0.value) })
        for (name, value) in stored where before[name] != value { try store.set(name, to: value, by: actor, now: now) }
    }
}
