import Foundation

/// Runs `body` with the path of a fresh file that is gone afterwards; `nil` bytes leave only the path.
func withFile<Value>(_ bytes: [UInt8]?, _ body: (String) throws -> Value) throws -> Value {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).bin").path
    if let bytes { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
}

/// Zip archives byte by byte, so that tests can write what no honest program would.
struct ZipBytes {
    private var local: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    var bytes: [UInt8] {
        local + directory
            + little(0x0605_4B50, 4) + little(0, 4) + little(count, 2) + little(count, 2)
            + little(directory.count, 4) + little(local.count, 4) + little(0, 2)
    }

    mutating func add(_ name: String, _ text: String) { add(name, Array(text.utf8)) }

    mutating func add(_ name: String, _ content: [UInt8]) {
        add(name, packed: content, method: 0, size: content.count, crc: crc32(content))
    }

    /// A part that inflates to `head`, then so many spaces, then `tail`; `declared` is the size it pretends to have.
    mutating func addBomb(_ name: String, head: String, spaces: Int, tail: String, declared: Int) {
        var deflate = DeflateBits()
        for byte in head.utf8 { deflate.literal(byte) }
        deflate.literal(0x20)
        for _ in 0..<(spaces / 258) { deflate.repeatLast258() }
        for byte in tail.utf8 { deflate.literal(byte) }
        add(name, packed: deflate.finish(), method: 8, size: declared, crc: 0)
    }

    private mutating func add(_ name: String, packed: [UInt8], method: Int, size: Int, crc: UInt32) {
        let offset = local.count
        let fields =
            little(20, 2) + little(0, 2) + little(method, 2) + little(0, 2) + little(0x21, 2) + little(Int(crc), 4)
            + little(packed.count, 4) + little(size, 4) + little(name.utf8.count, 2) + little(0, 2)
        local += little(0x0403_4B50, 4) + fields + Array(name.utf8) + packed
        directory +=
            little(0x0201_4B50, 4) + little(20, 2) + fields + little(0, 2) + little(0, 2) + little(0, 2)
            + little(0, 4) + little(offset, 4) + Array(name.utf8)
        count += 1
    }

    private func little(_ value: Int, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(value >> ($0 * 8) & 0xFF) }
    }

    private func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}

/// One deflate block with the fixed code (RFC 1951, 3.2.6).
private struct DeflateBits {
    private var bytes: [UInt8] = []
    private var filled = 8

    init() {
        bit(1)
        bit(1)
        bit(0)
    }

    mutating func literal(_ byte: UInt8) {
        precondition(byte < 144)
        code(0x30 + Int(byte), 8)
    }

    mutating func repeatLast258() {
        code(0b1100_0101, 8)
        code(0, 5)
    }

    mutating func finish() -> [UInt8] {
        code(0, 7)
        return bytes
    }

    private mutating func code(_ value: Int, _ width: Int) {
        for shift in stride(from: width - 1, through: 0, by: -1) { bit(UInt8(value >> shift & 1)) }
    }

    private mutating func bit(_ value: UInt8) {
        if filled == 8 {
            bytes.append(0)
            filled = 0
        }
        bytes[bytes.count - 1] |= value << filled
        filled += 1
    }
}

/// A workbook from the XML inside its parts.
struct WorkbookBytes {
    var rows = ""
    var afterRows = ""
    var sharedStrings: String?
    var styles: String?
    var properties = ""
    var sheetName = "登记表 "

    var zip: ZipBytes {
        var zip = ZipBytes()
        addFrame(to: &zip)
        zip.add("xl/worksheets/sheet1.xml", "<worksheet><sheetData>\(rows)</sheetData>\(afterRows)</worksheet>")
        return zip
    }

    /// All parts but the sheet itself.
    func addFrame(to zip: inout ZipBytes) {
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        zip.add(
            "_rels/.rels",
            "<Relationships><Relationship Id='r1' Type='\(office)/officeDocument' Target='xl/workbook.xml'/>"
                + "</Relationships>"
        )
        zip.add(
            "xl/workbook.xml",
            "<x:workbook xmlns:x='m' xmlns:r='\(office)'>\(properties)<x:sheets>"
                + "<x:sheet name='\(sheetName)' sheetId='1' r:id='rId1'/></x:sheets></x:workbook>")
        zip.add(
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id='rId1' Type='\(office)/worksheet' Target='worksheets/sheet1.xml'/>"
                + "<Relationship Id='rId2' Type='\(office)/sharedStrings' Target='/xl/sharedStrings.xml'/>"
                + "<Relationship Id='rId3' Type='\(office)/styles' Target='../xl/styles.xml'/></Relationships>")
        zip.add("xl/sharedStrings.xml", sharedStrings ?? "<sst/>")
        zip.add("xl/styles.xml", styles ?? "<styleSheet/>")
    }
}
