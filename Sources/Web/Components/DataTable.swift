import Kernel

/// One column of a `DataTable`. The value goes into exports and, unless there is a cell, onto the page.
package struct DataColumn<Row: Sendable>: Sendable {
    package let title: String
    /// The key under which the list can be sorted by this column; `nil` when it cannot.
    package let sort: String?
    let value: (@Sendable (Row) -> TableValue)?
    let cell: (@Sendable (Row) -> HTML)?

    package init(
        _ title: String, sort: String? = nil, value: @escaping @Sendable (Row) -> TableValue,
        cell: (@Sendable (Row) -> HTML)? = nil
    ) {
        (self.title, self.sort, self.value, self.cell) = (title, sort, value, cell)
    }

    /// A column for the page only, such as 操作.
    package init(_ title: String, cell: @escaping @Sendable (Row) -> HTML) {
        (self.title, sort, value, self.cell) = (title, nil, nil, cell)
    }

    func html(_ row: Row) -> HTML {
        if let cell { return cell(row) }
        return HTML(text: value.map { $0(row).text } ?? "")
    }

    /// Numbers stand to the right, their heading too; the first row that has a value decides.
    func isNumeric(in rows: [Row]) -> Bool {
        guard let value else { return false }
        for row in rows {
            switch value(row) {
            case .integer, .decimal, .percent: return true
            case .text, .date: return false
            case .empty: continue
            }
        }
        return false
    }
}

/// A list as a table: sort links, keyset pages, exports of exactly what is filtered, cards instead of rows on phones.
/// Declared once beside the pages of a feature and used for the page and for the export.
package struct DataTable<Row: Sendable>: Sendable {
    package let caption: String
    package let columns: [DataColumn<Row>]
    /// The order without `sort` in the address; `nil` when no column shows it.
    let defaultSort: TableSort?
    let hasRowHeader: Bool
    let isExportable: Bool
    /// Stands in place of the table when there are no rows: says what to do next.
    let empty: HTML

    /// `isExportable` puts links with `format=xlsx|csv` under the table; the route must answer them with `download`.
    package init(
        caption: String, columns: [DataColumn<Row>], defaultSort: TableSort? = nil, hasRowHeader: Bool = true,
        isExportable: Bool = true, empty: HTML
    ) {
        (self.caption, self.columns, self.defaultSort) = (caption, columns, defaultSort)
        (self.hasRowHeader, self.isExportable, self.empty) = (hasRowHeader, isExportable, empty)
    }

    /// What the address asks of this table: unknown sort keys and broken cursors count as absent.
    package func query(_ values: FormValues, limit: Int = TableQuery.pageLength) -> TableQuery {
        TableQuery(values, sortKeys: Set(columns.compactMap(\.sort)), defaultSort: defaultSort, limit: limit)
    }

    /// The table with its pager and exports. `path` and `query` are those of the page it stands on; every other
    /// parameter of the query (the filters) is kept in all links.
    package func html(_ page: Page<Row>, path: String, query: FormValues) -> HTML {
        let filters = query.replacing("after", with: nil).replacing("format", with: nil)
        let foot = footer(page, path: path, filters: filters, isContinued: query.has("after"))
        guard !page.items.isEmpty else { return empty + foot }
        let sort = self.query(query).sort
        let isNumeric = columns.map { $0.isNumeric(in: page.items) }
        var head: HTML = ""
        for (column, isNumeric) in zip(columns, isNumeric) {
            head += header(column, isNumeric: isNumeric, sort: sort, path: path, filters: filters)
        }
        // What stands around a cell is the same in every row.
        let frames = columns.enumerated().map { index, column in
            frame(column, isHeader: hasRowHeader && index == 0, isNumeric: isNumeric[index])
        }
        let start: HTML = "<tr>", end: HTML = "</tr>\n"
        var body: HTML = ""
        for row in page.items {
            body += start
            for (column, frame) in zip(columns, frames) {
                body += frame.start
                body += column.html(row)
                body += frame.end
            }
            body += end
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
        _ column: DataColumn<Row>, isNumeric: Bool, sort: TableSort?, path: String, filters: FormValues
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

    private func frame(_ column: DataColumn<Row>, isHeader: Bool, isNumeric: Bool) -> (start: HTML, end: HTML) {
        if isHeader { return (#"<th scope="row" data-label="\#(column.title)">"#, "</th>") }
        if isNumeric { return (#"<td class="num" data-label="\#(column.title)">"#, "</td>") }
        return (#"<td data-label="\#(column.title)">"#, "</td>")
    }

    private func footer(_ page: Page<Row>, path: String, filters: FormValues, isContinued: Bool) -> HTML {
        guard page.total > 0 || isContinued else { return "" }
        // The rows of a small table that stands inside a page count themselves.
        let isWhole = !isContinued && page.next == nil
        if !isExportable && isWhole && page.total <= DataTable.countable { return "" }
        let first = address(path, filters)
        let next = page.next.map { address(path, filters.replacing("after", with: $0)) } ?? ""
        let exports = TableFormat.allCases.map { format in
            (title: format.title, url: address(path, filters.replacing("format", with: format.rawValue)))
        }
        let links: HTML = #"\#(each: exports, DataTable.exportLink)"#
        return #"""
            <div class="table-tools">
            \#(if: isExportable && page.total > 0, #"<p>\#(links)</p>"#)
            <nav class="pager" aria-label="\#(caption)分页"><span>共 \#(page.total) 条</span>\#
            \#(if: isContinued, #" <a href="\#(url: first)">首页</a>"#)\#
            \#(if: page.next != nil, #" <a href="\#(url: next)" rel="next">下一页</a>"#)</nav>
            </div>
            """#
    }

    /// Rows that nobody needs told how many they are.
    private static var countable: Int { 12 }

    private static func exportLink(_ export: (title: String, url: String)) -> HTML {
        #"<a href="\#(url: export.url)">\#(export.title)</a> "#
    }

    private func address(_ path: String, _ query: FormValues) -> String {
        query.pairs.isEmpty ? path : path + "?" + query.encoded
    }
}
