import Platform

/// What a column of a county's workbook holds.
enum ColumnTarget: ImportTarget {
    case code, name, county, town, type, urbanRural, isCentral, remark
    /// 序号 and whatever else the register does not keep.
    case ignored
    case field(FacilityField)

    private static let plain: [(target: ColumnTarget, id: String, title: String)] = [
        (.code, "code", "学校标识码"), (.name, "name", "学校名称"), (.county, "county", "县(市、区)"),
        (.town, "town", "乡镇(街道)"), (.type, "type", "办学类型"), (.urbanRural, "urban_rural", "城乡分类"),
        (.isCentral, "is_central", "是否中心校"), (.remark, "remark", "备注"), (.ignored, "ignored", "不导入"),
    ]
    private static let prefix = "field."

    /// In the order of the list a person chooses from.
    static let all: [ColumnTarget] = plain.map(\.target) + FacilityField.all.map { .field($0) }

    init?(id: String) {
        if let found = ColumnTarget.plain.first(where: { $0.id == id }) {
            self = found.target
        } else if id.hasPrefix(ColumnTarget.prefix),
            let field = FacilityField.named(String(id.dropFirst(ColumnTarget.prefix.count)))
        {
            self = .field(field)
        } else {
            return nil
        }
    }

    /// Fixed for ever: kept with remembered columns.
    var id: String {
        if case .field(let field) = self { return ColumnTarget.prefix + field.id }
        return ColumnTarget.plain.first { $0.target == self }?.id ?? ""
    }

    var mayRepeat: Bool { self == .ignored || self == .remark }

    /// As messages and lists name it.
    var title: String {
        if case .field(let field) = self { return field.shortLabel }
        return ColumnTarget.plain.first { $0.target == self }?.title ?? ""
    }
}

extension ColumnTarget {
    init(from decoder: any Decoder) throws {
        let id = try decoder.singleValueContainer().decode(String.self)
        self = ColumnTarget(id: id) ?? .ignored
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(id)
    }
}

extension FacilityField {
    /// Without the 其中： of the form.
    var shortLabel: String { label.hasPrefix("其中：") ? String(label.dropFirst(3)) : label }
}
