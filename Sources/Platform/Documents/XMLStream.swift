import CExpat
import Glibc

/// Why an XML text cannot be read.
enum XMLError: Error, Equatable {
    case malformed
    /// A document type declaration: office files have none, and entities are an attack.
    case doctype
    /// One tag or comment of unreasonable length, or elements nested too deep.
    case unreasonable
}

/// Bytes of a name or value, valid only during the callback that hands them over.
struct XMLBytes {
    let base: UnsafePointer<UInt8>
    let count: Int

    init(base: UnsafePointer<UInt8>, count: Int) {
        (self.base, self.count) = (base, count)
    }

    init(cString: UnsafePointer<CChar>) {
        base = UnsafeRawPointer(cString).assumingMemoryBound(to: UInt8.self)
        count = strlen(cString)
    }

    var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }
    var string: String { String(decoding: buffer, as: UTF8.self) }

    /// A decimal number without sign; `nil` for anything else.
    var integer: Int? {
        guard count > 0, count < 19 else { return nil }
        var value = 0
        for byte in buffer {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    /// The name after its namespace prefix.
    var local: XMLBytes {
        guard let colon = memchr(base, 0x3A, count) else { return self }
        let offset = UnsafeRawPointer(colon) - UnsafeRawPointer(base) + 1
        return XMLBytes(base: base + offset, count: count - offset)
    }

    @inline(__always)
    static func == (bytes: XMLBytes, text: StaticString) -> Bool {
        bytes.count == text.utf8CodeUnitCount && memcmp(bytes.base, text.utf8Start, bytes.count) == 0
    }

    @inline(__always)
    static func ~= (text: StaticString, bytes: XMLBytes) -> Bool { bytes == text }
}

/// Attributes of one start tag, valid only during its callback. Looked up by local name.
struct XMLAttributes {
    fileprivate let pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>?

    subscript(_ name: StaticString) -> XMLBytes? {
        guard var pair = pairs else { return nil }
        while let key = pair[0], let value = pair[1] {
            if XMLBytes(cString: key).local == name { return XMLBytes(cString: value) }
            pair += 2
        }
        return nil
    }

    /// All of them, by local name.
    var all: [String: String] {
        var found: [String: String] = [:]
        guard var pair = pairs else { return found }
        while let key = pair[0], let value = pair[1] {
            let name = XMLBytes(cString: key).local.string
            if found[name] == nil { found[name] = XMLBytes(cString: value).string }
            pair += 2
        }
        return found
    }

    /// An on/off property of Office: present without value means on.
    func isOn(_ name: StaticString = "val") -> Bool {
        guard let value = self[name] else { return true }
        return !(value == "0" || value == "false" || value == "off")
    }
}

/// Receives the elements of an XML text in order. Names come without namespace prefix. Throwing ends the reading.
protocol XMLReceiver: AnyObject {
    func started(_ name: XMLBytes, _ attributes: XMLAttributes) throws
    /// One piece of text; a text may come in several.
    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws
    func ended(_ name: XMLBytes) throws
}

extension XMLReceiver {
    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
    func ended(_ name: XMLBytes) {}
}

/// One pass over an XML text in constant memory. Refuses document type declarations, so no entity is ever expanded.
final class XMLStream {
    private let parser: XML_Parser
    private let receiver: any XMLReceiver
    private var failure: (any Error)?
    private var events = 0
    private var depth = 0

    private static let chunk = 65_536
    /// Expat keeps a whole tag in memory and may rescan it: a longer one is refused.
    private static let longestTag = 1 << 20
    private static let deepest = 500

    private init(receiver: any XMLReceiver) throws {
        guard let parser = XML_ParserCreate(nil) else { throw ArchiveError.unreadable }
        self.parser = parser
        self.receiver = receiver
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser,
            { data, name, attributes in
                guard let name else { return }
                XMLStream.of(data) { try $0.started(XMLBytes(cString: name), XMLAttributes(pairs: attributes)) }
            },
            { data, name in
                guard let name else { return }
                XMLStream.of(data) { try $0.ended(XMLBytes(cString: name)) }
            })
        XML_SetCharacterDataHandler(parser) { data, text, count in
            guard let text else { return }
            let base = UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
            XMLStream.of(data) { stream in
                stream.events += 1
                try stream.receiver.text(UnsafeBufferPointer(start: base, count: Int(count)))
            }
        }
        XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
            XMLStream.of(data) { _ in throw XMLError.doctype }
        }
    }

    deinit { XML_ParserFree(parser) }

    /// Reads everything `source` delivers (it fills a buffer and answers how much, 0 at the end).
    static func read(
        from source: (UnsafeMutableRawPointer, Int) throws -> Int, into receiver: any XMLReceiver
    ) throws {
        try XMLStream(receiver: receiver).run(source)
    }

    private func run(_ source: (UnsafeMutableRawPointer, Int) throws -> Int) throws {
        var silent = 0
        while true {
            guard let buffer = XML_GetBuffer(parser, Int32(XMLStream.chunk)) else { throw XMLError.unreasonable }
            let count = try source(buffer, XMLStream.chunk)
            let before = events
            let status = XML_ParseBuffer(parser, Int32(count), count == 0 ? 1 : 0)
            if let failure { throw failure }
            guard status == XML_STATUS_OK else { throw XMLError.malformed }
            if count == 0 { return }
            silent = events == before ? silent + count : 0
            guard silent <= XMLStream.longestTag else { throw XMLError.unreasonable }
        }
    }

    private static func of(_ data: UnsafeMutableRawPointer?, _ body: (XMLStream) throws -> Void) {
        guard let data else { return }
        Unmanaged<XMLStream>.fromOpaque(data)._withUnsafeGuaranteedRef { stream in
            guard stream.failure == nil else { return }
            do {
                try body(stream)
            } catch {
                stream.failure = error
                XML_StopParser(stream.parser, 0)
            }
        }
    }

    private func started(_ name: XMLBytes, _ attributes: XMLAttributes) throws {
        events += 1
        depth += 1
        guard depth <= XMLStream.deepest else { throw XMLError.unreasonable }
        try receiver.started(name.local, attributes)
    }

    private func ended(_ name: XMLBytes) throws {
        events += 1
        depth -= 1
        try receiver.ended(name.local)
    }
}

extension ZipArchive {
    /// Reads one part as XML. Throws `ArchiveError`, `XMLError` or what the receiver throws.
    func readXML(_ part: String, into receiver: some XMLReceiver) throws {
        try withPart(part) { try XMLStream.read(from: $0, into: receiver) }
    }
}
