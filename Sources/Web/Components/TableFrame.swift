import Kernel

/// What stands around the rows of a `DataTable`: head, sort links, pager, exports.
@usableFromInline struct TableFrame: Sendable {
    struct Head: Sendable {
        let title: String
        let sort: String?
    }

    let caption: String
    let heads: [Head]
    let defaultSort: TableSort?
    let hasRowHeader: Bool
    let isExportable: Bool
    let empty: HTML
    let sortKeys: Set<String>

    init(
        caption: String, heads: [Head], defaultSort: TableSort?, hasRowHeader: Bool, isExportable: Bool, empty: HTML
    ) {
        (self.caption, self.heads, self.defaultSort) = (caption, heads, defaultSort)
        (self.hasRowHeader, self.isExportable, self.empty) = (hasRowHeader, isExportable, empty)
        sortKeys = Set(heads.compactMap(\.sort))
    }

    /// The markup before each cell of a row, and that after the last; it is the same in every row.
    @usableFromInline
    func borders(_ isNumeric: [Bool]) -> [HTML] {
        var borders: [HTML] = [], end: HTML = "<tr>"
        for (index, head) in heads.enumerated() {
            let isHeader = hasRowHeader && index == 0
            borders.append(end + TableFrame.start(head, isHeader: isHeader, isNumeric: isNumeric[index]))
            end = isHeader ? "</th>" : "</td>"
        }
        borders.append(end + "</tr>\n")
        return borders
    }

    private static func start(_ head: Head, isHeader: Bool, isNumeric: Bool) -> HTML {
        if isHeader { return #"<th scope="row" data-label="\#(head.title)">"# }
        if isNumeric { return #"<td class="num" data-label="\#(head.title)">"# }
        return #"<td data-label="\#(head.title)">"#
    }

    /// `body` holds the rows.
    @usableFromInline
    func html(
        _ body: HTML, _ isNumeric: [Bool], total: Int, isTotalBounded: Bool, next: String?, path: String,
        query: FormValues
    ) -> HTML {
        let filters = query.replacing("after", with: nil).replacing("format", with: nil)
        let foot = footer(total, isTotalBounded, next, path: path, filters: filters, isContinued: query.has("after"))
        guard !body.isEmpty else { return empty + foot }
        let sort = TableQuery(query, sortKeys: sortKeys, defaultSort: defaultSort).sort
        var head: HTML = ""
        for (column, isNumeric) in zip(heads, isNumeric) {
            head += header(column, isNumeric: isNumeric, sort: sort, path: path, filters: filters)
        }
        return #"""
            <div class="table-wrap" role="region" aria-label="\#(caption)" tabindex="0"><table class="stack">
            <caption class="visually-hidden">\#(caption)</caption>
            <thead><tr>\#(head)</tr></thead>
            <tbody>
            \#(body)</tbody>
            </table></div>
            \#(foot)
            """#
    }

    private func header(
        _ column: Head, isNumeric: Bool, sort: TableSort?, path: String, filters: FormValues
    ) -> HTML {
        let style = isNumeric ? "num" : nil
        guard let key = column.sort else {
            return #"<th scope="col"\#(attribute: "class", style)>\#(column.title)</th>"#
        }
        let current = sort?.key == key ? sort : nil
        let order = current.map { $0.isDescending ? "descending" : "ascending" }
        let following = TableSort(key, isDescending: current?.isDescending == false)
        let url = address(path, filters.replacing("sort", with: following.text))
        return #"""
            <th scope="col"\#(attribute: "class", style)\#(attribute: "aria-sort", order)>\#
            <a href="\#(url: url)">\#(column.title)</a></th>
            """#
    }

    private func footer(
        _ total: Int, _ isTotalBounded: Bool, _ next: String?, path: String, filters: FormValues, isContinued: Bool
    ) -> HTML {
        guard total > 0 || isContinued else { return "" }
        // The rows of a small table that stands inside a page count themselves.
        let isWhole = !isContinued && next == nil
        if !isExportable && isWhole && total <= TableFrame.countable { return "" }
        let first = address(path, filters)
        let following = next.map { address(path, filters.replacing("after", with: $0)) } ?? ""
        let exports = TableFormat.allCases.map { format in
            (title: format.title, url: address(path, filters.replacing("format", with: format.rawValue)))
        }
        let links: HTML = #"\#(each: exports, TableFrame.exportLink)"#
        return #"""
            <div class="table-tools">
            \#(if: isExportable && total > 0, #"<p>\#(links)</p>"#)
            <nav class="pager" aria-label="\#(caption)分页"><span>共 \#(total) 条\#(if: isTotalBounded, "以上")</span>\#
            \#(if: isContinued, #" <a href="\#(url: first)">首页</a>"#)\#
            \#(if: next != nil, #" <a href="\#(url: following)" rel="next">下一页</a>"#)</nav>
            </div>
            """#
    }

    /// Rows that nobody needs told how many they are.
    private static let countable = 12

    private static func exportLink(_ export: (title: String, url: String)) -> HTML {
        #"<a href="\#(url: export.url)">\#(export.title)</a> "#
    }

    private func address(_ path: String, _ query: FormValues) -> String {
        query.pairs.isEmpty ? path : path + "?" + query.encoded
    }
}
