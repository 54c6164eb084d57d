import Directory
import Kernel
import Web

/// What other sites ask to show a resource in their own pages (https://oembed.com, version 1.0).
struct OEmbed: Sendable {
    static let path = "/oembed"

    let item: OpenItem
    let provider: String
    let address: SiteAddress
    /// Pixels.
    let width: Int
    let height: Int

    static let usualWidth = 640
    static let usualHeight = 480

    /// - Parameters:
    ///   - mostWide: in pixels, as asked for; `nil` for any.
    ///   - mostHigh: likewise.
    init(_ item: OpenItem, provider: String, address: SiteAddress, mostWide: Int?, mostHigh: Int?) {
        (self.item, self.provider, self.address) = (item, provider, address)
        func size(_ asked: Int?, _ usual: Int) -> Int { asked.map { $0 > 0 ? min(usual, $0) : usual } ?? usual }
        (width, height) = (size(mostWide, OEmbed.usualWidth), size(mostHigh, OEmbed.usualHeight))
    }

    /// The resource of an address of this site, `https://edu.example.cn/resources/01j…`; `nil` for any other address.
    static func resource(_ url: String, _ address: SiteAddress) -> ID<Item>? {
        let start = address.absolute(ItemPages.root) + "/"
        guard url.hasPrefix(start) else { return nil }
        let rest = url.dropFirst(start.count).prefix { $0 != "?" && $0 != "#" && $0 != "/" }
        return ID<Item>(checking: rest)
    }

    /// Where the answer for a page is found.
    static func discovery(_ page: String, _ address: SiteAddress) -> String {
        address.absolute(path) + "?url=" + URLCoding.encode(page) + "&format=json"
    }

    /// The frame that others put into their pages.
    static func frame(
        _ title: String, _ id: ID<Item>, _ address: SiteAddress, width: Int = usualWidth, height: Int = usualHeight
    ) -> HTML {
        #"""
        <iframe src="\#(url: address.absolute(EmbedPages.path(id)))" width="\#(width)" height="\#(height)"\#
         title="\#(title)" loading="lazy" allowfullscreen></iframe>
        """#
    }

    var json: String {
        let item = item.item, title = item.content.title
        return MarkupValue.object([
            field("version", .text("1.0")), field("type", .text("rich")), field("title", .text(title)),
            field("author_name", .text(self.item.authorNames)), field("provider_name", .text(provider)),
            field("provider_url", .text(address.base)), field("cache_age", .number(3600)),
            field("html", .text(OEmbed.frame(title, item.id, address, width: width, height: height).text)),
            field("width", .number(width)), field("height", .number(height)),
        ]).json
    }

    private func field(_ name: String, _ value: MarkupValue) -> MarkupValue.Field {
        MarkupValue.Field(name: name, value: value)
    }
}
