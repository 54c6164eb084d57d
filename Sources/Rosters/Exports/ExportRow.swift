import Directory
import Kernel

/// What is known of one row of an export, before a template picks its columns and spells them.
struct ExportRow: Sendable {
    let school: Organisation
    let day: LocalDate
    var classGroup: ClassGroup?
    var classTeacher = ""
    var facts: [String: String] = [:]
    var numbers: [PersonIdentifierKind: String] = [:]
    /// 身份证件类型 of a number that is no 身份证号.
    var documentType = ""
    /// The first and the second; `nil` where there is none.
    var guardians: [Guardian?] = []
    var enrolledOn: LocalDate?
    var post = ""
    var postFrom: LocalDate?
    var counts: [ColumnSource.CountKind: Int] = [:]

    init(school: Organisation, day: LocalDate) { (self.school, self.day) = (school, day) }

    /// The cells of the row, spelled as the template wants them.
    func cells(_ template: ExportTemplate, number: Int) -> [String] {
        template.columns.map { column in
            column.source == .rowNumber ? String(number) : CellSpelling.text(value(of: column.source), in: column)
        }
    }

    /// As it is kept; empty when it is not known.
    func value(of source: ColumnSource) -> String {
        switch source {
        case .blank, .rowNumber: ""
        case .fact(let field): facts[field.id] ?? ""
        case .number(let kind): numbers[kind] ?? ""
        case .documentType: numbers[.citizenNumber] != nil ? "1" : numbers[.document] != nil ? documentType : ""
        case .documentNumber: numbers[.citizenNumber] ?? numbers[.document] ?? ""
        case .school(let part): schoolValue(part)
        case .classGroup(let part): classValue(part)
        case .enrolledOn: enrolledOn?.iso ?? ""
        case .post: post
        case .postFrom: postFrom?.iso ?? ""
        case .guardian(let number, let part):
            number <= guardians.count ? guardians[number - 1]?.value(of: part) ?? "" : ""
        case .count(let kind): counts[kind].map(String.init) ?? ""
        }
    }

    private func schoolValue(_ part: ColumnSource.SchoolPart) -> String {
        switch part {
        case .name: school.name
        case .code: school.code ?? ""
        case .kind: school.profile?.schoolType ?? ""
        case .area: school.profile?.urbanRural ?? ""
        }
    }

    private func classValue(_ part: ColumnSource.ClassPart) -> String {
        guard let classGroup else { return "" }
        return switch part {
        case .grade: classGroup.grade(on: day)?.title ?? ""
        case .gradeCode: classGroup.grade(on: day)?.code ?? ""
        case .name: classGroup.name(on: day)
        case .number: String(classGroup.number)
        case .cohort: classGroup.cohortName
        case .entryYear: String(classGroup.entryYear)
        case .kind: classGroup.kind ?? ""
        case .teacher: classTeacher
        case .openedOn: classGroup.openedOn.iso
        }
    }
}

extension ExportRow {
    struct Guardian: Sendable {
        let name: String
        /// Code of 监护人关系; empty when nobody has told it.
        let relation: String
        /// Whether she is the first or second guardian; `nil` when nobody has told it.
        let order: Int?
        let phone: String

        func value(of part: ColumnSource.GuardianPart) -> String {
            switch part {
            case .name: name
            case .relation: relation
            case .phone: phone
            }
        }

        /// Everybody at the place that was told of her, the others in the places that are left, in their order.
        static func placed(_ guardians: [Guardian]) -> [Guardian?] {
            var places: [Guardian?] = [nil, nil], rest: [Guardian] = []
            for one in guardians {
                if let order = one.order, places[order - 1] == nil { places[order - 1] = one } else { rest.append(one) }
            }
            for index in places.indices where places[index] == nil && !rest.isEmpty {
                places[index] = rest.removeFirst()
            }
            return places
        }
    }
}
