import Kernel

/// One step of the way from the start page to the present one; the last step has no path.
package struct Crumb: Sendable {
    package let title: String
    package let path: String?
    package init(_ title: String, _ path: String? = nil) { (self.title, self.path) = (title, path) }
}

extension UI {
    /// A whole document: head, top bar, breadcrumbs, flash message, content, footer.
    ///
    /// - Parameters:
    ///   - wide: uses the whole window instead of 1,280 px; for the living plan and broad tables.
    ///   - isFailed: puts 错误： before the title, for the 422 answer to a form.
    ///   - refreshSeconds: without scripts the page reloads itself after so many seconds; for progress pages.
    ///   - meta: what a public page tells programs.
    package static func layout(
        _ title: String, _ page: PageContext, breadcrumbs: [Crumb] = [], wide: Bool = false, isFailed: Bool = false,
        refreshSeconds: Int? = nil, meta: PageMeta? = nil, _ content: HTML...
    ) -> HTML {
        let density = page.user == nil ? "public" : "dense"
        let mode = page.preferences.isElder ? "elder" : "normal"
        let contrast = page.preferences.isHighContrast ? "high" : "normal"
        let frame = wide ? "wrap wrap--wide" : "wrap"
        var document: HTML = #"""
            <!doctype html>
            <html lang="zh-CN" data-density="\#(density)" data-mode="\#(mode)" data-contrast="\#(contrast)">
            \#(head(title, page, isFailed: isFailed, refreshSeconds: refreshSeconds, meta))
            <body>
            <a class="skip-link" href="#main">跳到主要内容</a>
            \#(topBar(page, frame: frame))
            <main id="main" class="\#(frame)" tabindex="-1">
            \#(breadcrumbTrail(breadcrumbs))
            \#(page.flash.map(flashMessage))

            """#
        // The content is most of a page: made room for, it is copied once.
        document.reserve(content.reduce(layoutSize) { $0 + $1.bytes.count })
        for part in content { document += part }
        document += #"""

            </main>
            \#(footer(page, frame: frame))
            </body>
            </html>
            """#
        return document
    }

    /// Bytes that stand around the content, amply.
    private static let layoutSize = 8 << 10

    /// The single first-level heading of a page, with an optional line below it and actions at its right.
    package static func heading(_ title: String, note: String? = nil, actions: HTML = "") -> HTML {
        #"""
        <div class="page-heading"><div><h1>\#(title)</h1>\#(note.map(headingNote))</div>\#
        \#(if: !actions.isEmpty, #"<div class="actions">\#(actions)</div>"#)</div>
        """#
    }

    private static func headingNote(_ note: String) -> HTML { #"<p class="page-note">\#(note)</p>"# }

    /// A white panel. With a title it is a section with a second-level heading.
    package static func card(_ title: String? = nil, id: String? = nil, actions: HTML = "", _ content: HTML) -> HTML {
        guard let title else { return #"<div class="card"\#(attribute: "id", id)>\#(content)</div>"# }
        return #"""
            <section class="card"\#(attribute: "id", id)>
            <div class="card-head"><h2>\#(title)</h2>\#
            \#(if: !actions.isEmpty, #"<div class="actions">\#(actions)</div>"#)</div>
            \#(content)
            </section>
            """#
    }

    private static func head(
        _ title: String, _ page: PageContext, isFailed: Bool, refreshSeconds: Int?, _ meta: PageMeta?
    ) -> HTML {
        let assets = page.site.assets
        let place = title == page.site.name ? "" : " - " + page.site.name
        let fullTitle = (isFailed ? "错误：" : "") + title + place
        return #"""
            <head>
            <meta charset="utf-8">
            <title>\#(fullTitle)</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="theme-color" content="#1457b8">
            <link rel="icon" href="\#(url: assets.url("icons/favicon.svg"))" type="image/svg+xml">
            <link rel="stylesheet" href="\#(url: assets.url("css/app.css"))">
            <link rel="stylesheet" href="\#(url: assets.url("css/components.css"))">
            <link rel="stylesheet" href="\#(url: assets.url("css/pages.css"))">
            <script type="module" src="\#(url: assets.url("js/app.js"))"></script>
            \#(refreshSeconds.map(refreshWithoutScripts))\#(meta.map { $0.html(title: title, site: page.site) })
            </head>
            """#
    }

    private static func refreshWithoutScripts(_ seconds: Int) -> HTML {
        #"<noscript><meta http-equiv="refresh" content="\#(seconds)"></noscript>"#
    }

    private static func breadcrumbTrail(_ crumbs: [Crumb]) -> HTML {
        guard !crumbs.isEmpty else { return "" }
        let steps = [Crumb("首页", "/")] + crumbs
        return #"<nav class="breadcrumb" aria-label="当前位置"><ol>\#(each: steps, breadcrumb)</ol></nav>"#
    }

    private static func breadcrumb(_ crumb: Crumb) -> HTML {
        guard let path = crumb.path else { return #"<li aria-current="page">\#(crumb.title)</li>"# }
        return #"<li><a href="\#(url: path)">\#(crumb.title)</a></li>"#
    }

    private static func flashMessage(_ flash: Flash) -> HTML {
        let tone: Tone = flash.kind == .done ? .ok : .warn
        return #"<div role="status">\#(notice(tone, HTML(text: flash.text)))</div>"#
    }

    private static func footer(_ page: PageContext, frame: String) -> HTML {
        let site = page.site
        let lines = [
            site.owner.isEmpty ? "" : "主办单位：" + site.owner, site.contact.isEmpty ? "" : "联系方式：" + site.contact,
            site.registration, site.isDemo ? "演示数据：本站的学校、人员和数字均为虚构" : "",
        ].filter { !$0.isEmpty }
        return #"""
            <footer class="foot"><div class="\#(frame) foot-row">
            <div class="foot-lines">\#(each: lines, { "<span>\($0)</span>" })</div>
            \#(preferenceSwitches(page))
            </div></footer>
            """#
    }

    private static func preferenceSwitches(_ page: PageContext) -> HTML {
        let preferences = page.preferences
        let elder = preferences.isElder ? "1" : "0"
        let contrast = preferences.isHighContrast ? "1" : "0"
        let present = hidden("elder", elder) + hidden("contrast", contrast)
        return #"""
            <form class="preferences" method="post" action="/preferences" aria-label="显示方式">\#
            \#(hidden("_csrf", page.csrfToken))\#(hidden("return", page.path))\#(present)\#
            \#(preferenceButton("elder", "长辈版", isOn: preferences.isElder))\#
            \#(preferenceButton("contrast", "高对比", isOn: preferences.isHighContrast))</form>
            """#
    }

    /// Sends the new state, 1 or 0, after the hidden present one; the last value of a name counts. There is no
    /// idempotency key: going back and switching again must work.
    private static func preferenceButton(_ name: String, _ label: String, isOn: Bool) -> HTML {
        let newState = isOn ? "0" : "1"
        let pressed = isOn ? "true" : "false"
        return #"""
            <button class="switch" name="\#(name)" value="\#(newState)" aria-pressed="\#(pressed)">\#(label)</button>
            """#
    }
}
