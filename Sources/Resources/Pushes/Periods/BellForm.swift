import Kernel
import Web

/// The lesson times as a form sends them.
struct BellForm {
    let values: FormValues

    /// Throws `DomainError.invalid` at the fields. A lesson without times ends the day.
    func schedule() throws -> BellSchedule {
        var periods: [Period] = [], problems: [FieldProblem] = [], ended: Int?
        for number in 1...BellSchedule.most {
            let start = values["start-\(number)"] ?? "", end = values["end-\(number)"] ?? ""
            guard !start.isEmpty || !end.isEmpty else {
                ended = ended ?? number
                continue
            }
            if let ended { problems.append(FieldProblem(field: "start-\(ended)", message: "第\(ended)节是空的，后面还有课")) }
            ended = nil
            guard let from = ClockTime.minute(start) else {
                problems.append(FieldProblem(field: "start-\(number)", message: "第\(number)节的上课时间应像 08:00"))
                continue
            }
            guard let until = ClockTime.minute(end) else {
                problems.append(FieldProblem(field: "end-\(number)", message: "第\(number)节的下课时间应像 08:40"))
                continue
            }
            periods.append(Period(number, from, until))
        }
        let schedule = BellSchedule(periods)
        problems = problems.isEmpty ? schedule.problems() : problems
        guard problems.isEmpty else { throw DomainError.invalid(problems) }
        return schedule
    }
}
