import Directory
import Kernel
import Web

/// What the form of a 转学 sends. Throws `DomainError.invalid` with every problem of the form.
struct TransferForm: Sendable {
    let values: FormValues

    /// - Parameter classes: open classes of the school.
    func content(_ classes: [ClassGroup]) throws -> (claim: TransferClaim, place: TransferPlace) {
        var problems: [FieldProblem] = [], claim: TransferClaim?
        let name = PupilForm.name(values["name"] ?? "")
        if name.isEmpty { problems.append(.init(field: "name", message: "填写姓名")) }
        let note = values["note"] ?? "", former = values["formerSchool"] ?? ""
        if note.unicodeScalars.count > 500 { problems.append(.init(field: "note", message: "说明不能超过 500 个字")) }
        if former.unicodeScalars.count > 60 {
            problems.append(.init(field: "formerSchool", message: "学校名称不能超过 60 个字"))
        }
        do {
            claim = try TransferClaim(
                number: values["studentNumber"] ?? "", name: name, formerSchool: former, note: note)
        } catch DomainError.invalid(let found) {
            problems += found
        }
        let place = TransferForm.place(values["place"] ?? "", classes)
        if place == nil { problems.append(.init(field: "place", message: "选择转入的班级或年级")) }
        guard problems.isEmpty, let claim, let place else { throw DomainError.invalid(problems) }
        return (claim, place)
    }

    /// A cohort by its code, or a class with it: `01j…/2-2026`.
    private static func place(_ text: String, _ classes: [ClassGroup]) -> TransferPlace? {
        let parts = text.split(separator: "/").map(String.init)
        guard let cohort = parts.last.flatMap({ Cohort(code: $0) }) else { return nil }
        let place = TransferPlace(stage: cohort.stage, entryYear: cohort.entryYear, classGroup: nil)
        if parts.count == 1 { return place }
        return classes.flatMap(places).first { code($0) == text }
    }

    /// What a class offers: one place for each year it teaches.
    static func places(_ classGroup: ClassGroup) -> [TransferPlace] {
        classGroup.entryYears.map {
            TransferPlace(stage: classGroup.stage, entryYear: $0, classGroup: classGroup.id)
        }
    }

    static func code(_ place: TransferPlace) -> String {
        let cohort = Cohort(place.stage, place.entryYear).code
        return place.classGroup.map { $0.rawValue + "/" + cohort } ?? cohort
    }

    /// The form filled with what was told before.
    static func values(_ claim: TransferClaim, _ place: TransferPlace) -> FormValues {
        FormValues([
            ("studentNumber", claim.number), ("name", claim.name), ("formerSchool", claim.formerSchool),
            ("note", claim.note),
            ("place", code(place)),
        ])
    }
}
