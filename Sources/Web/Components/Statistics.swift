extension UI {
    /// One figure with its name. A tone adds its shape and colour; a URL makes the whole figure a link.
    package static func statistic(
        _ value: String, label: String, note: String? = nil, tone: Tone? = nil, url: String? = nil
    ) -> HTML {
        let toneClass = tone.map { "statistic statistic--" + $0.rawValue } ?? "statistic"
        let inner: HTML = #"""
            <span class="statistic-value">\#(tone.map(lightShape))\#(value)</span>\#
            <span class="statistic-label">\#(label)</span>\#(note.map(statisticNote))
            """#
        guard let url else { return #"<div class="\#(toneClass)">\#(inner)</div>"# }
        return #"<a class="\#(toneClass)" href="\#(url: url)">\#(inner)</a>"#
    }

    private static func statisticNote(_ note: String) -> HTML { #"<span class="statistic-note">\#(note)</span>"# }

    /// Figures side by side, as many to a row as fit.
    package static func statistics(_ items: [HTML]) -> HTML {
        #"<div class="statistics">\#(each: items, { $0 })</div>"#
    }

    /// Names and values of one thing, one pair a line.
    package static func summaryList(_ rows: [(String, HTML)]) -> HTML {
        #"<dl class="summary-list">\#(each: rows, summaryRow)</dl>"#
    }

    private static func summaryRow(_ row: (String, HTML)) -> HTML {
        "<div><dt>\(row.0)</dt><dd>\(row.1)</dd></div>"
    }

    /// How far long work has come. `total` 0 means not yet known.
    ///
    /// With `events`, the address of a server-sent event stream, the bar follows the work. Each message is JSON:
    /// `{"done": 3, "total": 10, "label": "正在读取工作表", "finished": false}`; after `finished` the page is loaded again,
    /// or `"url"` when the message has one. Without scripts give the layout `refreshSeconds`.
    package static func progressBar(done: Int, total: Int, label: String, events: String? = nil) -> HTML {
        let value = total > 0 ? String(min(done, total)) : nil
        let maximum = total > 0 ? String(total) : nil
        let figures = total > 0 ? "\(done) / \(total)" : ""
        return #"""
            <div class="progress"\#(attribute: "data-events", events)>\#
            <div class="progress-text"><span data-progress-label>\#(label)</span>\#
            <span data-progress-figures>\#(figures)</span></div>\#
            <progress aria-label="\#(label)"\#(attribute: "value", value)\#(attribute: "max", maximum)></progress></div>
            """#
    }
}
