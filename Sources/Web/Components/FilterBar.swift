extension UI {
    /// The row of filters above a list: a GET form with 查询 and 重置. Fields named in `keep` travel along unseen
    /// (sort order, date); everything else starts anew, so a new filter begins at the first page.
    package static func filterBar(
        action: String, query: FormValues, keep: [String] = [], _ fields: HTML
    ) -> HTML {
        let kept: HTML = "\(each: keep, { keptField($0, query) })"
        return #"""
            <form class="filter-bar" method="get" action="\#(url: action)" data-autosubmit>\#(kept)\#(fields)\#
            <div class="filter-actions"><button class="button button--primary" type="submit">查询</button>\#
            <a class="button button--secondary" href="\#(url: action)">重置</a></div></form>
            """#
    }

    private static func keptField(_ name: String, _ query: FormValues) -> HTML {
        "\(each: query.all(name), { hidden(name, $0) })"
    }
}
