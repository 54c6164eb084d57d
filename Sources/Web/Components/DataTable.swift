import Kernel

/// One column of a `DataTable`. The value goes into exports and, unless there is a cell, onto the page.
@usableFromInline package struct DataColumn<Row: Sendable>: Sendable {
    package let title: String
    /// The key under which the list can be sorted by this column; `nil` when it cannot.
    package let sort: String?
    let value: (@Sendable (Row) -> TableValue)?
    /// Writes the content of the cell on the page.
    @usableFromInline let write: @Sendable (Row, inout HTML) -> Void
    /// Whether the row's value is a number; `nil` when it has none.
    @usableFromInline let isNumber: @Sendable (Row) -> Bool?

    package init(
        _ title: String, sort: String? = nil, value: @escaping @Sendable (Row) -> TableValue,
        cell: (@Sendable (Row) -> HTML)? = nil
    ) {
        (self.title, self.sort, self.value) = (title, sort, value)
        isNumber = { DataColumn.isNumber(value($0)) }
        if let cell {
            write = { row, html in html += cell(row) }
        } else {
            write = { row, html in html.append(text: value(row).text) }
        }
    }

    /// A column for the page only, such as 操作.
    package init(_ title: String, cell: @escaping @Sendable (Row) -> HTML) {
        (self.title, sort, value) = (title, nil, nil)
        isNumber = { _ in false }
        write = { row, html in html += cell(row) }
    }

    private static func isNumber(_ value: TableValue) -> Bool? {
        switch value {
        case .integer, .decimal, .percent: true
        case .text, .date: false
        case .empty: nil
        }
    }

    /// Numbers stand to the right, their heading too; the first row that has a value decides.
    @inlinable func isNumeric(in rows: [Row]) -> Bool {
        for row in rows {
            if let isNumber = isNumber(row) { return isNumber }
        }
        return false
    }
}

/// A list as a table: sort links, keyset pages, exports of exactly what is filtered, cards instead of rows on phones.
/// Declared once beside the pages of a feature and used for the page and for the export.
///
/// What runs for every cell is inlinable, so that the calling module makes its own copy for its rows; a shared copy would
/// look up type metadata for every cell. What stands around the rows is made by `TableFrame`, which knows no rows.
@usableFromInline package struct DataTable<Row: Sendable>: Sendable {
    @usableFromInline package let columns: [DataColumn<Row>]
    @usableFromInline let frame: TableFrame

    package var caption: String { frame.caption }

    /// `isExportable` puts links with `format=xlsx|csv` under the table; the route must answer them with `download`.
    /// `empty` stands in place of the table when there are no rows: it says what to do next. `defaultSort` is the order
    /// without `sort` in the address; `nil` when no column shows it.
    package init(
        caption: String, columns: [DataColumn<Row>], defaultSort: TableSort? = nil, hasRowHeader: Bool = true,
        isExportable: Bool = true, empty: HTML
    ) {
        self.columns = columns
        frame = TableFrame(
            caption: caption, heads: columns.map { TableFrame.Head(title: $0.title, sort: $0.sort) },
            defaultSort: defaultSort, hasRowHeader: hasRowHeader, isExportable: isExportable, empty: empty)
    }

    /// What the address asks of this table: unknown sort keys and broken cursors count as absent.
    package func query(_ values: FormValues, limit: Int = TableQuery.pageLength) -> TableQuery {
        TableQuery(values, sortKeys: frame.sortKeys, defaultSort: frame.defaultSort, limit: limit)
    }

    /// The table with its pager and exports. `path` and `query` are those of the page it stands on; every other
    /// parameter of the query (the filters) is kept in all links.
    @inlinable
    package func html(_ page: Page<Row>, path: String, query: FormValues) -> HTML {
        let isNumeric = columns.map { $0.isNumeric(in: page.items) }
        let borders = frame.borders(isNumeric)
        var body = HTML()
        for row in page.items {
            for index in columns.indices {
                body += borders[index]
                columns[index].write(row, &body)
            }
            body += borders[columns.count]
        }
        return frame.html(
            body, isNumeric, total: page.total, isTotalBounded: page.isTotalBounded, next: page.next, path: path,
            query: query)
    }
}
