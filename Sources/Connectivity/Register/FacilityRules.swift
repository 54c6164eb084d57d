import Kernel

/// The one rule set of the register. Form, workbook and API all ask it; a broken rule names the field.
package enum FacilityRules {
    /// Rules that refuse. `record` is the school's whole record as it would become.
    package static func problems(of record: FacilityRecord) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        for field in FacilityField.all {
            if let value = record[field], let message = problem(of: value, field) {
                problems.append(FieldProblem(field: field.id, message: message))
            }
        }
        for (part, whole) in parts {
            if let a = record[part], let b = record[whole], a > b, a >= 0, b >= 0 {
                let message = "\(part.shortLabel)（\(part.text(a))）不能多于\(whole.shortLabel)（\(whole.text(b))）。"
                problems.append(FieldProblem(field: part.id, message: message))
            }
        }
        if let classes = record[.classes], let students = record[.students], students > 0, classes > students {
            let message = "班级数（\(FacilityField.plain(classes))）不能多于在校学生数（\(FacilityField.plain(students))）。"
            problems.append(FieldProblem(field: FacilityField.classes.id, message: message))
        }
        return problems
    }

    private static func problem(of value: Double, _ field: FacilityField) -> String? {
        let name = field.shortLabel
        if !value.isFinite { return "\(name)应为数字。" }
        if value < 0 { return "\(name)不能是负数。" }
        if value > limit(of: field) { return "\(name)过大（\(field.text(value))），请核对单位。" }
        if field.kind != .bandwidth, value != value.rounded() { return "\(name)应为整数。" }
        if field.kind == .code, field.code(numbered: value) == nil { return "\(name)不在代码表中。" }
        return nil
    }

    /// What asks for a second look but does not refuse: jumps against the last record.
    package static func warnings(from old: FacilityRecord, to new: FacilityRecord) -> [FieldProblem] {
        var warnings: [FieldProblem] = []
        if let a = old[.access], let b = new[.access], a > 0, b > a * 5 {
            warnings.append(FieldProblem(field: FacilityField.access.id, message: "接入带宽比上次增加 5 倍以上，请核对。"))
        }
        for field in [FacilityField.studentComputers, .teacherComputers] {
            if let a = old[field], let b = new[field], a > 0, b < a * 0.7 {
                warnings.append(FieldProblem(field: field.id, message: "\(field.label)比上次减少三成以上，请核对。"))
            }
        }
        if let students = new[.students], students == 0 {
            warnings.append(FieldProblem(field: FacilityField.students.id, message: "没有学生，是否已经停办？"))
        }
        return warnings
    }

    private static let parts: [(FacilityField, FacilityField)] = [
        (.multimediaRooms, .ordinaryRooms), (.onlineRooms, .multimediaRooms), (.simpleRooms, .multimediaRooms),
        (.interactiveRooms, .multimediaRooms), (.networkedRooms, .multimediaRooms), (.teachers, .staff),
        (.primaryStudents, .students), (.juniorStudents, .students), (.seniorStudents, .students),
        (.primaryComputers, .studentComputers), (.juniorComputers, .studentComputers),
        (.seniorComputers, .studentComputers),
    ]

    /// The largest figure that a single school can have; beyond it the unit is wrong.
    private static func limit(of field: FacilityField) -> Double {
        switch field.kind {
        case .count: field.id.hasPrefix("students") ? 30_000 : 10_000
        case .bandwidth: 100_000
        case .yesNo: 1
        case .money: 100_000_000
        case .code: 1_000
        }
    }
}
