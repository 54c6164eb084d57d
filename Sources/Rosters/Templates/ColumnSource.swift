import Directory
import Kernel
import Platform

/// What stands in a column of a template. The id is fixed for ever: templates are kept with it.
enum ColumnSource: Hashable, Sendable {
    /// left empty
    case blank
    /// counted from 1
    case rowNumber
    case fact(PersonField)
    case number(PersonIdentifierKind)
    /// 身份证件类型 and the number of the document, whichever she has
    case documentType, documentNumber
    case school(SchoolPart)
    case classGroup(ClassPart)
    /// first day in the class
    case enrolledOn
    /// 岗位职业 and since when
    case post, postFrom
    /// One of at most two, counted from 1.
    case guardian(Int, GuardianPart)
    /// How many of the school or class.
    case count(CountKind)

    enum SchoolPart: String, CaseIterable, Sendable {
        case name, code, kind, area
    }

    enum ClassPart: String, CaseIterable, Sendable {
        case grade, gradeCode, name, number, cohort, entryYear, kind, teacher, openedOn
    }

    enum GuardianPart: String, CaseIterable, Sendable {
        case name, relation, phone
    }

    enum CountKind: String, CaseIterable, Sendable {
        case pupils, girls, classes, staff, boarders
    }

    static let all: [ColumnSource] =
        [.blank, .rowNumber] + PersonField.all.map { .fact($0) } + PersonIdentifierKind.allCases.map { .number($0) }
        + [.documentType, .documentNumber] + SchoolPart.allCases.map { .school($0) }
        + ClassPart.allCases.map { .classGroup($0) } + [.enrolledOn, .post, .postFrom]
        + [1, 2].flatMap { number in GuardianPart.allCases.map { .guardian(number, $0) } }
        + CountKind.allCases.map { .count($0) }

    private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
    static func named(_ id: String) -> ColumnSource? { byID[id] }

    var id: String {
        switch self {
        case .blank: "blank"
        case .rowNumber: "row"
        case .fact(let field): "fact." + field.id
        case .number(let kind): "number." + kind.rawValue
        case .documentType: "document.type"
        case .documentNumber: "document.number"
        case .school(let part): "school." + part.rawValue
        case .classGroup(let part): "class." + part.rawValue
        case .enrolledOn: "enrolment.from"
        case .post: "staff.post"
        case .postFrom: "staff.from"
        case .guardian(let number, let part): "guardian.\(number).\(part.rawValue)"
        case .count(let kind): "count." + kind.rawValue
        }
    }

    var title: String {
        switch self {
        case .blank: "（空列）"
        case .rowNumber: "序号"
        case .fact(let field): field.label
        case .number(let kind): kind.title
        case .documentType: "身份证件类型"
        case .documentNumber: "身份证件号"
        case .school(let part):
            switch part {
            case .name: "学校名称"
            case .code: "学校标识码"
            case .kind: "办学类型"
            case .area: "城乡类型"
            }
        case .classGroup(let part):
            switch part {
            case .grade: "年级"
            case .gradeCode: "年级代码"
            case .name: "班级"
            case .number: "班号"
            case .cohort: "班级（级）"
            case .entryYear: "入学年"
            case .kind: "班级类型"
            case .teacher: "班主任"
            case .openedOn: "建班年月"
            }
        case .enrolledOn: "入班日期"
        case .post: "岗位职业"
        case .postFrom: "任职日期"
        case .guardian(let number, .name): "监护人\(number)姓名"
        case .guardian(let number, .relation): "监护人\(number)关系"
        case .guardian(let number, .phone): "监护人\(number)联系电话"
        case .count(let kind):
            switch kind {
            case .pupils: "学生数"
            case .girls: "女生数"
            case .classes: "班数"
            case .staff: "教职工数"
            case .boarders: "寄宿生数"
            }
        }
    }

    /// Whether the column holds what lists mask and exports give only for a reason.
    var isSensitive: Bool {
        switch self {
        case .fact(let field): field.isSensitive
        case .number, .documentNumber, .guardian(_, .phone): true
        default: false
        }
    }

    /// The code list of a column of codes.
    var list: CodeList? {
        switch self {
        case .fact(let field): field.kind == .code ? field.list : nil
        case .documentType: CodeLists.idDocument
        case .school(.kind): CodeLists.schoolType
        case .school(.area): CodeLists.urbanRural
        case .classGroup(.kind): CodeLists.classKind
        case .post: CodeLists.post
        case .guardian(_, .relation): CodeLists.guardianRelation
        default: nil
        }
    }

    /// Whether the column holds days or months.
    var isDated: Bool {
        switch self {
        case .fact(let field): field.kind == .date || field.kind == .month
        case .enrolledOn, .postFrom, .classGroup(.openedOn): true
        default: false
        }
    }
}

extension ColumnSource: Codable {
    init(from decoder: any Decoder) throws {
        let id = try decoder.singleValueContainer().decode(String.self)
        guard let source = ColumnSource.named(id) else {
            throw DomainError.invalid("file", "模板里的“\(id)”不是平台的数据项")
        }
        self = source
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(id)
    }
}
