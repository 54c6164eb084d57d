import Directory
import Kernel
import Web

/// What the form of an application sends. Throws `DomainError.invalid` with every problem of the form.
struct StudentChangeForm: Sendable {
    let values: FormValues

    /// The kind the form is for; `nil` while none is chosen.
    var kind: StudentChangeKind? { values["kind"].flatMap(StudentChangeKind.init(rawValue:)) }

    /// - Parameter known: key data as they are.
    func draft(knowing known: [KeyDatum: String], today: LocalDate) throws -> StudentChangeDraft {
        guard let kind else { throw DomainError.invalid("kind", "选择异动类别") }
        var problems: [FieldProblem] = []
        let day = kind == .keyData ? today : LocalDate(iso: values["day"] ?? "")
        if day == nil { problems.append(.init(field: "day", message: "填写日期，如 2026-09-01")) }
        var details = StudentChangeDetails(note: values["note"] ?? "")
        if details.note.unicodeScalars.count > 500 {
            problems.append(.init(field: "note", message: "说明不能超过 500 个字"))
        }
        if kind == .suspension {
            details.reason = chosen("reason", SuspensionReason.init(rawValue:), "选择休学原因", &problems)
        }
        if kind.needsApproval {
            details.proof = chosen("proof", ProofKind.init(rawValue:), "选择证明材料", &problems)
        }
        if kind == .keyData { details.changes = keyData(known, &problems) }
        guard problems.isEmpty, let day else { throw DomainError.invalid(problems) }
        return StudentChangeDraft(
            kind: kind, day: day, target: kind.needsClass ? ID<ClassGroup>(checking: values["target"] ?? "") : nil,
            expectedReturn: kind == .suspension ? LocalDate(iso: values["expectedReturn"] ?? "") : nil,
            details: details)
    }

    private func chosen<Value>(
        _ field: String, _ read: (String) -> Value?, _ message: String, _ problems: inout [FieldProblem]
    ) -> String {
        let text = values[field] ?? ""
        if read(text) == nil { problems.append(.init(field: field, message: message)) }
        return text
    }

    private func keyData(_ known: [KeyDatum: String], _ problems: inout [FieldProblem]) -> [KeyDataChange] {
        var typed: [KeyDatum: String] = [:]
        for datum in KeyDatum.allCases { typed[datum] = values[datum.rawValue] }
        typed[.name] = typed[.name].map(PupilForm.name)
        do {
            return try KeyDataRules.changes(typed, knowing: known)
        } catch DomainError.invalid(let found) {
            problems += found
        } catch {
            problems.append(.init(field: "", message: "填写有误，请核对"))
        }
        return []
    }
}
