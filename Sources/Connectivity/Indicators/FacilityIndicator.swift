import Contracts

/// The indicators that the register can tell, with the fields behind each. The names are fixed for ever: target sets
/// spell them.
enum FacilityIndicator: Hashable, CaseIterable {
    case schoolConnected
    case egressPerClass
    /// Unconnected schools count with zero, for the view without 有网络条件的.
    case egressPerClassAll
    case accessBandwidth
    case campusNetwork
    case multimediaRatio
    case multimediaSchool
    case studentsPerComputer(FacilityStage)
    /// 教学用计算机 of the national statistics: for students, teachers and at the lectern.
    case studentsPerTeachingComputer(FacilityStage)
    case teachersPerComputer
    case staffPerComputer
    case teachersPerComputerWithLectern
    case recordingRoom

    static let allCases: [FacilityIndicator] =
        [
            .schoolConnected, .egressPerClass, .egressPerClassAll, .accessBandwidth, .campusNetwork, .multimediaRatio,
            .multimediaSchool,
        ] + FacilityStage.allCases.map { .studentsPerComputer($0) }
        + FacilityStage.allCases.map { .studentsPerTeachingComputer($0) }
        + [.teachersPerComputer, .staffPerComputer, .teachersPerComputerWithLectern, .recordingRoom]

    private static let byID = Dictionary(uniqueKeysWithValues: allCases.map { ($0.id, $0) })
    static func named(_ id: String) -> FacilityIndicator? { byID[id] }

    var id: String {
        switch self {
        case .schoolConnected: "school-connected"
        case .egressPerClass: "egress-per-class"
        case .egressPerClassAll: "egress-per-class-all"
        case .accessBandwidth: "access-bandwidth"
        case .campusNetwork: "campus-network"
        case .multimediaRatio: "multimedia-classroom-ratio"
        case .multimediaSchool: "multimedia-school"
        case .studentsPerComputer(let stage): "students-per-computer-\(stage.rawValue)"
        case .studentsPerTeachingComputer(let stage): "students-per-teaching-computer-\(stage.rawValue)"
        case .teachersPerComputer: "teachers-per-computer"
        case .staffPerComputer: "staff-per-computer"
        case .teachersPerComputerWithLectern: "teachers-per-computer-lectern"
        case .recordingRoom: "recording-room"
        }
    }

    /// What the figure is computed from, in reading order.
    func fields(schoolType: String) -> [FacilityField] {
        switch self {
        case .schoolConnected, .accessBandwidth: [.access]
        case .egressPerClass, .egressPerClassAll: [.access, .egress, .classes]
        case .campusNetwork: [.campusNetwork]
        case .multimediaRatio: [.multimediaRooms, .ordinaryRooms]
        case .multimediaSchool: [.multimediaRooms]
        case .studentsPerComputer(let stage):
            stage.part(of: schoolType) == .shared ? [stage.students, stage.computers] : [.students, .studentComputers]
        case .studentsPerTeachingComputer: [.students, .studentComputers, .teacherComputers, .lecternComputers]
        case .teachersPerComputer: [.teachers, .teacherComputers]
        case .staffPerComputer: [.staff, .teacherComputers]
        case .teachersPerComputerWithLectern: [.teachers, .teacherComputers, .lecternComputers]
        case .recordingRoom: [.recordingRooms]
        }
    }

    var indicator: Indicator {
        switch self {
        case .schoolConnected:
            make("接入互联网的学校", "", "已接入学校", "学校", "所", price: "school-line")
        case .egressPerClass:
            make("班均出口带宽", "Mbit/s 每班", "出口带宽", "班级", "Mbit/s", price: "bandwidth-mbps-year")
        case .egressPerClassAll:
            make("班均出口带宽（含未接入学校）", "Mbit/s 每班", "出口带宽", "班级", "Mbit/s", price: "bandwidth-mbps-year")
        case .accessBandwidth:
            make("接入带宽", "Mbit/s", "接入带宽", "学校", "Mbit/s", price: "bandwidth-mbps-year")
        case .campusNetwork:
            make("有校园网的学校", "", "有校园网的学校", "学校", "所", price: "campus-network")
        case .multimediaRatio:
            make("多媒体教室占普通教室的比例", "", "多媒体教室", "普通教室", "间", price: "multimedia-room")
        case .multimediaSchool:
            make("有多媒体教室的学校", "", "有多媒体教室的学校", "学校", "间", price: "multimedia-room")
        case .studentsPerComputer(let stage):
            make("\(stage.title)生机比", "人/台", "学生", "学生机", "台", .lowerIsBetter, price: "computer")
        case .studentsPerTeachingComputer(let stage):
            make("\(stage.title)生机比（教学用计算机）", "人/台", "学生", "教学用计算机", "台", .lowerIsBetter, price: "computer")
        case .teachersPerComputer:
            make("师机比", "人/台", "专任教师", "教师机", "台", .lowerIsBetter, price: "computer")
        case .staffPerComputer:
            make("师机比（教职工）", "人/台", "教职工", "教师机", "台", .lowerIsBetter, price: "computer")
        case .teachersPerComputerWithLectern:
            make("师机比（含讲台机）", "人/台", "专任教师", "教师机和讲台机", "台", .lowerIsBetter, price: "computer")
        case .recordingRoom:
            make("自动录播教室", "间", "自动录播教室", "学校", "间", price: "recording-room")
        }
    }

    private func make(
        _ name: String, _ unit: String, _ numerator: String, _ denominator: String, _ gapUnit: String,
        _ direction: Indicator.Direction = .higherIsBetter, price: String
    ) -> Indicator {
        Indicator(
            id: id, name: name, unit: unit, direction: direction, numerator: numerator, denominator: denominator,
            gapUnit: gapUnit, price: price)
    }
}
