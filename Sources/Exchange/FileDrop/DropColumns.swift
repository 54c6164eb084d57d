import Directory
import Kernel

/// A data set as a table: the records of the city interface, one a row.
struct DropColumns: Sendable {
    private struct Entry: Sendable {
        let title: String
        let text: @Sendable (JSONValue) -> String
    }

    private let entries: [Entry]

    /// - Parameter isSensitive: whether numbers and sensitive facts have columns.
    init(_ dataset: FeedDataset, isSensitive: Bool) {
        var entries = [
            DropColumns.plain("来源系统", "src"),
            DropColumns.plain(dataset == .students || dataset == .staff ? "平台编号" : "记录编号", "src_id"),
            DropColumns.plain("版本", "version"), DropColumns.plain("更新时间", "updated_at"),
            DropColumns.plain("已删除", "deleted"),
        ]
        switch dataset {
        case .organisations:
            entries += [
                ("标识码", "code"), ("单位名称", "name"), ("单位类别", "kind"), ("上级单位编号", "parent"),
                ("办学类型码", "school_type"), ("城乡类型码", "urban_rural"), ("成立日期", "opened_on"),
            ].map(DropColumns.plain)
        case .classes:
            entries += [
                ("学校编号", "school"), ("学校标识码", "school_code"), ("学段", "stage"), ("入学年份", "entry_year"),
                ("学制", "years"), ("班号", "number"), ("班名", "alias"), ("班级类型码", "kind"), ("建班日期", "opened_on"),
            ].map(DropColumns.plain)
        case .enrolments:
            entries += [
                ("学生平台编号", "student"), ("学校编号", "school"), ("班级编号", "class"), ("开始日期", "from"),
                ("结束日期", "until"),
            ].map(DropColumns.plain)
        case .students:
            entries.append(DropColumns.plain("姓名", "name"))
            entries += [("学校编号", "school"), ("班级编号", "class"), ("开始日期", "from")].map {
                DropColumns.listed("enrolments", $0, $1)
            }
            entries += DropColumns.facts(of: .student, isSensitive)
            if isSensitive { entries += DropColumns.numbers([.studentNumber, .citizenNumber, .document]) }
        case .staff:
            entries.append(DropColumns.plain("姓名", "name"))
            entries += [("单位编号", "org"), ("岗位职业码", "post"), ("开始日期", "from")].map {
                DropColumns.listed("posts", $0, $1)
            }
            entries += DropColumns.facts(of: .staff, isSensitive)
            if isSensitive { entries += DropColumns.numbers([.staffNumber, .citizenNumber, .document]) }
        }
        self.entries = entries
    }

    var titles: [String] { entries.map(\.title) }
    func cells(_ record: JSONValue) -> [String] { entries.map { $0.text(record) } }

    private static func plain(_ title: String, _ name: String) -> Entry {
        Entry(title: title) { text($0[name]) }
    }

    /// A member of every item of a list, in its order.
    private static func listed(_ list: String, _ title: String, _ name: String) -> Entry {
        Entry(title: title) { record in
            (record[list]?.list ?? []).map { text($0[name]) }.joined(separator: "；")
        }
    }

    private static func facts(of group: PersonField.Group, _ isSensitive: Bool) -> [Entry] {
        PersonField.all.filter { field in
            field.id != "name" && (field.group == .common || field.group == group)
                && (isSensitive || !field.isSensitive)
        }.map { field in Entry(title: field.label) { text($0["facts"]?[field.id]) } }
    }

    private static func numbers(_ kinds: [PersonIdentifierKind]) -> [Entry] {
        kinds.map { kind in Entry(title: kind.title) { text($0["numbers"]?[kind.rawValue]) } }
    }

    private static func text(_ value: JSONValue?) -> String {
        switch value {
        case .text(let text)?: text
        case .integer(let number)?: String(number)
        case .flag(let flag)?: flag ? "1" : "0"
        case .null?, .decimal?, .list?, .object?, nil: ""
        }
    }

    /// Kinds of numbers and ids of facts that the rows hold, for the record of exports.
    static func data(_ dataset: FeedDataset) -> [String] {
        let numbers: [PersonIdentifierKind] =
            dataset == .staff
            ? [.staffNumber, .citizenNumber, .document] : [.studentNumber, .citizenNumber, .document]
        let group: PersonField.Group = dataset == .staff ? .staff : .student
        let fields = PersonField.all.filter { $0.isSensitive && ($0.group == .common || $0.group == group) }
        return numbers.map(\.rawValue) + fields.map(\.id)
    }
}
