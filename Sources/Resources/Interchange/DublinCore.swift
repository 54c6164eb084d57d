import Kernel

/// A resource in the fifteen elements of Dublin Core (ISO 15836), as OAI-PMH asks of everybody.
struct DublinCore: Sendable {
    static let namespace = "http://www.openarchives.org/OAI/2.0/oai_dc/"
    static let schema = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"

    let facts: ItemFacts
    /// Absolute address of its page.
    let address: String
    /// Its identifier in the protocol.
    let identifier: String
    /// Of what it was made from; empty for most.
    let parentAddress: String

    func write(to writer: inout XMLWriter) {
        let content = facts.content
        let attributes: [(StaticString, String)] = [
            ("xmlns:oai_dc", DublinCore.namespace), ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            ("xsi:schemaLocation", DublinCore.namespace + " " + DublinCore.schema),
        ]
        writer.element("oai_dc:dc", attributes) { dc in
            dc.element("dc:title", text: content.title)
            for name in facts.authors { dc.element("dc:creator", text: name) }
            for subject in facts.subjects + content.tags { dc.element("dc:subject", text: subject) }
            dc.optional("dc:description", text: content.summary)
            dc.element("dc:publisher", text: facts.item.schoolName)
            if let published = facts.item.publishedAt { dc.element("dc:date", text: published.day.iso) }
            dc.element("dc:type", text: facts.item.typeTitle)
            for format in facts.formats { dc.element("dc:format", text: format) }
            dc.element("dc:identifier", text: address)
            dc.element("dc:identifier", text: identifier)
            dc.optional("dc:source", text: content.source)
            dc.element("dc:language", text: content.language)
            dc.optional("dc:relation", text: parentAddress)
            for place in facts.places { dc.element("dc:coverage", text: place.full) }
            if let licence = facts.item.licence {
                dc.element("dc:rights", text: licence.name)
                dc.optional("dc:rights", text: licence.address)
            }
        }
    }
}
