import Directory
import Kernel
import Platform
import Web

/// What the forms about staff send, read field by field. All throw `DomainError.invalid` with every problem of the form.
struct StaffDeedForm: Sendable {
    let values: FormValues

    func text(_ field: String) -> String { ChineseText.normalised(values[field] ?? "") }

    func day(_ field: String) throws -> LocalDate {
        guard let day = LocalDate(iso: text(field)) else {
            throw DomainError.invalid(field, "填写日期，如 2026-09-01")
        }
        return day
    }

    func draft() throws -> AppointmentDraft {
        var problems: [FieldProblem] = []
        let kind = AppointmentKind(rawValue: text("kind"))
        if kind == nil { problems.append(FieldProblem(field: "kind", message: "选择任职方式")) }
        let share = text("share").isEmpty ? 100 : Int(text("share"))
        if share == nil { problems.append(FieldProblem(field: "share", message: "工作量应为 1 到 100 的整数")) }
        let from = LocalDate(iso: text("from"))
        if from == nil { problems.append(FieldProblem(field: "from", message: "填写日期，如 2026-09-01")) }
        if CodeLists.post[text("post")] == nil { problems.append(FieldProblem(field: "post", message: "选择岗位")) }
        guard problems.isEmpty, let kind, let share, let from else { throw DomainError.invalid(problems) }
        return AppointmentDraft(post: text("post"), kind: kind, share: share, from: from)
    }

    /// Throws `DomainError.invalid` for `appointment` unless it is open here.
    func appointment(of record: StaffRecord) throws -> Appointment {
        guard let found = record.open.first(where: { $0.id.rawValue == values["appointment"] }) else {
            throw DomainError.invalid("appointment", "选择岗位")
        }
        return found
    }

    func endReason() throws -> AppointmentEnd {
        guard let reason = AppointmentEnd(rawValue: text("reason")) else {
            throw DomainError.invalid("reason", "选择原因")
        }
        return reason
    }

    var teams: Set<StaffTeam> { Set(values.all("team").compactMap(StaffTeam.init(rawValue:))) }

    func dayOfLeaving(_ record: StaffRecord) throws -> LocalDate {
        let day = try day("until"), latest = record.today.adding(days: 120)
        guard let first = record.open.map(\.from).min(), day >= first, day <= latest else {
            throw DomainError.invalid("until", "日期应在任职以后，且不晚于 \(latest.iso)")
        }
        return day
    }

    func leave(of record: StaffRecord) throws -> LeaveDraft {
        var problems: [FieldProblem] = []
        let kind = LeaveKind(rawValue: text("leaveKind")), from = LocalDate(iso: text("from"))
        if kind == nil { problems.append(FieldProblem(field: "leaveKind", message: "选择请假类别")) }
        if from.map({ $0 > record.today.adding(days: 120) }) ?? true {
            problems.append(FieldProblem(field: "from", message: "填写请假日期，如 2026-09-01"))
        }
        let expected = text("expected").isEmpty ? nil : LocalDate(iso: text("expected"))
        if !text("expected").isEmpty, expected == nil {
            problems.append(FieldProblem(field: "expected", message: "填写日期，如 2026-09-01"))
        }
        if text("note").unicodeScalars.count > StaffLeave.reasonLength {
            problems.append(
                FieldProblem(field: "note", message: "说明不能超过 \(StaffLeave.reasonLength) 个字"))
        }
        guard problems.isEmpty, let kind, let from else { throw DomainError.invalid(problems) }
        var substitutes: [ID<ClassPost>: ID<Person>] = [:]
        for (post, _) in record.duties {
            let chosen = text(StaffLeaveService.field(of: post.id))
            if let person = ID<Person>(checking: chosen) { substitutes[post.id] = person }
        }
        return LeaveDraft(
            kind: kind, reason: text("note"), from: from, expected: expected, substitutes: substitutes)
    }

    /// The fields as the form of a deed begins.
    static func fresh(_ deed: StaffDeed, _ record: StaffRecord, appointment: String?) -> FormValues {
        let chosen = record.open.first { $0.id.rawValue == appointment } ?? record.open.first
        var pairs: [(name: String, value: String)] = [("from", record.today.iso), ("until", record.today.iso)]
        switch deed {
        case .change, .transfer:
            pairs += [
                ("appointment", chosen?.id.rawValue ?? ""), ("post", chosen?.post ?? ""),
                ("kind", chosen?.kind.rawValue ?? ""), ("share", String(chosen?.share ?? 100)),
            ]
        case .end: pairs += [("appointment", chosen?.id.rawValue ?? ""), ("reason", AppointmentEnd.other.rawValue)]
        case .give: pairs += [("post", ""), ("kind", AppointmentKind.itinerant.rawValue), ("share", "100")]
        case .teams: pairs += record.presentTeams.map { ("team", $0.rawValue) }
        case .facts: pairs += StaffFacts.present(record)
        case .away, .back, .leave: break
        }
        return FormValues(pairs)
    }
}
