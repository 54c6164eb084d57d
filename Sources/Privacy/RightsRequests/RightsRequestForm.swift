import Kernel
import Web

/// What the forms of a request and of its answer send.
struct RightsRequestForm: Sendable {
    let values: FormValues

    /// Throws `DomainError.invalid` for `kind` and `text`.
    func asked() throws -> (RightsRequest.Kind, String) {
        var problems: [FieldProblem] = []
        let kind = values.text("kind").flatMap(RightsRequest.Kind.init(rawValue:)), text = values["text"] ?? ""
        if kind == nil { problems.append(FieldProblem(field: "kind", message: "选择请求")) }
        problems += RightsRequestForm.problems(in: text, "写明请求")
        guard problems.isEmpty, let kind else { throw DomainError.invalid(problems) }
        return (kind, text)
    }

    struct Answer: Sendable {
        let state: RightsRequest.State
        let text: String
        let erasure: Erasure
    }

    /// Throws `DomainError.invalid` for `state`, `text` and `erasure`.
    func answer() throws -> Answer {
        var problems: [FieldProblem] = []
        let state = values.text("state").flatMap(RightsRequest.State.init(rawValue:)), text = values["text"] ?? ""
        if state == nil || state == .open { problems.append(FieldProblem(field: "state", message: "选择办理结果")) }
        problems += RightsRequestForm.problems(in: text, "写明答复")
        let erasure = Erasure(rawValue: values.text("erasure") ?? Erasure.nothing.rawValue)
        if erasure == nil || (erasure != .nothing && state == .refused) {
            problems.append(FieldProblem(field: "erasure", message: "不予办理时不删除信息"))
        }
        guard problems.isEmpty, let state, let erasure else { throw DomainError.invalid(problems) }
        return Answer(state: state, text: text, erasure: erasure)
    }

    private static func problems(in text: String, _ missing: String) -> [FieldProblem] {
        if text.isEmpty { return [FieldProblem(field: "text", message: missing)] }
        guard text.unicodeScalars.count > RightsRequest.longestText else { return [] }
        return [FieldProblem(field: "text", message: "不能超过 \(RightsRequest.longestText) 个字")]
    }
}
