import Kernel
import Platform
import Web

/// A feed as readers and other sites subscribe to it: Atom 1.0 (RFC 4287), in pages (RFC 5005).
struct AtomFeed: Sendable {
    static let contentType = "application/atom+xml; charset=utf-8"
    /// Entries of a page.
    static let length = 50

    struct Entry: Sendable {
        let id: String
        let title: String
        let summary: String
        /// The absolute address of what it tells of.
        let link: String
        let authors: [String]
        let published: Timestamp
        let updated: Timestamp
        /// Term and label.
        let categories: [(term: String, label: String)]
        /// The licence; empty for what has none.
        let rights: String
    }

    let id: String
    let title: String
    let subtitle: String
    /// Who speaks: the place.
    let author: String
    /// Absolute addresses of this page of the feed, of its first page, of the next one, and of what people read instead.
    let own: String
    let first: String
    let next: String?
    let page: String
    /// For a feed without entries.
    let changedAt: Timestamp
    let entries: [Entry]

    var updated: Timestamp { entries.map(\.updated).max() ?? changedAt }

    /// Names that stay when the address of a page changes (RFC 4151).
    /// - Parameter authority: the host of the site.
    static func tag(_ authority: String, _ what: String) -> String { "tag:\(authority),2015:\(what)" }

    /// `edu.example.gov.cn` of the address of the site.
    static func authority(_ address: SiteAddress) -> String {
        let rest = address.base.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        return String(rest.split(separator: ":").first ?? "localhost")
    }

    var xml: HTML {
        #"""
        <?xml version="1.0" encoding="utf-8"?>
        <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">
        <id>\#(text: id)</id>
        <title>\#(text: title)</title>
        <subtitle>\#(text: subtitle)</subtitle>
        <updated>\#(updated.rfc3339)</updated>
        <author><name>\#(text: author)</name></author>
        <link rel="self" type="application/atom+xml" href="\#(url: own)"/>
        <link rel="alternate" type="text/html" href="\#(url: page)"/>
        <link rel="first" href="\#(url: first)"/>
        \#(next.map { #"<link rel="next" href="\#(url: $0)"/>"# as HTML })
        \#(each: entries, AtomFeed.entry)</feed>

        """#
    }

    private static func entry(_ entry: Entry) -> HTML {
        #"""
        <entry>
        <id>\#(text: entry.id)</id>
        <title>\#(text: entry.title)</title>
        <link rel="alternate" type="text/html" href="\#(url: entry.link)"/>
        <published>\#(entry.published.rfc3339)</published>
        <updated>\#(entry.updated.rfc3339)</updated>
        \#(each: entry.authors, { "<author><name>\(text: $0)</name></author>" as HTML })
        \#(each: entry.categories, category)
        \#(if: !entry.rights.isEmpty, "<rights>\(text: entry.rights)</rights>")
        <summary>\#(text: entry.summary)</summary>
        </entry>

        """#
    }

    private static func category(_ category: (term: String, label: String)) -> HTML {
        #"<category term="\#(text: category.term)" label="\#(text: category.label)"/>"#
    }

    // What is sent

    /// The feed, or that the asker has it already. Whoever keeps it asks again each time: what was withdrawn goes at once.
    /// Only the content tells whether something changed: no date knows of what was withdrawn, restored or has begun today.
    func answer(to request: WebRequest) -> WebResponse {
        let bytes = xml.bytes, name = "\"\(Hex.encode(SHA256.hash(bytes)).prefix(32))\""
        let headers = [
            ("content-type", AtomFeed.contentType), ("etag", "W/" + name), ("cache-control", "public, no-cache"),
        ]
        // Compared weakly (RFC 9110, 8.8.3.2): with or without the mark.
        let known = request.headers["if-none-match"] ?? ""
        return known.contains(name) || known == "*"
            ? WebResponse(status: 304, headers: Array(headers.dropFirst()))
            : WebResponse(headers: headers, body: .bytes(bytes))
    }
}

extension HTML.StringInterpolation {
    /// Text in XML: what XML 1.0 cannot carry becomes U+FFFD; the rest is escaped as in HTML, whose five entities are all
    /// known to XML too.
    mutating func appendInterpolation(text: String) {
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            clean.append(scalar == "\u{FFFE}" || scalar == "\u{FFFF}" ? "\u{FFFD}" : scalar)
        }
        appendInterpolation(HTML(text: String(clean)))
    }
}
