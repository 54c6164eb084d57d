import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A feed as a strict reader takes it: the texts of one element, and the links of the feed itself.
final class FeedReader: NSObject, XMLParserDelegate {
    let element: String
    private(set) var isWellFormed = false
    private(set) var texts: [String] = []
    /// The first of each relation, which is that of the feed.
    private(set) var links: [String: String] = [:]
    private var isInside = false

    init(_ document: [UInt8], _ element: String) {
        self.element = element
        super.init()
        let parser = XMLParser(data: Data(document))
        parser.delegate = self
        isWellFormed = parser.parse()
    }

    func parser(
        _: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        if name == "link", let rel = attributes["rel"], links[rel] == nil { links[rel] = attributes["href"] }
        guard name == element else { return }
        isInside = true
        texts.append("")
    }

    func parser(_: XMLParser, foundCharacters text: String) {
        if isInside { texts[texts.count - 1] += text }
    }

    func parser(_: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        if name == element { isInside = false }
    }
}
