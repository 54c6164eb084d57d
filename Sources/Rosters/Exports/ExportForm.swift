import Kernel
import Web

/// What an export is asked for with.
struct ExportRequest: Sendable, Equatable {
    let place: OrganisationID
    let template: String
    let day: LocalDate
    let isFull: Bool
    let reason: String
}

struct ExportForm: Sendable {
    let values: FormValues

    /// Throws `DomainError.invalid` with every problem.
    func request(today: LocalDate) throws -> ExportRequest {
        var problems: [FieldProblem] = []
        let place = OrganisationID(checking: values["place"] ?? "")
        if place == nil { problems.append(FieldProblem(field: "place", message: "选择单位")) }
        let template = values["template"] ?? ""
        if template.isEmpty { problems.append(FieldProblem(field: "template", message: "选择模板")) }
        let day = LocalDate(iso: values["day"] ?? "")
        if day.map({ $0 > today }) ?? true {
            problems.append(FieldProblem(field: "day", message: "填写今天或以前的日期，如 2026-09-01"))
        }
        let reason = values["reason"] ?? ""
        if !(4...100).contains(reason.unicodeScalars.count) {
            problems.append(FieldProblem(field: "reason", message: "写明用途，4 到 100 个字"))
        }
        guard problems.isEmpty, let place, let day else { throw DomainError.invalid(problems) }
        return ExportRequest(
            place: place, template: template, day: day, isFull: values["full"] == "1", reason: reason)
    }
}
