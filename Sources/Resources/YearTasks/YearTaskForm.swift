import Directory
import Kernel
import Platform
import Web

/// What a task is to say, checked by `problems`.
struct YearTaskDraft: Sendable, Equatable {
    let year: SchoolYear
    let title: String
    let note: String
    let due: LocalDate
    let lines: [YearTaskLine]
}

/// What the form of a task sends: lines as `area-1`, `group-1`, `wanted-1` and so on.
struct YearTaskForm: Sendable {
    let year: SchoolYear
    let title: String
    let note: String
    let due: LocalDate?
    /// As typed, those without a number left out.
    private let typed: [(number: Int, area: String, group: String, wanted: String)]

    init(_ form: FormValues, on today: LocalDate) {
        let now = SchoolYear(containing: today)
        year = form.text("year").map { SchoolYear(text: $0) ?? SchoolYear(start: 0) } ?? now
        title = ChineseText.normalised(form["title"] ?? "")
        note = FormValuesText.paragraphs(form["note"] ?? "")
        due = LocalDate(iso: form["due"] ?? "")
        typed = (1...YearTask.mostLines).map { number in
            (
                number: number, area: form["area-\(number)"] ?? "", group: form["group-\(number)"] ?? "",
                wanted: ChineseText.normalised(form["wanted-\(number)"] ?? "")
            )
        }.filter { !$0.wanted.isEmpty }
    }

    /// Throws `DomainError.invalid`.
    /// - Parameters:
    ///   - areas: stages and subjects that can be chosen.
    ///   - task: what is changed; it keeps its year, and its last day may stay though it has passed.
    func draft(
        areas: Set<String>, changing task: YearTask? = nil, on today: LocalDate
    ) throws -> YearTaskDraft {
        let year = task?.year ?? self.year
        var problems: [FieldProblem] = []
        func add(_ field: String, _ message: String) { problems.append(FieldProblem(field: field, message: message)) }
        if title.isEmpty { add("title", "填写标题") }
        if title.unicodeScalars.count > YearTask.longestTitle { add("title", "标题不能超过 \(YearTask.longestTitle) 个字") }
        if note.unicodeScalars.count > YearTask.longestNote { add("note", "说明不能超过 \(YearTask.longestNote) 个字") }
        let now = SchoolYear(containing: today)
        if task == nil, !(now.start...now.start + 1).contains(year.start) { add("year", "选择本学年或下学年") }
        let first = max(today, year.firstDay)
        if let due, due == task?.due || (due >= first && due <= year.lastDay) {
        } else {
            add("due", "截止日期在\(first.chinese)到\(year.lastDay.chinese)之间")
        }
        if typed.isEmpty { add("wanted-1", "至少填一行数量") }
        var lines: [YearTaskLine] = [], seen: Set<String> = []
        for line in typed {
            guard let wanted = Int(line.wanted), (1...YearTask.mostWanted).contains(wanted) else {
                add("wanted-\(line.number)", "每校数量应在 1 到 \(YearTask.mostWanted) 之间")
                continue
            }
            if !line.area.isEmpty, !areas.contains(line.area) { add("area-\(line.number)", "选择学段学科") }
            let group = ResourceGroup(rawValue: line.group)
            if !line.group.isEmpty, group == nil { add("group-\(line.number)", "选择类型") }
            if !seen.insert(line.area + " " + line.group).inserted {
                add("area-\(line.number)", "学段学科和类型与前面的一行相同")
            }
            lines.append(YearTaskLine(area: line.area, group: group, wanted: wanted))
        }
        guard problems.isEmpty, let due else { throw DomainError.invalid(problems) }
        return YearTaskDraft(year: year, title: title, note: note, due: due, lines: lines)
    }

    /// What the form shows of a task.
    static func values(_ task: YearTask, _ lines: [YearTaskLine]) -> FormValues {
        var pairs: [(name: String, value: String)] = [
            ("year", String(task.year.start)), ("title", task.title), ("note", task.note), ("due", task.due.iso),
        ]
        for (index, line) in lines.enumerated() {
            pairs += [
                ("area-\(index + 1)", line.area), ("group-\(index + 1)", line.group?.rawValue ?? ""),
                ("wanted-\(index + 1)", String(line.wanted)),
            ]
        }
        return FormValues(pairs)
    }
}
