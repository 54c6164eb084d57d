/// Writes an XML text: everything is escaped, and characters that XML 1.0 does not have are left out.
struct XMLWriter: Sendable {
    private(set) var bytes: [UInt8] = []

    /// With the declaration in front.
    static func document(_ body: (inout XMLWriter) -> Void) -> [UInt8] {
        var writer = XMLWriter()
        writer.bytes += Array(#"<?xml version="1.0" encoding="UTF-8"?>"#.utf8)
        writer.bytes.append(0x0A)
        body(&writer)
        return writer.bytes
    }

    mutating func element(
        _ name: StaticString, _ attributes: [(StaticString, String)] = [], _ body: (inout XMLWriter) -> Void
    ) {
        open(name, attributes)
        body(&self)
        close(name)
    }

    mutating func element(_ name: StaticString, _ attributes: [(StaticString, String)] = [], text: String) {
        open(name, attributes)
        escape(text, inAttribute: false)
        close(name)
    }

    /// Nothing for an empty text.
    mutating func optional(_ name: StaticString, _ attributes: [(StaticString, String)] = [], text: String) {
        if !text.isEmpty { element(name, attributes, text: text) }
    }

    private mutating func open(_ name: StaticString, _ attributes: [(StaticString, String)]) {
        bytes.append(UInt8(ascii: "<"))
        append(name)
        for (key, value) in attributes {
            bytes.append(0x20)
            append(key)
            bytes += [UInt8(ascii: "="), UInt8(ascii: "\"")]
            escape(value, inAttribute: true)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: ">"))
    }

    private mutating func close(_ name: StaticString) {
        bytes += [UInt8(ascii: "<"), UInt8(ascii: "/")]
        append(name)
        bytes.append(UInt8(ascii: ">"))
    }

    private mutating func append(_ name: StaticString) {
        bytes += UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    }

    private mutating func escape(_ text: String, inAttribute: Bool) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": bytes += Array("&amp;".utf8)
            case "<": bytes += Array("&lt;".utf8)
            case ">": bytes += Array("&gt;".utf8)
            case "\"": bytes += Array("&quot;".utf8)
            case "\r": bytes += Array("&#13;".utf8)
            case "\n", "\t":
                bytes += inAttribute ? Array("&#\(scalar.value);".utf8) : [UInt8(scalar.value)]
            default:
                if XMLWriter.isAllowed(scalar) { bytes += Array(UTF8.encode(scalar)!) }
            }
        }
    }

    /// `Char` of XML 1.0, 2.2.
    static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF: true
        default: false
        }
    }
}
