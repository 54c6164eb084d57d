import Web

/// What a caller of the gateway sent: query, form or JSON, the names of fields in whatever case. An appKey, which some
/// callers send although nobody asked for it, is dropped here and nowhere kept.
struct GatewayCall: Sendable {
    private let fields: [String: GatewayValue]

    /// Throws `GatewayRefusal` when the body is no JSON object.
    init(_ request: WebRequest) throws {
        let query = request.query.pairs.map { ($0.name, GatewayValue.text($0.value)) }
        self.init(query + (try GatewayCall.body(request)).map { ($0.key, $0.value) })
    }

    /// The last of several fields of one name counts.
    init(_ sent: [(String, GatewayValue)]) {
        var fields: [String: GatewayValue] = [:]
        for (name, value) in sent { fields[name.lowercased()] = value }
        fields["appkey"] = nil
        self.fields = fields
    }

    private static func body(_ request: WebRequest) throws -> [String: GatewayValue] {
        var text = request.body
        if let first = request.form.pairs.first {
            // JSON under the content type of a form, as careless libraries send it.
            guard first.name.hasPrefix("{") else {
                return Dictionary(request.form.pairs.map { ($0.name, .text($0.value)) }) { $1 }
            }
            let parts = request.form.pairs.map { $0.value.isEmpty ? $0.name : $0.name + "=" + $0.value }
            text = Array(parts.joined(separator: "&").utf8)
        }
        if text.isEmpty { return [:] }
        guard case .object(let fields)? = GatewayValue.parse(text) else {
            throw GatewayRefusal(.wrong, "请求内容不是 JSON 对象")
        }
        return fields
    }

    /// The first of the fields that is there.
    func text(_ names: String...) -> String? { names.lazy.compactMap { fields[$0.lowercased()]?.plain }.first }

    /// Throws `GatewayRefusal` with 200001 when none of the fields is there.
    func required(_ names: String...) throws -> String {
        guard let found = names.lazy.compactMap({ fields[$0.lowercased()]?.plain }).first else {
            throw GatewayRefusal(.missing, "缺少参数 " + names[0])
        }
        return found
    }

    /// Texts of a list, or the one text that stands there instead.
    func texts(_ name: String) -> [String] {
        switch fields[name.lowercased()] {
        case .list(let values)?: values.compactMap(\.plain)
        case let other?: other.plain.map { [$0] } ?? []
        case nil: []
        }
    }

    /// A whole number within the range; the fallback when the field is not there.
    func number(_ name: String, _ fallback: Int, _ range: ClosedRange<Int>) throws -> Int {
        guard let text = text(name) else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            throw GatewayRefusal(.wrong, "\(name) 应为 \(range.lowerBound) 到 \(range.upperBound) 的整数")
        }
        return number
    }
}
