import Kernel
import Web

/// What the form of a new employee sends.
struct StaffForm: Sendable {
    let values: FormValues

    /// Throws `DomainError.invalid` with every problem of the form.
    func member() throws -> NewStaffMember {
        var problems: [FieldProblem] = [], identifiers: [PersonIdentifier] = []
        let name = PupilForm.name(values["name"] ?? "")
        if name.isEmpty { problems.append(FieldProblem(field: "name", message: "填写姓名")) }
        if name.unicodeScalars.count > 60 {
            problems.append(FieldProblem(field: "name", message: "姓名不能超过 60 个字"))
        }
        let from = LocalDate(iso: values["from"] ?? "")
        if from == nil { problems.append(FieldProblem(field: "from", message: "填写任职日期，如 2026-09-01")) }
        for kind in [PersonIdentifierKind.phone, .staffNumber] {
            let field = EnrolmentService.field(of: kind)
            guard let text = values.text(field) else { continue }
            problems += ClassRules.collected { identifiers.append(try PersonIdentifier(kind, text, field: field)) }
        }
        guard problems.isEmpty, let from else { throw DomainError.invalid(problems) }
        return NewStaffMember(
            name: name, post: values["post"] ?? "", identifiers: identifiers, from: from,
            kind: values["kind"].flatMap(AppointmentKind.init(rawValue:)) ?? .established)
    }
}
