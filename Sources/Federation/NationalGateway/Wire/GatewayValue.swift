import Foundation
import Web

/// A value of JSON as the gateway's partners write it: the same field comes as text from one and as a number from
/// another, and its name in whatever case.
enum GatewayValue: Sendable, Equatable {
    case text(String)
    /// As written.
    case number(String)
    case flag(Bool)
    case list([GatewayValue])
    case object([String: GatewayValue])
    case null

    /// Levels of lists and objects inside each other that are read.
    static let deepest = 16

    /// `nil` when the bytes are no JSON or nested deeper than anything the protocol knows.
    static func parse(_ bytes: [UInt8]) -> GatewayValue? {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let body = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
        guard depth(of: body) <= deepest else { return nil }
        // Whatever is wrong with it, it is not JSON; what exactly may quote a secret.
        return try? JSONDecoder().decode(GatewayValue.self, from: Data(body))
    }

    private static func depth(of bytes: [UInt8]) -> Int {
        var depth = 0, deepest = 0, isText = false, isEscaped = false
        for byte in bytes {
            if isEscaped {
                isEscaped = false
            } else if isText {
                if byte == 0x5C { isEscaped = true } else if byte == 0x22 { isText = false }
            } else if byte == 0x22 {
                isText = true
            } else if byte == 0x7B || byte == 0x5B {
                depth += 1
                deepest = max(deepest, depth)
            } else if byte == 0x7D || byte == 0x5D {
                depth -= 1
            }
        }
        return deepest
    }

    /// Text, number or flag as text, without white space around it; `nil` for anything else and for nothing at all.
    var plain: String? {
        let found: String
        switch self {
        case .text(let text): found = text.trimmingCharacters(in: .whitespacesAndNewlines)
        case .number(let text): found = text
        case .flag(let isOn): found = isOn ? "true" : "false"
        case .list, .object, .null: return nil
        }
        return found.isEmpty ? nil : found
    }

    /// The field of an object; its exact name goes before the same in another case.
    subscript(name: String) -> GatewayValue? {
        guard case .object(let fields) = self else { return nil }
        if let exact = fields[name] { return exact }
        let wanted = name.lowercased()
        return fields.first { $0.key.lowercased() == wanted }?.value
    }

    /// The value at a path such as `data.accessToken`.
    func value(at path: String) -> GatewayValue? {
        path.split(separator: ".").reduce(Optional(self)) { $0?[String($1)] }
    }

    /// The JSON text, the fields of objects in the order of their names.
    var json: String {
        switch self {
        case .text(let text): JSONText.quote(text)
        case .number(let text): text
        case .flag(let isOn): isOn ? "true" : "false"
        case .list(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
        case .object(let fields):
            "{"
                + fields.sorted { $0.key < $1.key }.map { JSONText.quote($0.key) + ":" + $0.value.json }
                .joined(separator: ",") + "}"
        case .null: "null"
        }
    }
}

extension GatewayValue: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let whole = try? container.decode(Int64.self) {
            self = .number(String(whole))
        } else if let number = try? container.decode(Double.self) {
            self = .number(String(number))
        } else if let values = try? container.decode([GatewayValue].self) {
            self = .list(values)
        } else {
            self = .object(try container.decode([String: GatewayValue].self))
        }
    }
}

extension GatewayValue: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
    ExpressibleByIntegerLiteral
{
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .number(String(value)) }
    init(arrayLiteral elements: GatewayValue...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, GatewayValue)...) {
        self = .object(Dictionary(elements) { $1 })
    }
}
