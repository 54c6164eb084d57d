import Kernel

/// How much a button stands out: one `primary` a page at most, `danger` for what destroys.
package enum ButtonStyle: String, Sendable { case primary, secondary, danger }

extension UI {
    /// A button that writes: a small form of its own. With `confirm` the browser asks that question first.
    package static func postButton(
        _ label: String, action: String, page: PageContext, style: ButtonStyle = .secondary, confirm: String? = nil,
        hidden pairs: [(String, String)] = []
    ) -> HTML {
        #"""
        <form class="button-form" method="post" action="\#(url: action)" data-submit-once\#
        \#(attribute: "data-confirm", confirm)>\#(formTokens(page))\#(each: pairs, { hidden($0.0, $0.1) })\#
        <button class="\#(buttonClass(style))" type="submit">\#(label)</button></form>
        """#
    }

    /// A link that looks like a button, for the way to a page.
    package static func linkButton(_ label: String, url: String, style: ButtonStyle = .secondary) -> HTML {
        #"<a class="\#(buttonClass(style))" href="\#(url: url)">\#(label)</a>"#
    }

    /// Prints the page. Only there when scripts run.
    package static func printButton(_ label: String = "打印") -> HTML {
        #"<button class="\#(buttonClass(.secondary))" type="button" data-print hidden>\#(label)</button>"#
    }

    private static func buttonClass(_ style: ButtonStyle) -> String { "button button--" + style.rawValue }
}
