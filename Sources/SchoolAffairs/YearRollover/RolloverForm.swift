import Directory
import Kernel
import Web

/// What the forms of a rollover send, read field by field. All throw `DomainError.invalid` with every problem.
struct RolloverForm: Sendable {
    let values: FormValues

    /// The school year asked for, in an address or a form; the one at hand on the day when none is told.
    static func year(_ values: FormValues, on day: LocalDate) throws -> SchoolYear {
        guard let text = values.text("year") else { return RolloverSeason.year(on: day) }
        guard let year = SchoolYear(text: text) else { throw DomainError.notFound }
        return year
    }

    /// Which grade of the class the decision is for, by its entry year.
    func entryYear() throws -> Int {
        guard let year = values["entryYear"].flatMap({ Int($0) }) else { throw DomainError.notFound }
        return year
    }

    /// `nil` when the default shall hold again.
    func decision() throws -> RolloverDecision? {
        let text = values["action"] ?? ""
        if text.isEmpty { return nil }
        guard let action = RolloverAction(rawValue: text) else { throw DomainError.invalid("action", "选择去向") }
        var decision = RolloverDecision(action: action)
        decision.keepsPosts = values["keepsPosts"] == "1"
        if action == .merge {
            guard let target = ID<ClassGroup>(checking: values["target"] ?? "") else {
                throw DomainError.invalid("target", "选择并入的班")
            }
            decision.target = target
        }
        decision.number = try number("number")
        return decision
    }

    func single() throws -> (enrolment: ID<Enrolment>, action: RolloverSingleAction, number: Int) {
        var problems: [FieldProblem] = []
        let enrolment = ID<Enrolment>(checking: values["enrolment"] ?? "")
        if enrolment == nil { problems.append(FieldProblem(field: "enrolment", message: "选择学生")) }
        let action = RolloverSingleAction(rawValue: values["single"] ?? "")
        if action == nil { problems.append(FieldProblem(field: "single", message: "选择办理事项")) }
        var number: Int?
        do { number = try self.number("place") } catch DomainError.invalid(let wrong) { problems += wrong }
        guard problems.isEmpty, let enrolment, let action else { throw DomainError.invalid(problems) }
        return (enrolment, action, number ?? 1)
    }

    func enrolment() throws -> ID<Enrolment> {
        guard let id = ID<Enrolment>(checking: values["enrolment"] ?? "") else { throw DomainError.notFound }
        return id
    }

    /// The stages that were filled in.
    func intakes() throws -> [ClassStage: Int] {
        var counts: [ClassStage: Int] = [:], problems: [FieldProblem] = []
        for stage in ClassStage.allCases {
            let field = "intake-" + stage.rawValue
            guard let text = values.text(field) else { continue }
            guard let count = Int(text) else {
                problems.append(FieldProblem(field: field, message: "填写班数，如 4"))
                continue
            }
            counts[stage] = count
        }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
        return counts
    }

    private func number(_ field: String) throws -> Int? {
        guard let text = values.text(field) else { return nil }
        guard let number = Int(text), (1...99).contains(number) else {
            throw DomainError.invalid(field, "班号应在 1 到 99 之间")
        }
        return number
    }
}
