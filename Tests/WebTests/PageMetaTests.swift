import Foundation
import Testing

@testable import Web

/// What public pages tell programs.
@Suite("Heads of public pages") struct PageMetaTests {
    private let site = SiteInfo(
        name: "平台", owner: "", contact: "", registration: "", isDemo: false, assets: AssetManifest())

    @Test func `a block of data cannot be left and stays the same JSON`() throws {
        let text = "</script><!-- ]]> & \u{2028}\u{2029} \"\\ 😀"
        let json = #"{"name":\#(JSONText.quote(text))}"#
        let block = PageMeta.block(json).text
        let start = #"<script type="application/ld+json">"#, end = "</script>\n"
        #expect(block.hasPrefix(start) && block.hasSuffix(end))
        let inner = block.dropFirst(start.count).dropLast(end.count)
        #expect(!inner.contains { "<>&\u{2028}\u{2029}".contains($0) })
        let found = try JSONSerialization.jsonObject(with: Data(inner.utf8)) as? [String: String]
        #expect(found?["name"] == text)
    }

    @Test func `words are escaped and cut, addresses are http or of this site`() {
        let meta = PageMeta(
            summary: "\"><script>" + String(repeating: "长", count: 300), address: "javascript:alert(1)",
            feeds: [PageMeta.Feed("新\"资源", path: "/sites/1/feed.atom")],
            embedding: "https://a.example/oembed?url=x&format=json")
        let text = meta.html(title: "<b>", site: site).text
        #expect(!text.contains("<script>") && !text.contains("<b>") && !text.contains("javascript:"))
        #expect(text.contains(String(repeating: "长", count: 190)) && !text.contains(String(repeating: "长", count: 191)))
        #expect(text.contains(#"title="新&quot;资源" href="/sites/1/feed.atom""#))
        #expect(text.contains("url=x&amp;format=json"))
    }

    @Test func `what is not to be listed tells nothing else`() {
        let meta = PageMeta(summary: "词", address: "https://a.example/1", isListed: false, data: ["{}"])
        #expect(meta.html(title: "题", site: site).text == #"<meta name="robots" content="noindex">"#)
    }
}
