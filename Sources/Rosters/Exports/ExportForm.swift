import Directory
import Kernel
import Web

/// What an export is asked for with.
struct ExportRequest: Sendable, Equatable {
    let place: OrganisationID
    let template: String
    let day: LocalDate
    let isFull: Bool
    let reason: String
    /// A code of `CodeLists.lookReason`.
    let why: String
    /// Of an export with sensitive data in full: why, as the record of looks has it.
    let lookReason: LookReason?
}

struct ExportForm: Sendable {
    let values: FormValues

    /// 按规定报送
    static let usualReason = "40"

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
        let isFull = values["full"] == "1", why = values["why"] ?? ExportForm.usualReason
        var lookReason: LookReason?
        if isFull {
            do {
                lookReason = try ExportForm.lookReason(why, reason)
            } catch DomainError.invalid(let found) {
                problems += found.map {
                    FieldProblem(field: $0.field == "reason" ? "why" : "reason", message: $0.message)
                }
            }
        }
        guard problems.isEmpty, let place, let day else { throw DomainError.invalid(problems) }
        return ExportRequest(
            place: place, template: template, day: day, isFull: isFull, reason: reason, why: why, lookReason: lookReason
        )
    }

    /// The words go along unless there is a number in them; 其他 needs them.
    static func lookReason(_ code: String, _ words: String) throws -> LookReason {
        do { return try LookReason(code, note: words) } catch DomainError.invalid(let problems) {
            guard let plain = try? LookReason(code) else { throw DomainError.invalid(problems) }
            return plain
        }
    }
}
