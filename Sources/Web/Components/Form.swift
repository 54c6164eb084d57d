import Kernel

extension UI {
    /// A form that writes: CSRF token and idempotency key inside, the error summary on top when there are problems,
    /// the submit button (a verb: 保存, 提交, 退回) and a cancel link below.
    package static func form(
        action: String, page: PageContext, submit: String, cancel: String? = nil, multipart: Bool = false,
        problems: [FieldProblem] = [], _ content: HTML
    ) -> HTML {
        let encoding = multipart ? "multipart/form-data" : nil
        return #"""
            <form class="form" method="post" action="\#(url: action)"\#(attribute: "enctype", encoding) novalidate\#
             data-submit-once\#(attribute: "data-upload", if: multipart)>
            \#(formTokens(page))\#(errorSummary(problems))
            \#(content)
            <div class="form-actions"><button class="button button--primary" type="submit">\#(submit)</button>\#
            \#(cancel.map(cancelLink))</div>
            </form>
            """#
    }

    private static func cancelLink(_ url: String) -> HTML {
        #"<a class="button button--secondary" href="\#(url: url)">取消</a>"#
    }

    /// What every form that writes must send: the CSRF token and a fresh idempotency key.
    package static func formTokens(_ page: PageContext) -> HTML {
        hidden("_csrf", page.csrfToken) + hidden("_key", Identifiers.next())
    }

    package static func hidden(_ name: String, _ value: String) -> HTML {
        #"<input type="hidden" name="\#(name)" value="\#(value)">"#
    }

    /// The list of problems above a form, each linked to its field. Empty without problems. `form` puts it in itself.
    package static func errorSummary(_ problems: [FieldProblem]) -> HTML {
        guard !problems.isEmpty else { return "" }
        return #"""
            <div class="error-summary" role="alert" tabindex="-1" data-error-summary>
            <h2>有 \#(problems.count) 处需要修改</h2>
            <ul>\#(each: problems, problemLine)</ul>
            </div>
            """#
    }

    private static func problemLine(_ problem: FieldProblem) -> HTML {
        guard !problem.field.isEmpty else { return "<li>\(problem.message)</li>" }
        return #"<li><a href="\#(url: "#" + fieldID(problem.field))">\#(problem.message)</a></li>"#
    }

    /// Fields in columns on wide windows, one below the other on phones.
    package static func fieldRow(_ fields: HTML) -> HTML { #"<div class="field-row">\#(fields)</div>"# }

    /// A group of fields under a common heading.
    package static func fieldGroup(_ title: String, hint: String? = nil, _ fields: HTML) -> HTML {
        #"""
        <fieldset class="field-group"><legend>\#(title)</legend>\#
        \#(hint.map(groupHint))\#(fields)</fieldset>
        """#
    }

    private static func groupHint(_ hint: String) -> HTML { #"<p class="field-hint">\#(hint)</p>"# }
}
