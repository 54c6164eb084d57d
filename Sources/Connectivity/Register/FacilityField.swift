import Kernel

/// One datum that the register keeps of a school (登记项). The list follows the collection form of the ministry's
/// statistics (网络多媒体教室, 教学用计算机, 出口总带宽 …) and the city's plan.
package struct FacilityField: Sendable, Hashable {
    package enum Kind: String, Sendable {
        /// A whole number of things or people.
        case count
        /// Megabit per second, may have a fraction.
        case bandwidth
        /// Yes (1) or no (0).
        case yesNo
        /// Money per month, in yuan on screen, integer fen in storage.
        case money
        /// A code of a code list, kept as a number; see `number(ofCode:)`.
        case code
    }
    package enum Block: String, Sendable, CaseIterable {
        case size = "规模"
        case network = "网络"
        case rooms = "教室"
        case devices = "终端"
        case recording = "录播"
    }

    /// Fixed for ever: stored with each value.
    package let id: String
    /// Chinese, as on forms and in workbooks.
    package let label: String
    package let unit: String
    package let kind: Kind
    package let block: Block
    /// Other usual header words in counties' workbooks.
    package let headers: [String]
    /// The code list of a `.code` field.
    package let codeList: String?
    /// What a blank cell in a workbook means: bandwidth and yes/no read as none, counts as zero; `nil` = not told.
    package let blank: Double?

    package static func == (a: FacilityField, b: FacilityField) -> Bool { a.id == b.id }
    package func hash(into hasher: inout Hasher) { hasher.combine(id) }

    private static func field(
        _ id: String, _ label: String, _ unit: String, _ kind: Kind, _ block: Block, _ headers: [String] = [],
        codeList: String? = nil, blank: Double? = nil
    ) -> FacilityField {
        FacilityField(
            id: id, label: label, unit: unit, kind: kind, block: block, headers: headers, codeList: codeList,
            blank: blank)
    }

    // 规模
    package static let classes = field(
        "classes", "班级数", "个", .count, .size, ["班数", "教学班数", "班级", "教学班", "班级总数"])
    package static let students = field(
        "students", "在校学生数", "人", .count, .size, ["学生数", "学生人数", "在校生数", "在校学生", "学生总数", "在校生人数", "在园幼儿数"])
    package static let teachers = field(
        "teachers", "专任教师数", "人", .count, .size, ["专任教师", "教师数", "教师人数", "专任教师人数"])
    package static let staff = field("staff", "教职工数", "人", .count, .size, ["教职工", "教职工人数", "教职工总数"])

    // 网络
    package static let lines = field("lines", "接入线路数", "条", .count, .network, ["线路数", "宽带线路数", "线路条数"])
    package static let accessKind = field(
        "access_kind", "接入方式", "", .code, .network, ["网络接入方式", "宽带接入方式"], codeList: "network-access")
    package static let carrier = field("carrier", "运营商", "", .code, .network, ["网络运营商", "宽带运营商"], codeList: "carrier")
    package static let access = field(
        "access_mbps", "接入带宽", "Mbit/s", .bandwidth, .network,
        ["接入带宽(M)", "宽带(Mbps)", "宽带", "带宽", "接入宽带", "网络带宽", "合同带宽", "接入带宽(Mbps)", "宽带(M)", "带宽(M)"], blank: 0)
    package static let accessUp = field("access_up_mbps", "合同上行带宽", "Mbit/s", .bandwidth, .network, ["上行带宽"])
    package static let egress = field(
        "egress_mbps", "出口带宽", "Mbit/s", .bandwidth, .network,
        ["出口带宽(M)", "出口总带宽", "出口宽带", "出口带宽(Mbps)", "校园网出口带宽", "出口总带宽(Mbps)"], blank: 0)
    package static let measured = field("measured_mbps", "实测带宽", "Mbit/s", .bandwidth, .network, ["测速值", "实测速率", "测速"])
    package static let rent = field("rent_fen", "宽带月租", "元/月", .money, .network, ["月租", "宽带费用"])
    package static let campusNetwork = field(
        "campus_network", "校园网", "", .yesNo, .network, ["是否有校园网", "有无校园网", "校园网络"], blank: 0)
    package static let wireless = field("wireless", "无线覆盖教学区", "", .yesNo, .network, ["无线网络", "校园无线", "无线覆盖"])
    package static let backbone = field("backbone_mbps", "校园网主干带宽", "Mbit/s", .bandwidth, .network, ["主干带宽"])

    // 教室
    package static let ordinaryRooms = field(
        "ordinary_rooms", "普通教室", "间", .count, .rooms, ["普通教室(间)", "教室数", "教室", "普通教室数", "教室(间)"])
    package static let multimediaRooms = field(
        "multimedia_rooms", "其中：多媒体教室", "间", .count, .rooms,
        ["其中:多媒体教室", "多媒体教室", "多媒体教室数", "多媒体教室(间)", "已配多媒体"], blank: 0)
    package static let onlineRooms = field(
        "online_rooms", "其中：已联网", "间", .count, .rooms, ["其中:已联网", "已联网", "联网多媒体教室", "网络多媒体教室", "已联网教室"], blank: 0)
    package static let simpleRooms = field("media1_rooms", "其中：简易多媒体", "间", .count, .rooms, ["简易多媒体教室"])
    package static let interactiveRooms = field("media2_rooms", "其中：交互式多媒体", "间", .count, .rooms, ["交互式多媒体教室"])
    package static let networkedRooms = field("media3_rooms", "其中：网络多媒体", "间", .count, .rooms, ["网络多媒体教室(间)"])
    package static let specialRooms = field("special_rooms", "专用教室", "间", .count, .rooms, ["功能教室", "专用教室(间)"])
    package static let mediaHalls = field("media_halls", "多媒体专用室", "间", .count, .rooms, ["多媒体专用教室", "电教室"])

    // 终端
    package static let studentComputers = field(
        "student_computers", "学生用计算机", "台", .count, .devices,
        ["学生计算机", "学生机", "学生用机", "学生电脑", "学生用计算机(台)", "学生终端数"], blank: 0)
    package static let primaryComputers = field(
        "student_computers_primary", "其中：小学学段", "台", .count, .devices, ["小学学生用计算机"])
    package static let juniorComputers = field(
        "student_computers_junior", "其中：初中学段", "台", .count, .devices, ["初中学生用计算机"])
    package static let seniorComputers = field(
        "student_computers_senior", "其中：高中(中职)学段", "台", .count, .devices, ["高中学生用计算机"])
    package static let primaryStudents = field(
        "students_primary", "其中：小学学生", "人", .count, .size, ["小学学生数"])
    package static let juniorStudents = field("students_junior", "其中：初中学生", "人", .count, .size, ["初中学生数"])
    package static let seniorStudents = field("students_senior", "其中：高中(中职)学生", "人", .count, .size, ["高中学生数"])
    package static let teacherComputers = field(
        "teacher_computers", "教师用计算机", "台", .count, .devices,
        ["教师计算机", "教师机", "教师用机", "教师电脑", "教师用计算机(台)", "教师终端数"], blank: 0)
    package static let lecternComputers = field(
        "lectern_computers", "讲台用计算机", "台", .count, .devices, ["讲台机", "班班通讲台机"])
    package static let officeComputers = field("office_computers", "管理用计算机", "台", .count, .devices, ["办公用计算机", "管理用机"])
    package static let scrapComputers = field("scrap_computers", "待报废计算机", "台", .count, .devices, ["报废待更新", "待报废"])

    // 录播
    package static let recordingRooms = field(
        "recording_rooms", "自动录播教室", "间", .count, .recording,
        ["自动录播教室(间)", "录播教室", "录播教室数", "录播教室(间)", "自动录播间数"], blank: 0)

    /// All fields in the order of the form.
    package static let all: [FacilityField] = [
        classes, students, primaryStudents, juniorStudents, seniorStudents, teachers, staff,
        lines, accessKind, carrier, access, accessUp, egress, measured, rent, campusNetwork, wireless, backbone,
        ordinaryRooms, multimediaRooms, onlineRooms, simpleRooms, interactiveRooms, networkedRooms, specialRooms,
        mediaHalls,
        studentComputers, primaryComputers, juniorComputers, seniorComputers, teacherComputers, lecternComputers,
        officeComputers, scrapComputers, recordingRooms,
    ]

    private static let byID: [String: FacilityField] = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
    package static func named(_ id: String) -> FacilityField? { byID[id] }

    /// The value as a person reads it.
    package func text(_ value: Double) -> String {
        switch kind {
        case .yesNo: value == 0 ? "无" : "有"
        case .money: FacilityField.plain(value / 100)
        case .code: code(numbered: value)?.name ?? FacilityField.plain(value)
        case .count, .bandwidth: FacilityField.plain(value)
        }
    }

    /// With its unit: `30 Mbit/s`, `13 间`, `光纤`.
    package func textWithUnit(_ value: Double) -> String { unit.isEmpty ? text(value) : "\(text(value)) \(unit)" }

    /// Without a needless fraction: `4`, `7.5`.
    static func plain(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
