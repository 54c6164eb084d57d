import Kernel

extension UI {
    /// One of a few choices, all in sight.
    package static func radios(
        _ name: String, label: String, options: [SelectOption], selected: String? = nil, hint: String? = nil,
        required: Bool = false, problems: [FieldProblem] = []
    ) -> HTML {
        let frame = FieldFrame(name: name, label: label, hint: hint, required: required, problems: problems)
        return choiceGroup(frame, type: "radio", options: options, selected: selected.map { [$0] } ?? [])
    }

    /// Any number of a few choices; the form carries the name once for each.
    package static func checkboxes(
        _ name: String, label: String, options: [SelectOption], selected: Set<String> = [], hint: String? = nil,
        problems: [FieldProblem] = []
    ) -> HTML {
        let frame = FieldFrame(name: name, label: label, hint: hint, problems: problems)
        return choiceGroup(frame, type: "checkbox", options: options, selected: selected)
    }

    /// A single yes or no; sends `1` when on and nothing when off.
    package static func checkbox(
        _ name: String, label: String, isOn: Bool = false, hint: String? = nil, problems: [FieldProblem] = []
    ) -> HTML {
        let frame = FieldFrame(name: name, label: label, hint: hint, problems: problems)
        return #"""
            <div class="\#(frame.fieldClass)">\#
            <label class="choice"><input type="checkbox" id="\#(frame.id)" name="\#(name)" value="1"\#
            \#(attribute: "checked", if: isOn)\#(frame.attributes)><span>\#(label)</span></label>\#
            \#(frame.hintAndProblem)</div>

            """#
    }

    private static func choiceGroup(
        _ frame: FieldFrame, type: String, options: [SelectOption], selected: Set<String>
    ) -> HTML {
        var choices = HTML()
        for (index, option) in options.enumerated() {
            let id = index == 0 ? frame.id : frame.id + "-" + String(index + 1)
            choices += #"""
                <label class="choice"><input type="\#(type)" id="\#(id)" name="\#(frame.name)" value="\#(option.value)"\#
                \#(attribute: "checked", if: selected.contains(option.value))><span>\#(option.label)</span></label>
                """#
        }
        return #"""
            <fieldset class="\#(frame.fieldClass)"\#(attribute: "aria-describedby", frame.description)>\#
            <legend class="field-label">\#(frame.label)\#(frame.mark)</legend>\#(frame.hintAndProblem)\#
            <div class="choices">\#(choices)</div></fieldset>

            """#
    }
}
