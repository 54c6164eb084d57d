import Kernel
import Web

/// What a target set is written with, checked.
struct TargetSetForm: Sendable {
    let plan: ID<ActionPlan>?
    let organisation: OrganisationID?
    let layer: TargetSetFile.Layer
    let title: String
    let edition: String
    let from: LocalDate
    let to: LocalDate
    let note: String

    init(_ file: TargetSetFile) {
        (plan, organisation, layer, title) = (nil, nil, file.layer, file.title)
        (edition, from, to, note) = (file.version, file.from, file.to, file.note ?? "")
    }

    /// What may be chosen in the form.
    struct Choices: Sendable {
        let owners: [PlanOwner]
        let plans: [ActionPlan]
    }

    /// Throws `DomainError.invalid` with every broken rule. Owner and layer of an existing set stay as they are.
    init(_ values: FormValues, _ choices: Choices, existing: PlanTargetSet? = nil) throws {
        var problems: [FieldProblem] = []
        func add(_ field: String, _ message: String) { problems.append(FieldProblem(field: field, message: message)) }
        let owner = existing?.owner ?? choices.owners.first { $0.formValue == values["owner"] }
        if owner == nil { add("owner", "选择由谁制定") }
        var layer = existing?.layer ?? values["layer"].flatMap(TargetSetFile.Layer.init(rawValue:))
        if existing == nil, let owner {
            if owner.organisation != nil {
                layer = .county
            } else if layer == .county {
                add("layer", "县级目标由县(市、区)制定，这里选国家、自治区或市")
            }
        }
        if layer == nil { add("layer", "选择层级") }
        let title = values["title"] ?? "", edition = values["edition"] ?? "", note = values["note"] ?? ""
        if !(1...60).contains(title.count) { add("title", "填写名称，不超过60个字") }
        if !(1...20).contains(edition.count) { add("edition", "填写版本，不超过20个字") }
        if note.count > 500 { add("note", "说明不超过500个字") }
        let from = values["from"].flatMap { LocalDate(iso: $0) }, to = values["to"].flatMap { LocalDate(iso: $0) }
        if from == nil { add("from", "填写开始日期，如 2015-01-01") }
        if to == nil { add("to", "填写结束日期，如 2017-12-31") }
        if let from, let to, to < from { add("to", "结束日期不能早于开始日期") }
        let plan = values.text("plan").map { text in choices.plans.first { $0.id.rawValue == text } }
        if case .some(.none) = plan { add("plan", "没有这个计划，重新选择") }
        guard problems.isEmpty, let owner, let layer, let from, let to else { throw DomainError.invalid(problems) }
        (self.plan, organisation, self.layer) = (plan??.id, owner.organisation, layer)
        (self.title, self.edition, self.from, self.to, self.note) = (title, edition, from, to, note)
    }

    static func values(of set: PlanTargetSet) -> FormValues {
        FormValues([
            ("owner", set.owner.formValue), ("layer", set.layer.rawValue), ("title", set.title),
            ("edition", set.edition), ("from", set.from.iso), ("to", set.to.iso), ("note", set.note),
            ("plan", set.plan?.rawValue ?? ""), ("stamp", String(set.changedAt.milliseconds)),
        ])
    }
}
