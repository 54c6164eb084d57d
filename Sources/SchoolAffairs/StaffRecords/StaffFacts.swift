import Directory
import Kernel
import Platform
import Web

/// What a school may write of its staff by hand: everything of staff and what belongs to everybody, apart from key
/// fields that are known already; those change by an approved change only.
enum StaffFacts {
    /// In the order of the forms.
    static let fields = PersonField.all.filter { $0.group == .staff || $0.group == .common }

    static func isLocked(_ field: PersonField, _ facts: PersonFacts?) -> Bool {
        field.isKey && !(facts?[field.id] ?? "").isEmpty || field.id == "name"
    }

    /// What the form begins with. A sealed value is never shown: its field stays empty, and empty changes nothing.
    static func present(_ record: StaffRecord) -> [(name: String, value: String)] {
        fields.compactMap { field in
            guard !field.isSensitive, !isLocked(field, record.facts), let value = record.facts?[field.id] else {
                return nil
            }
            return (field.id, field.kind == .code || field.kind == .flag ? value : field.text(value))
        }
    }

    /// Returns what to tell the person. Throws `DomainError.invalid` at the fields' ids.
    static func save(_ form: StaffDeedForm, _ context: StaffDeedContext) throws -> String {
        let record = context.record
        var problems: [FieldProblem] = [], values: [String: String] = [:]
        for field in fields where !isLocked(field, record.facts) {
            guard let typed = form.values[field.id] else { continue }
            do {
                let value = try field.canonical(typed)
                if value.isEmpty, field.isSensitive || field.isKey { continue }
                values[field.id] = value
            } catch DomainError.invalid(let found) {
                problems += found
            }
        }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
        let source = FactSource(.school, reference: "", at: context.now, by: context.actor.name)
        let changed = try PersonFactStore(context.db, context.crypto).change(
            values, of: record.person.id, from: record.today, source: source)
        if changed.isEmpty { return "没有变化" }
        let labels = changed.compactMap { PersonField.named($0)?.label }.joined(separator: "、")
        try AuditLog.record(
            "staff.facts_changed", record.person.id.rawValue, by: context.actor, at: record.school.path,
            "\(record.person.name)：\(labels)", now: context.now, on: context.db)
        return "已保存 \(changed.count) 项"
    }
}
