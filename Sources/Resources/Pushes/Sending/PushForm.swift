import Directory
import Kernel
import Web

/// What the forms of pushes send.
struct PushForm {
    let values: FormValues

    /// The chosen resources in the order of the numbers beside them. Throws `DomainError.invalid` for `item`.
    func items() throws -> [ID<Item>] {
        let chosen = values.all("item").compactMap { ID<Item>(checking: $0) }
        var numbers: [ID<Item>: Int] = [:]
        for id in chosen {
            guard let text = values.text("order-\(id)") else { continue }
            guard let number = Int(text), (1...99).contains(number) else {
                throw DomainError.invalid("order-\(id)", "顺序填 1 到 99 的数字")
            }
            numbers[id] = number
        }
        return Pack.ordered(chosen, by: numbers)
    }

    /// The classes with a lesson chosen. Throws `DomainError.invalid` at their fields.
    func targets(among classes: [ID<ClassGroup>]) throws -> [PushTarget] {
        var targets: [PushTarget] = [], problems: [FieldProblem] = []
        for id in classes {
            guard let period = values.text("period-\(id)") else { continue }
            guard let number = Int(period), (0...BellSchedule.most).contains(number) else {
                problems.append(FieldProblem(field: "period-\(id)", message: "选择节次"))
                continue
            }
            guard let day = LocalDate(iso: values["day-\(id)"] ?? "") else {
                problems.append(FieldProblem(field: "day-\(id)", message: "填写日期"))
                continue
            }
            targets.append(PushTarget(classGroup: id, day: day, period: number))
        }
        if targets.isEmpty, problems.isEmpty, let first = classes.first {
            problems.append(FieldProblem(field: "period-\(first)", message: "至少给一个班选择节次"))
        }
        guard problems.isEmpty else { throw DomainError.invalid(problems) }
        return targets
    }

    var isForGrade: Bool { values["to"] == "grade" }

    /// Throws `DomainError.invalid` for `day`.
    func day() throws -> LocalDate {
        guard let day = LocalDate(iso: values["day"] ?? "") else { throw DomainError.invalid("day", "填写日期") }
        return day
    }
}
