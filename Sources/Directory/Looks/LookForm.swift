import Kernel
import Web

/// What the form before a look sends.
struct LookForm: Sendable {
    let values: FormValues

    /// Throws `DomainError.invalid` with every problem of the form.
    func deed() throws -> (item: LookItem, reason: LookReason) {
        var problems: [FieldProblem] = []
        let item = values.text("item").flatMap(LookItem.named)
        if item == nil { problems.append(FieldProblem(field: "item", message: "选择要查看的内容")) }
        var reason: LookReason?
        do {
            reason = try LookReason(values["reason"] ?? "", note: values["note"] ?? "")
        } catch DomainError.invalid(let found) {
            problems += found
        }
        guard let item, let reason else { throw DomainError.invalid(problems) }
        return (item, reason)
    }
}
