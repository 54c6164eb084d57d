/// A Word document (`.docx`): its paragraphs in reading order as a reader sees them.
///
/// Deleted and hidden text, comments, notes, headers and footers are left out; inserted text counts. Cells of tables and
/// text boxes come as paragraphs of their own. Bullets are not text.
package enum WordDocument {
    /// - Throws: `DocumentError`.
    package static func paragraphs(
        bytes: [UInt8], limits: DocumentLimits = .standard
    ) throws -> [DocumentParagraph] {
        try DocumentError.mapping {
            let archive = try ZipArchive(bytes: bytes, limits: limits.archive)
            guard let main = try PackageRelationships(of: "", in: archive).first("officeDocument") else {
                throw DocumentError.notADocument
            }
            let links = try PackageRelationships(of: main, in: archive)
            let styles = WordStyles()
            if let part = links.first("styles") { try archive.readXML(part, into: styles) }
            let numbering = WordNumbering()
            if let part = links.first("numbering") { try archive.readXML(part, into: numbering) }
            let reader = WordReader(
                styles: styles, counter: WordListCounter(numbering: numbering, styles: styles), limits: limits)
            try archive.readXML(main, into: reader)
            guard !reader.paragraphs.isEmpty else { throw DocumentError.empty }
            return reader.paragraphs
        }
    }
}

/// Collects the paragraphs of `document.xml`.
private final class WordReader: XMLReceiver {
    private struct Paragraph {
        var text: [UInt8] = []
        var style: String?
        var numbering = WordNumberingReference()
        var outlineLevel: Int?
        /// The end of the paragraph is deleted: it runs on into the next one.
        var runsOn = false
    }

    private let styles: WordStyles
    private let limits: DocumentLimits
    private var counter: WordListCounter
    private(set) var paragraphs: [DocumentParagraph] = []

    /// Open paragraphs; text boxes nest them.
    private var open: [Paragraph] = []
    private var carried: [UInt8] = []
    private var tables = 0
    private var skipped = 0
    private var isInProperties = false
    private var isHidden = false
    private var isInText = false
    private var isDocument = false
    private var textBytes = 0

    init(styles: WordStyles, counter: WordListCounter, limits: DocumentLimits) {
        (self.styles, self.counter, self.limits) = (styles, counter, limits)
    }

    func started(_ name: XMLBytes, _ attributes: XMLAttributes) throws {
        if skipped > 0 {
            skipped += 1
            return
        }
        switch name {
        case "document": isDocument = true
        case _ where !isDocument: throw DocumentError.notADocument
        case "del" where isInProperties:
            if let last = open.indices.last { open[last].runsOn = true }
        case "del", "moveFrom", "Fallback", "pPrChange", "rPrChange", "sectPr", "rt": skipped = 1
        case "tbl": tables += 1
        case "p":
            guard open.count < 50 else { throw XMLError.unreasonable }
            open.append(Paragraph())
        case "pPr": isInProperties = true
        case "r": isHidden = false
        case "vanish" where !isInProperties: isHidden = attributes.isOn()
        case "t": isInText = !isHidden
        case "tab" where !isInProperties: try append([0x09])
        case "br" where attributes["type"].map({ $0 == "textWrapping" }) ?? true, "cr": try append([0x0A])
        case "noBreakHyphen": try append([0x2D])
        default: readProperty(name, attributes)
        }
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        if isInText, skipped == 0 { try append(bytes) }
    }

    func ended(_ name: XMLBytes) throws {
        if skipped > 0 {
            skipped -= 1
            return
        }
        switch name {
        case "tbl": tables -= 1
        case "p": try endParagraph()
        case "pPr": isInProperties = false
        case "t": isInText = false
        default: return
        }
    }

    private func readProperty(_ name: XMLBytes, _ attributes: XMLAttributes) {
        guard isInProperties, let last = open.indices.last else { return }
        switch name {
        case "pStyle": open[last].style = attributes["val"]?.string
        case "numId": open[last].numbering.list = attributes["val"]?.integer
        case "ilvl": open[last].numbering.level = attributes["val"]?.integer
        case "outlineLvl": open[last].outlineLevel = attributes["val"]?.integer
        default: return
        }
    }

    private func append(_ bytes: some Collection<UInt8>) throws {
        guard !isHidden, let last = open.indices.last else { return }
        open[last].text.append(contentsOf: bytes)
        textBytes += bytes.count
        guard textBytes <= limits.textBytes else { throw DocumentError.tooLarge }
    }

    private func endParagraph() throws {
        guard let paragraph = open.popLast() else { return }
        isHidden = false
        if paragraph.runsOn {
            carried += paragraph.text
            return
        }
        let text = String(decoding: carried + paragraph.text, as: UTF8.self)
        carried = []
        let style = paragraph.style.flatMap(styles.resolved)
        let numbering = WordNumberingReference(
            list: paragraph.numbering.list ?? style?.numbering.list,
            level: paragraph.numbering.level ?? style?.numbering.level)
        let number = counter.next(numbering, style: paragraph.style)
        if number.isEmpty, text.allSatisfy(\.isWhitespace) { return }
        guard paragraphs.count < limits.paragraphs else { throw DocumentError.tooLarge }
        let level = paragraph.outlineLevel ?? style?.outlineLevel
        paragraphs.append(
            DocumentParagraph(
                text: number + WordReader.space(after: number, before: text) + text, number: number,
                style: style?.name, outlineLevel: level.flatMap { (0..<9).contains($0) ? $0 : nil },
                isInTable: tables > 0))
    }

    /// Word sets a tab after the number; in text a space is enough, and none after a Chinese or closing mark.
    private static func space(after number: String, before text: String) -> String {
        guard let last = number.last, let first = text.first, !first.isWhitespace else { return "" }
        return last.isLetter || last.isNumber ? " " : ""
    }
}
