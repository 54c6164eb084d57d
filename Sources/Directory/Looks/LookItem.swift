import Kernel

/// What is seen in one look: a number, or sealed data that belong together.
package struct LookItem: Sendable, Equatable {
    /// Fixed for ever: sent by forms.
    package let id: String
    package let title: String
    let numbers: [PersonIdentifierKind]
    let fields: [PersonField]
    /// Whether a class teacher may see it of her own class. Documents are for whoever keeps the roll.
    let isForClassTeachers: Bool

    /// Every number and every sealed field stands in exactly one.
    package static let all: [LookItem] = numbers + groups.map(LookItem.init) + rest

    package static func named(_ id: String) -> LookItem? { all.first { $0.id == id } }

    /// The word of a datum as records name it: the raw value of a kind of number, or the id of a field.
    package static func title(ofDatum id: String) -> String {
        PersonIdentifierKind(rawValue: id)?.title ?? PersonField.named(id)?.label ?? id
    }

    private static let numbers = PersonIdentifierKind.allCases.map { kind in
        LookItem(
            id: kind.rawValue, title: kind.title, numbers: [kind], fields: [],
            isForClassTeachers: kind == .phone || kind == .studentNumber)
    }

    private struct Group: Sendable {
        let id: String
        let title: String
        let fields: [String]
        var isForClassTeachers = true
    }

    private static let groups = [
        Group(
            id: "address", title: "住址",
            fields: ["currentAddress", "homeAddress", "postalAddress", "postcode", "householdPlace", "birthPlace"]),
        Group(id: "contact", title: "联系电话和邮箱", fields: ["contactPhone", "email"]),
        Group(id: "health", title: "健康和残疾情况", fields: ["health", "bloodType", "disability", "inclusive"]),
        Group(
            id: "care", title: "资助和关爱情况",
            fields: [
                "leftBehind", "migrantChild", "orphan", "martyrChild", "onlyChild", "needsAid", "boardingAid",
            ]),
        Group(id: "travel", title: "上下学情况", fields: ["schoolDistance", "schoolTravel", "schoolBus"]),
        Group(
            id: "household", title: "户口和证件", fields: ["householdKind", "documentUntil"], isForClassTeachers: false),
    ]

    private init(
        id: String, title: String, numbers: [PersonIdentifierKind], fields: [PersonField], isForClassTeachers: Bool
    ) {
        (self.id, self.title, self.numbers, self.fields) = (id, title, numbers, fields)
        self.isForClassTeachers = isForClassTeachers
    }

    private init(_ group: Group) {
        self.init(
            id: group.id, title: group.title, numbers: [], fields: group.fields.compactMap(PersonField.named),
            isForClassTeachers: group.isForClassTeachers)
    }

    /// A sealed field that no group names is seen by itself.
    private static let rest: [LookItem] = {
        let grouped = Set(groups.flatMap(\.fields))
        return PersonField.all.filter { $0.isSensitive && !grouped.contains($0.id) }.map { field in
            LookItem(id: field.id, title: field.label, numbers: [], fields: [field], isForClassTeachers: false)
        }
    }()
}
