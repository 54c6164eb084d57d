import Kernel
import Web

/// What the form and the page of a resource say of pupils in it.
enum PupilPages {
    static func fields(_ values: FormValues, _ problems: [FieldProblem]) -> HTML {
        let uses = Set(values.all("pupil_use"))
        let fields: HTML = """
            \(UI.checkboxes(
                "pupil_use", label: "含学生作品或肖像", options: PupilUse.allCases.map { SelectOption($0.rawValue, $0.title) },
                selected: uses, hint: "没有就不选。选了的，要有学生或家长的同意才能发布；撤回同意后资源自动下架。", problems: problems))
            \(UI.textField(
                "pupils", label: "涉及的学生", value: values["pupils"],
                hint: "本校学生的姓名，用顿号分开；有同名的在后面写班级，如“韦小宁（三年级(1)班）”。", problems: problems))
            """
        let isOpen = !uses.isEmpty || problems.contains { $0.field == "pupils" || $0.field == "pupil_use" }
        return UI.details("学生作品和肖像", fields, isOpen: isOpen)
    }

    /// For the authors and reviewers; what is missing of consents with it.
    static func facts(_ content: ItemContent, _ pupils: [ItemPupil], missing: [String]) -> [(String, HTML)] {
        let uses = (content.pupilUses ?? []).compactMap(PupilUse.init(rawValue:))
        guard !uses.isEmpty else { return [] }
        let names = pupils.isEmpty ? "还没有写明" : pupils.map(\.name).joined(separator: "、")
        var text: HTML = HTML(text: "\(uses.map(\.title).joined(separator: "、"))：\(names)")
        if missing.isEmpty {
            text += " \(UI.tag("都已同意", .ok))"
        } else {
            text += " \(UI.tag("未得到同意", .bad))：\(missing.joined(separator: "、"))"
        }
        return [("学生作品和肖像", text)]
    }
}
