/// What a public page tells programs: search engines, other sites that link to it, readers of feeds. Nothing of it is seen.
package struct PageMeta: Sendable {
    /// A feed of what the page lists, by its path.
    package struct Feed: Sendable, Equatable {
        package let title: String
        package let path: String
        package init(_ title: String, path: String) { (self.title, self.path) = (title, path) }
    }

    /// What the page is to others (https://ogp.me).
    package enum Kind: String, Sendable { case website, article }

    /// One or two sentences; longer ones are cut at 200 characters.
    package var summary: String
    /// The absolute address under which the page is to be known.
    package var address: String
    package var kind: Kind
    package var feeds: [Feed]
    /// The absolute address of the oEmbed answer for the page; `nil` when it cannot be embedded.
    package var embedding: String?
    /// Whether search engines may list it.
    package var isListed: Bool
    /// Descriptions by schema.org, each a JSON document.
    package var data: [String]

    package init(
        summary: String, address: String, kind: Kind = .website, feeds: [Feed] = [], embedding: String? = nil,
        isListed: Bool = true, data: [String] = []
    ) {
        (self.summary, self.address, self.kind, self.feeds) = (summary, address, kind, feeds)
        (self.embedding, self.isListed, self.data) = (embedding, isListed, data)
    }

    private static let longestSummary = 200

    /// For the head of the page with the title.
    func html(title: String, site: SiteInfo) -> HTML {
        guard isListed else { return #"<meta name="robots" content="noindex">"# }
        let words = String(String.UnicodeScalarView(summary.unicodeScalars.prefix(PageMeta.longestSummary)))
        return #"""
            <meta name="description" content="\#(words)">
            <link rel="canonical" href="\#(url: address)">
            <meta property="og:type" content="\#(kind.rawValue)">
            <meta property="og:title" content="\#(title)">
            <meta property="og:description" content="\#(words)">
            <meta property="og:url" content="\#(url: address)">
            <meta property="og:site_name" content="\#(site.name)">
            <meta property="og:locale" content="zh_CN">
            \#(each: feeds, PageMeta.feed)\#(embedding.map { PageMeta.embedding($0, title) })\#
            \#(each: data, PageMeta.block)
            """#
    }

    private static func feed(_ feed: Feed) -> HTML {
        #"""
        <link rel="alternate" type="application/atom+xml" title="\#(feed.title)" href="\#(url: feed.path)">

        """#
    }

    private static func embedding(_ address: String, _ title: String) -> HTML {
        #"""
        <link rel="alternate" type="application/json+oembed" title="\#(title)" href="\#(url: address)">

        """#
    }

    /// Data and no script: browsers do not run it, so the policy of the page need not allow it. Nothing in it can end the
    /// element, since it holds no `<`.
    static func block(_ json: String) -> HTML {
        HTML(trusted: Array(#"<script type="application/ld+json">"#.utf8) + inert(json) + Array("</script>\n".utf8))
    }

    /// The same JSON without the characters that mean something to HTML or end a line in JavaScript: outside of strings
    /// JSON has none of them, inside each may be written by its number.
    private static func inert(_ json: String) -> [UInt8] {
        var out: [UInt8] = []
        for scalar in json.unicodeScalars {
            switch scalar {
            case "<", ">", "&", "\u{2028}", "\u{2029}":
                let hex = String(scalar.value, radix: 16)
                out += Array(("\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex).utf8)
            default: out += Array(String(scalar).utf8)
            }
        }
        return out
    }
}

extension UI {
    /// A small document to stand in a frame of another site: no bar, no menu, no form, nothing of who is signed in. Its links
    /// open beside it, since no other page may stand in a frame.
    package static func embedded(_ title: String, _ page: PageContext, _ content: HTML) -> HTML {
        let assets = page.site.assets
        return #"""
            <!doctype html>
            <html lang="zh-CN" data-density="public" data-mode="normal" data-contrast="normal">
            <head>
            <meta charset="utf-8">
            <base target="_blank">
            <title>\#(title) - \#(page.site.name)</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <link rel="icon" href="\#(url: assets.url("icons/favicon.svg"))" type="image/svg+xml">
            <link rel="stylesheet" href="\#(url: assets.url("css/app.css"))">
            <link rel="stylesheet" href="\#(url: assets.url("css/components.css"))">
            <link rel="stylesheet" href="\#(url: assets.url("css/pages.css"))">
            </head>
            <body>
            <main id="main" class="wrap">
            \#(content)
            </main>
            </body>
            </html>
            """#
    }
}
