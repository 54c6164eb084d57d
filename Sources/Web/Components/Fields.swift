import Kernel

/// One choice of a select, of radios or of checkboxes.
package struct SelectOption: Sendable, Equatable {
    package let value: String
    package let label: String
    package init(_ value: String, _ label: String) { (self.value, self.label) = (value, label) }
}

extension UI {
    /// One line of text. `suffix` is the unit shown after it (`Mbps`, `间`).
    package static func textField(
        _ name: String, label: String, value: String? = nil, hint: String? = nil, type: String = "text",
        required: Bool = false, suffix: String? = nil, autocomplete: String? = nil, inputmode: String? = nil,
        problems: [FieldProblem] = []
    ) -> HTML {
        let frame = FieldFrame(name: name, label: label, hint: hint, required: required, problems: problems)
        let size = type == "number" || inputmode == "numeric" || inputmode == "decimal" ? "input input--short" : "input"
        let input: HTML = #"""
            <input class="\#(size)" type="\#(type)" id="\#(frame.id)" name="\#(name)"\#
            \#(attribute: "value", type == "password" ? nil : value)\#(attribute: "autocomplete", autocomplete)\#
            \#(attribute: "inputmode", inputmode)\#(frame.attributes)>
            """#
        guard let suffix else { return frame.around(input) }
        return frame.around(#"<span class="input-suffix">\#(input)<span>\#(suffix)</span></span>"#)
    }

    /// Several lines of text.
    package static func textArea(
        _ name: String, label: String, value: String? = nil, hint: String? = nil, rows: Int = 4,
        required: Bool = false, problems: [FieldProblem] = []
    ) -> HTML {
        let frame = FieldFrame(name: name, label: label, hint: hint, required: required, problems: problems)
        return frame.around(
            #"""
            <textarea class="input" id="\#(frame.id)" name="\#(name)" rows="\#(rows)"\#(frame.attributes)>
            \#(value ?? "")</textarea>
            """#)
    }

    /// One of many choices in a list. A first choice with an empty value stands for 全部 or 请选择.
    package static func select(
        _ name: String, label: String, options: [SelectOption], selected: String? = nil, hint: String? = nil,
        required: Bool = false, problems: [FieldProblem] = []
    ) -> HTML {
        let frame = FieldFrame(name: name, label: label, hint: hint, required: required, problems: problems)
        let items: HTML = "\(each: options, { optionElement($0, isSelected: $0.value == selected) })"
        return frame.around(
            #"<select class="input" id="\#(frame.id)" name="\#(name)"\#(frame.attributes)>\#(items)</select>"#)
    }

    private static func optionElement(_ option: SelectOption, isSelected: Bool) -> HTML {
        #"<option value="\#(option.value)"\#(attribute: "selected", if: isSelected)>\#(option.label)</option>"#
    }

    /// A calendar day.
    package static func dateField(
        _ name: String, label: String, value: LocalDate? = nil, hint: String? = nil, required: Bool = false,
        problems: [FieldProblem] = []
    ) -> HTML {
        textField(
            name, label: label, value: value?.iso, hint: hint, type: "date", required: required, problems: problems)
    }

    /// Files to send; the form must be `multipart`. `accept` is the usual list, `.xlsx,.csv`.
    package static func fileField(
        _ name: String, label: String, accept: String? = nil, hint: String? = nil, multiple: Bool = false,
        required: Bool = false, problems: [FieldProblem] = []
    ) -> HTML {
        let frame = FieldFrame(name: name, label: label, hint: hint, required: required, problems: problems)
        return frame.around(
            #"""
            <input class="input input--file" type="file" id="\#(frame.id)" name="\#(name)"\#(attribute: "accept", accept)\#
            \#(attribute: "multiple", if: multiple)\#(frame.attributes) data-file><ul class="file-list"></ul>
            """#)
    }

    /// Words to look for, in a filter bar or above a list.
    package static func searchField(
        _ name: String = "q", label: String = "关键字", value: String? = nil, placeholder: String? = nil
    ) -> HTML {
        let frame = FieldFrame(name: name, label: label)
        return frame.around(
            #"""
            <input class="input" type="search" id="\#(frame.id)" name="\#(name)"\#(attribute: "value", value)\#
            \#(attribute: "placeholder", placeholder) autocomplete="off">
            """#)
    }

    /// The `id` a field's input carries; of a group, the first input.
    package static func fieldID(_ name: String) -> String { "field-" + name }
}

/// What surrounds an input: label above, hint, problem below the label, and the attributes that link them.
struct FieldFrame {
    let name: String
    let label: String
    var hint: String?
    var required = false
    var problems: [FieldProblem] = []

    var id: String { UI.fieldID(name) }
    private var messages: [String] { problems.filter { $0.field == name }.map(\.message) }
    var hasProblem: Bool { problems.contains { $0.field == name } }

    /// The ids of hint and problem, for `aria-describedby`; `nil` without either.
    var description: String? {
        let ids = [hint == nil ? nil : id + "-hint", hasProblem ? id + "-problem" : nil].compactMap { $0 }
        return ids.isEmpty ? nil : ids.joined(separator: " ")
    }

    var attributes: HTML {
        let invalid = hasProblem ? "true" : nil
        return #"""
            \#(attribute: "required", if: required)\#(attribute: "aria-describedby", description)\#
            \#(attribute: "aria-invalid", invalid)
            """#
    }

    var fieldClass: String { hasProblem ? "field field--problem" : "field" }
    var mark: HTML { required ? #"<span class="required" aria-hidden="true">*</span>"# : "" }

    var hintAndProblem: HTML {
        let text = messages.joined(separator: "；")
        return #"""
            \#(hint.map(hintLine))\#
            \#(if: hasProblem, #"<p class="field-problem" id="\#(id)-problem">\#(text)</p>"#)
            """#
    }

    private func hintLine(_ hint: String) -> HTML { #"<p class="field-hint" id="\#(id)-hint">\#(hint)</p>"# }

    func around(_ input: HTML) -> HTML {
        #"""
        <div class="\#(fieldClass)"><label class="field-label" for="\#(id)">\#(label)\#(mark)</label>\#
        \#(hintAndProblem)\#(input)</div>

        """#
    }
}
