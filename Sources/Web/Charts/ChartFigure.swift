/// The frame all charts share: caption, picture in a scroll area, legend, and the same data as a table.
struct ChartFigure {
    let title: String
    /// What stands under the caption; empty for nothing.
    let note: String
    /// The picture in a sentence or two, for those who do not see it.
    let summary: String
    let height: Double
    /// Drawn to the width it is shown at, in shares of it, instead of being scaled.
    var isFluid = false
    let drawing: HTML
    let hasLinks: Bool
    let legend: [(swatch: HTML, text: String)]
    let columns: [(title: String, isNumeric: Bool)]
    let rows: [[HTML]]

    var html: HTML {
        // A picture with links must not be an `img`: its content would be hidden from assistive technology.
        let role = hasLinks ? "group" : "img"
        let heading: HTML = #"\#(title)\#(if: !note.isEmpty, #" <small class="muted">\#(note)</small>"#)"#
        let size: HTML =
            isFluid
            ? #"class="chart-fluid" height="\#(at: height)""#
            : #"viewBox="0 0 \#(at: Drawing.width) \#(at: height)""#
        let box: HTML = #"\#(size) font-size="\#(at: Drawing.fontSize)""#
        // What may have to be scrolled must be reachable by keyboard.
        let area: HTML = isFluid ? "" : #" role="group" aria-label="\#(title)图" tabindex="0""#
        return #"""
            <figure class="chart">
            <figcaption>\#(heading)</figcaption>
            <div class="chart-scroll"\#(area)>\#
            <svg role="\#(role)" aria-label="\#(summary)" \#(box)>\#(drawing)</svg></div>
            \#(if: !legend.isEmpty, legendList)<details class="chart-data">\#
            <summary>查看数据<span class="visually-hidden">：\#(title)</span></summary>
            \#(table)
            </details>
            </figure>
            """#
    }

    private var legendList: HTML { #"<ul class="chart-legend">\#(each: legend, legendEntry)</ul>"# }

    private func legendEntry(_ entry: (swatch: HTML, text: String)) -> HTML {
        let box: HTML = #"width="28" height="14" viewBox="0 0 28 14""#
        return #"<li><svg \#(box) aria-hidden="true">\#(entry.swatch)</svg> \#(entry.text)</li>"#
    }

    private var table: HTML {
        #"""
        <div class="table-wrap" role="region" aria-label="\#(title)数据" tabindex="0"><table>
        <caption class="visually-hidden">\#(title)</caption>
        <thead><tr>\#(each: columns, header)</tr></thead>
        <tbody>
        \#(each: rows, row)</tbody>
        </table></div>
        """#
    }

    private func header(_ column: (title: String, isNumeric: Bool)) -> HTML {
        #"<th scope="col"\#(attribute: "class", column.isNumeric ? "num" : nil)>\#(column.title)</th>"#
    }

    private func row(_ cells: [HTML]) -> HTML {
        var markup: HTML = "<tr>"
        for (column, cell) in zip(columns, cells) {
            markup += column.isNumeric ? #"<td class="num">\#(cell)</td>"# : #"<td>\#(cell)</td>"#
        }
        return markup + "</tr>\n"
    }

    /// A name that leads to its page when there is one.
    static func name(_ text: String, url: String?) -> HTML {
        guard let url else { return HTML(text: text) }
        return #"<a href="\#(url: url)">\#(text)</a>"#
    }

    static func swatch(line name: String, dashes: String? = nil) -> HTML {
        Drawing.path([(1, 7), (27, 7)], class: name, dashes: dashes)
    }
}
