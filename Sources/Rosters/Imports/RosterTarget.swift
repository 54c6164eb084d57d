import Directory
import Platform

/// What a column of a roster workbook holds.
enum RosterTarget: ImportTarget {
    enum GuardianPart: String, CaseIterable {
        case name, relation, phone, documentType = "document_type", documentNumber = "document_number"

        var title: String {
            switch self {
            case .name: "姓名"
            case .relation: "关系"
            case .phone: "手机号"
            case .documentType: "证件类型"
            case .documentNumber: "证件号"
            }
        }
    }

    case ignored
    /// The platform's own key of a person, as it gives it to other systems.
    case person
    case schoolCode, schoolName, county, grade, classGroup
    case studentNumber, documentType, documentNumber, staffNumber, phone, post
    case field(PersonField)
    /// One of at most two, counted from 1.
    case guardian(Int, GuardianPart)

    var mayRepeat: Bool { self == .ignored }

    private static let plain: [(target: RosterTarget, id: String, title: String)] = [
        (.ignored, "ignored", "不导入"), (.person, "person", "平台编号"), (.schoolCode, "school_code", "学校标识码"),
        (.schoolName, "school", "学校名称"),
        (.county, "county", "县(市、区)"), (.grade, "grade", "年级"), (.classGroup, "class", "班级"),
        (.studentNumber, "student_number", "学籍号"), (.documentType, "document_type", "身份证件类型"),
        (.documentNumber, "document_number", "身份证件号"), (.staffNumber, "staff_number", "工号"),
        (.phone, "phone", "手机号"), (.post, "post", "岗位职业"),
    ]
    private static let fieldPrefix = "field.", guardianPrefix = "guardian."

    /// What the columns of a roster of the kind can hold, in the order of the list a person chooses from.
    static func all(of kind: RosterKind) -> [RosterTarget] {
        let staffOnly: Set<RosterTarget> = [.staffNumber, .phone, .post]
        let pupilsOnly: Set<RosterTarget> = [.studentNumber, .grade, .classGroup]
        let left = kind == .pupils ? staffOnly : pupilsOnly
        let group: PersonField.Group = kind == .pupils ? .student : .staff
        let fields = PersonField.all.filter { $0.group == .common || $0.group == group }
        let guardians =
            kind == .pupils
            ? [1, 2].flatMap { number in GuardianPart.allCases.map { RosterTarget.guardian(number, $0) } } : []
        return plain.map(\.target).filter { !left.contains($0) } + fields.map { .field($0) } + guardians
    }

    static func named(_ id: String) -> RosterTarget? {
        if let found = plain.first(where: { $0.id == id }) { return found.target }
        if id.hasPrefix(fieldPrefix) {
            return PersonField.named(String(id.dropFirst(fieldPrefix.count))).map { .field($0) }
        }
        let parts = id.split(separator: ".", maxSplits: 2)
        guard id.hasPrefix(guardianPrefix), parts.count == 3, let number = Int(parts[1]), (1...2).contains(number),
            let part = GuardianPart(rawValue: String(parts[2]))
        else { return nil }
        return .guardian(number, part)
    }

    /// Fixed for ever: kept with remembered columns.
    var id: String {
        switch self {
        case .field(let field): RosterTarget.fieldPrefix + field.id
        case .guardian(let number, let part): "\(RosterTarget.guardianPrefix)\(number).\(part.rawValue)"
        default: RosterTarget.plain.first { $0.target == self }?.id ?? ""
        }
    }

    /// As messages and lists name it.
    var title: String {
        switch self {
        case .field(let field): field.label
        case .guardian(let number, let part): "家长\(number)\(part.title)"
        default: RosterTarget.plain.first { $0.target == self }?.title ?? ""
        }
    }

    /// Whether a value of the column may stand beside its header; what says something of one person may not.
    var showsSample: Bool {
        switch self {
        case .schoolCode, .schoolName, .county, .grade, .classGroup, .documentType, .post: true
        case .field(let field): field.kind == .code && !field.isSensitive
        case .ignored, .person, .studentNumber, .documentNumber, .staffNumber, .phone, .guardian: false
        }
    }

    static var name: RosterTarget { field("name") }
    static func field(_ id: String) -> RosterTarget { PersonField.named(id).map { .field($0) } ?? .ignored }
}

extension RosterTarget {
    init(from decoder: any Decoder) throws {
        self = RosterTarget.named(try decoder.singleValueContainer().decode(String.self)) ?? .ignored
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(id)
    }
}
