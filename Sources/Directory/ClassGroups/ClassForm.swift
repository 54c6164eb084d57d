import Kernel
import Platform
import Web

/// What the forms of classes send, read field by field. All throw `DomainError.invalid` with every problem of the form.
struct ClassForm: Sendable {
    let values: FormValues

    /// The form of a new class as it begins: the youngest grade of the school's first stage.
    static func fresh(schoolType: String, today: LocalDate) -> FormValues {
        let stage = ClassStage.stages(ofSchoolType: schoolType).first ?? .primary
        return FormValues([
            ("stage", stage.rawValue), ("entryYear", String(SchoolYear(containing: today).start)),
            ("openedOn", today.iso),
        ])
    }

    func draft() throws -> ClassDraft {
        var problems: [FieldProblem] = []
        let stage = found(ClassStage(rawValue: text("stage")), "stage", "选择学段", &problems)
        let entryYear = found(Int(text("entryYear")), "entryYear", "填写入学年，如 2026", &problems)
        let number = found(Int(text("number")), "number", "填写班号，如 3", &problems)
        let openedOn = found(LocalDate(iso: text("openedOn")), "openedOn", "填写开班日期，如 2026-09-01", &problems)
        let years = text("years").isEmpty ? nil : found(Int(text("years")), "years", "学制应为数字", &problems)
        let second =
            text("secondEntryYear").isEmpty
            ? nil : found(Int(text("secondEntryYear")), "secondEntryYear", "填写第二个入学年，如 2025", &problems)
        guard problems.isEmpty, let stage, let entryYear, let number, let openedOn else {
            throw DomainError.invalid(problems)
        }
        return ClassDraft(
            stage: stage, entryYear: entryYear, number: number, alias: text("alias"), openedOn: openedOn, years: years,
            kind: values.text("kind"), secondEntryYear: second)
    }

    func name() throws -> (number: Int, alias: String) {
        guard let number = Int(text("number")) else { throw DomainError.invalid("number", "填写班号，如 3") }
        return (number, text("alias"))
    }

    func day(_ field: String) throws -> LocalDate {
        guard let day = LocalDate(iso: text(field)) else {
            throw DomainError.invalid(field, "填写日期，如 2026-09-01")
        }
        return day
    }

    /// A person for a duty; without a subject the class teacher.
    func post() throws -> (person: ID<Person>, subject: String, from: LocalDate) {
        var problems: [FieldProblem] = []
        let person = found(ID<Person>(checking: text("person")), "person", "选择教师", &problems)
        let from = found(LocalDate(iso: text("from")), "from", "填写日期，如 2026-09-01", &problems)
        guard let person, let from else { throw DomainError.invalid(problems) }
        return (person, text("subject"), from)
    }

    private func text(_ field: String) -> String { ChineseText.normalised(values[field] ?? "") }

    private func found<Value>(
        _ value: Value?, _ field: String, _ message: String, _ problems: inout [FieldProblem]
    ) -> Value? {
        if value == nil { problems.append(FieldProblem(field: field, message: message)) }
        return value
    }
}
