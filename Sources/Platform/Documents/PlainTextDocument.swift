/// Plain text: each line that is not blank is a paragraph.
package enum PlainTextDocument {
    /// Paragraphs keep the spaces at their start and end.
    /// - Throws: `DocumentError`.
    package static func paragraphs(
        _ bytes: [UInt8], limits: DocumentLimits = .standard
    ) throws -> [DocumentParagraph] {
        guard bytes.count <= limits.textBytes else { throw DocumentError.tooLarge }
        if PlainTextDocument.isBinary(bytes) { throw DocumentError.notADocument }
        let text = try DocumentError.mapping { try TextDecoding.string(from: bytes) }
        var paragraphs: [DocumentParagraph] = []
        for line in text.split(whereSeparator: \.isNewline) where !line.allSatisfy(\.isWhitespace) {
            guard paragraphs.count < limits.paragraphs else { throw DocumentError.tooLarge }
            paragraphs.append(DocumentParagraph(text: String(line)))
        }
        guard !paragraphs.isEmpty else { throw DocumentError.empty }
        return paragraphs
    }

    private static func isBinary(_ bytes: [UInt8]) -> Bool {
        var detector = EncodingDetector()
        bytes.withUnsafeBytes { detector.read($0) }
        return detector.isBinary
    }
}
