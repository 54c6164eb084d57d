/// Markup as a string-interpolation type: what stands in the literal is markup, every interpolated value is escaped.
/// A `String` cannot reach a page unescaped; components are functions that return `HTML`.
///
///     let row: HTML = #"<td><a href="\#(url: school.link)">\#(school.name)</a></td>"#
@usableFromInline package struct HTML: ExpressibleByStringInterpolation, Sendable {
    package var bytes: [UInt8]

    @usableFromInline package init() { bytes = [] }
    @usableFromInline package init(stringLiteral value: String) { bytes = Array(value.utf8) }
    @usableFromInline package init(stringInterpolation: StringInterpolation) { bytes = stringInterpolation.bytes }

    /// Plain text, escaped.
    package init(text: String) {
        bytes = []
        HTMLEscape.append(text, to: &bytes)
    }

    /// Markup that this module made itself, for example a drawn picture. Never text from a person.
    init(trusted bytes: [UInt8]) { self.bytes = bytes }

    package var isEmpty: Bool { bytes.isEmpty }
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    @usableFromInline package static func += (a: inout HTML, b: HTML) { a.bytes += b.bytes }
    package static func + (a: HTML, b: HTML) -> HTML {
        var sum = a
        sum.bytes += b.bytes
        return sum
    }

    /// Makes room for so many bytes more.
    mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

    /// Plain text at the end, escaped.
    mutating func append(text: String) { HTMLEscape.append(text, to: &bytes) }

    @usableFromInline package struct StringInterpolation: StringInterpolationProtocol {
        var bytes: [UInt8] = []

        @usableFromInline package init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + interpolationCount * 48)
        }
        @usableFromInline package mutating func appendLiteral(_ literal: String) {
            bytes.append(contentsOf: literal.utf8)
        }
        package mutating func appendInterpolation(_ text: String) { HTMLEscape.append(text, to: &bytes) }
        package mutating func appendInterpolation(_ text: Substring) { HTMLEscape.append(String(text), to: &bytes) }
        package mutating func appendInterpolation(_ text: String?) {
            if let text { HTMLEscape.append(text, to: &bytes) }
        }
        package mutating func appendInterpolation(_ number: Int) { bytes.append(contentsOf: String(number).utf8) }
        package mutating func appendInterpolation(_ number: Int64) { bytes.append(contentsOf: String(number).utf8) }
        @usableFromInline package mutating func appendInterpolation(_ markup: HTML) {
            bytes.append(contentsOf: markup.bytes)
        }
        package mutating func appendInterpolation(_ markup: HTML?) {
            if let markup { bytes.append(contentsOf: markup.bytes) }
        }
        /// `\(each: rows, row)`. Inlinable, so that each kind of row gets its own loop without type metadata.
        @inlinable package mutating func appendInterpolation<S: Sequence>(
            each items: S, _ part: (S.Element) throws -> HTML
        )
            rethrows
        {
            for item in items { appendInterpolation(try part(item)) }
        }
        /// Markup only when the condition holds; the markup is not built otherwise.
        package mutating func appendInterpolation(if condition: Bool, _ markup: @autoclosure () -> HTML) {
            if condition { bytes.append(contentsOf: markup().bytes) }
        }
        package mutating func appendInterpolation(
            if condition: Bool, _ markup: @autoclosure () -> HTML, else other: @autoclosure () -> HTML
        ) {
            bytes.append(contentsOf: (condition ? markup() : other()).bytes)
        }
        /// The only way into `href`, `src` and `action`: a relative path or http(s) address, anything else becomes `about:invalid`.
        package mutating func appendInterpolation(url: String) {
            HTMLEscape.append(HTMLEscape.isSafeURL(url) ? url : "about:invalid", to: &bytes)
        }
        /// An attribute without value, ` checked`, when the condition holds. Written straight after the previous attribute.
        package mutating func appendInterpolation(attribute name: StaticString, if condition: Bool) {
            guard condition else { return }
            bytes.append(0x20)
            name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        }
        /// ` name="value"` when there is a value. Written straight after the previous attribute.
        package mutating func appendInterpolation(attribute name: StaticString, _ value: String?) {
            guard let value else { return }
            bytes.append(0x20)
            name.withUTF8Buffer { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: [0x3D, 0x22])
            HTMLEscape.append(value, to: &bytes)
            bytes.append(0x22)
        }
    }
}

/// Escaping works on UTF-8 bytes: over Characters a quote followed by a combining mark would not be seen as a quote.
enum HTMLEscape {
    static func append(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        text.withUTF8 { buffer in
            var start = 0
            for index in buffer.indices {
                let entity: StaticString
                switch buffer[index] {
                case 0x26: entity = "&amp;"
                case 0x3C: entity = "&lt;"
                case 0x3E: entity = "&gt;"
                case 0x22: entity = "&quot;"
                case 0x27: entity = "&#39;"
                case 0x00...0x08, 0x0B, 0x0C, 0x0E...0x1F: entity = "\u{FFFD}"
                default: continue
                }
                bytes.append(contentsOf: buffer[start..<index])
                entity.withUTF8Buffer { bytes.append(contentsOf: $0) }
                start = index + 1
            }
            bytes.append(contentsOf: buffer[start...])
        }
    }

    /// Relative addresses and http(s). Browsers drop tabs and line ends inside a scheme, so any control byte refuses.
    static func isSafeURL(_ url: String) -> Bool {
        var url = url
        return url.withUTF8(isSafeURL)
    }

    private static func isSafeURL(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0x5C }) { return false }
        guard let first = bytes.first else { return true }
        if first == 0x2F || first == 0x3F || first == 0x23 {
            return !(bytes.count > 1 && first == 0x2F && bytes[1] == 0x2F)
        }
        if let colon = bytes.firstIndex(of: 0x3A), !bytes[..<colon].contains(0x2F) {
            let scheme = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
            return scheme == "http" || scheme == "https"
        }
        return first != 0x20
    }
}
