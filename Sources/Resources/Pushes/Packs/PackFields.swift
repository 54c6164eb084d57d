import Kernel
import Web

/// The part of a form that chooses the resources of a pack and their order.
enum PackFields {
    static func html(
        _ offered: [PackCandidate], chosen: [ID<Item>], _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        guard !offered.isEmpty else { return "" }
        let isTyped = !values.pairs.isEmpty
        let marked = isTyped ? Set(values.all("item")) : Set(chosen.map(\.rawValue))
        let options = offered.map { candidate in
            let item = candidate.item
            let uses = candidate.uses > 0 ? "，课上用过 \(candidate.uses) 次" : ""
            return SelectOption(
                item.id.rawValue,
                "\(item.content.title)（\(item.typeTitle)，\(item.schoolName)，\(item.reach.title)\(uses)）")
        }
        let orders = offered.map { candidate -> HTML in
            let id = candidate.item.id, name = "order-\(id)"
            let place = chosen.firstIndex(of: id).map { String($0 + 1) }
            return UI.textField(
                name, label: candidate.item.content.title, value: isTyped ? values[name] : place, inputmode: "numeric",
                problems: problems)
        }
        let hasOrderProblem = problems.contains { $0.field.hasPrefix("order-") }
        return """
            \(UI.checkboxes(
                "item", label: "放进资源包", options: options, selected: marked,
                hint: "县、市选出的和用得多的在前。去掉勾就不放。", problems: problems))
            \(UI.details("调整顺序", UI.fieldGroup("顺序", hint: "数字小的在前；没有选中的不用填。", "\(each: orders, { $0 })"), isOpen: hasOrderProblem))
            """
    }
}
