/// A value of the information model on its way out. Written by hand: a coder costs more than the database.
indirect enum OneRosterValue: Sendable, Equatable {
    case text(String)
    case number(Double)
    case list([OneRosterValue])
    case object([OneRosterMember])

    static func texts(_ texts: [String]) -> OneRosterValue { .list(texts.map(OneRosterValue.text)) }

    /// OneRoster writes truth values as words.
    static func flag(_ flag: Bool) -> OneRosterValue { .text(flag ? "true" : "false") }

    var text: String? { if case .text(let text) = self { text } else { nil } }

    func write(to out: inout [UInt8]) {
        switch self {
        case .text(let text): OneRosterValue.quote(text, to: &out)
        case .number(let number):
            let isWhole = number == number.rounded() && abs(number) < 1e15
            out.append(contentsOf: (isWhole ? String(Int64(number)) : String(number)).utf8)
        case .list(let items):
            out.append(0x5B)
            for (index, item) in items.enumerated() {
                if index > 0 { out.append(0x2C) }
                item.write(to: &out)
            }
            out.append(0x5D)
        case .object(let members):
            out.append(0x7B)
            for (index, member) in members.enumerated() {
                if index > 0 { out.append(0x2C) }
                OneRosterValue.quote(member.name, to: &out)
                out.append(0x3A)
                member.value.write(to: &out)
            }
            out.append(0x7D)
        }
    }

    var bytes: [UInt8] {
        var out: [UInt8] = []
        write(to: &out)
        return out
    }

    private static let hex = Array("0123456789abcdef".utf8)

    private static func quote(_ text: String, to out: inout [UInt8]) {
        out.append(0x22)
        var text = text
        text.withUTF8 { bytes in
            guard bytes.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else {
                return out.append(contentsOf: bytes)
            }
            for byte in bytes {
                switch byte {
                case 0x22, 0x5C: out.append(contentsOf: [0x5C, byte])
                case 0..<0x20:
                    out.append(contentsOf: [0x5C, 0x75, 0x30, 0x30, hex[Int(byte >> 4)], hex[Int(byte & 15)]])
                default: out.append(byte)
                }
            }
        }
        out.append(0x22)
    }
}

/// A property with its value.
struct OneRosterMember: Sendable, Equatable {
    let name: String
    let value: OneRosterValue

    init(_ name: String, _ value: OneRosterValue) { (self.name, self.value) = (name, value) }
    init(_ name: String, _ text: String) { self.init(name, .text(text)) }
}
