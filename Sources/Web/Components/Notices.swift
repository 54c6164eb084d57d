extension UI {
    /// A remark that concerns the whole page or card.
    package static func notice(_ tone: Tone, _ content: HTML) -> HTML {
        #"""
        <div class="notice notice--\#(tone.rawValue)">\#(lightShape(tone))<div class="notice-text">\#(content)</div></div>
        """#
    }

    /// What stands where there is nothing to list; says what to do next.
    package static func emptyState(_ title: String, _ text: String, action: HTML = "") -> HTML {
        #"""
        <div class="empty-state"><p class="empty-title">\#(title)</p><p>\#(text)</p>\#
        \#(if: !action.isEmpty, #"<div class="actions">\#(action)</div>"#)</div>
        """#
    }

    /// Text that unfolds.
    package static func details(_ summary: HTML, _ content: HTML, isOpen: Bool = false) -> HTML {
        #"""
        <details class="details"\#(attribute: "open", if: isOpen)><summary>\#(summary)</summary>\#
        <div class="details-content">\#(content)</div></details>
        """#
    }
}
