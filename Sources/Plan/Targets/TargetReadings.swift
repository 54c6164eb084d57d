/// The ways to read a target that the editor can give it, by switch.
enum TargetReadings {
    static let switches: [(id: String, title: String)] = [
        (id: MultimediaReading.switch, title: "多媒体：按教室（M1）或按学校（M2）"), (id: AreaView.switch, title: "城乡：按代码或按习惯"),
        (id: ComputerReading.switch, title: "生机比：学生用或教学用计算机"), (id: TeacherBase.switch, title: "师机比：专任教师或教职工"),
    ]

    /// The readings of a switch for an indicator, the default first; `nil` when the indicator cannot be read that way.
    /// - Parameter threshold: of the target; the reading by schools asks for as many percent of the schools.
    static func readings(of name: String, indicator: String, threshold: Double?) -> [TargetDefinition.Reading]? {
        func reading(_ id: String, _ title: String, _ indicator: String?) -> TargetDefinition.Reading {
            TargetDefinition.Reading(
                id: id, switch: name, title: title, indicator: indicator, basis: nil, threshold: nil, share: nil)
        }
        switch name {
        case AreaView.switch: return AreaView.allCases.map { reading($0.rawValue, $0.title, nil) }
        case MultimediaReading.switch:
            guard indicator == "multimedia-classroom-ratio", let threshold else { return nil }
            let fullyEquipped = TargetDefinition.Reading(
                id: MultimediaReading.fullyEquippedSchools.rawValue, switch: name, title: "普通教室全部配齐的学校比例",
                indicator: indicator, basis: .schools, threshold: 100, share: threshold)
            return [reading(MultimediaReading.classrooms.rawValue, "多媒体教室占普通教室的比例", indicator), fullyEquipped]
        case ComputerReading.switch:
            let stem = "students-per-computer"
            guard indicator.hasPrefix(stem) else { return nil }
            let teaching = "students-per-teaching-computer" + indicator.dropFirst(stem.count)
            return zip(ComputerReading.allCases, [indicator, teaching]).map { reading($0.rawValue, $0.title, $1) }
        case TeacherBase.switch:
            guard indicator == "teachers-per-computer" else { return nil }
            return [
                reading(TeacherBase.fullTime.rawValue, TeacherBase.fullTime.title, indicator),
                reading(TeacherBase.staff.rawValue, TeacherBase.staff.title, "staff-per-computer"),
                reading("lectern", "按专任教师计，讲台机也计入", "teachers-per-computer-lectern"),
            ]
        default: return nil
        }
    }
}
