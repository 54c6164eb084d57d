import Kernel
import Web

/// What an upload of a template says besides the file.
struct TemplateUpload: Sendable, Equatable {
    let name: String
    let subject: ExportTemplate.Subject
    let validFrom: LocalDate
}

struct TemplateForm: Sendable {
    let values: FormValues

    /// Throws `DomainError.invalid` with every problem.
    func upload() throws -> TemplateUpload {
        var problems: [FieldProblem] = []
        let name = values.text("other") ?? values["name"] ?? ""
        if !(1...60).contains(name.unicodeScalars.count) {
            problems.append(FieldProblem(field: "name", message: "选择模板，或填写新模板的名称"))
        }
        let shipped = ShippedTemplates.named(name)?.subject
        let subject = values["subject"].flatMap(ExportTemplate.Subject.init(rawValue:)) ?? shipped
        if subject == nil { problems.append(FieldProblem(field: "subject", message: "选择每行是什么")) }
        let day = LocalDate(iso: values["valid_from"] ?? "")
        if day == nil { problems.append(FieldProblem(field: "valid_from", message: "填写启用日期，如 2026-09-01")) }
        guard problems.isEmpty, let subject, let day else { throw DomainError.invalid(problems) }
        return TemplateUpload(name: name, subject: shipped ?? subject, validFrom: day)
    }

    /// The columns of a template as the form has them; what it does not name stays.
    func columns(of template: ExportTemplate) throws -> [ExportTemplate.Column] {
        try template.columns.enumerated().map { index, column in
            guard let id = values["source.\(index)"] else { return column }
            guard let source = ColumnSource.named(id) else {
                throw DomainError.invalid("source.\(index)", "选择这一列的内容")
            }
            return ExportTemplate.Column(
                source, code: values["code.\(index)"].flatMap(ExportTemplate.CodeForm.init(rawValue:)),
                date: values["date.\(index)"].flatMap(ExportTemplate.DateForm.init(rawValue:)))
        }
    }
}
