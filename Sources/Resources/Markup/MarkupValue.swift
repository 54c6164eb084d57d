import Web

/// JSON as descriptions by schema.org need it.
indirect enum MarkupValue: Sendable, Equatable {
    case text(String)
    case number(Int)
    case flag(Bool)
    case list([MarkupValue])
    case object([Field])

    /// A name with its value. Values that are absent are left out with their names.
    struct Field: Sendable, Equatable {
        let name: String
        let value: MarkupValue
    }

    static func texts(_ texts: [String]) -> MarkupValue { .list(texts.map { .text($0) }) }

    /// An object of the type; fields without value are left out, and so are empty texts and lists.
    static func thing(_ types: String..., fields: [(String, MarkupValue?)]) -> MarkupValue {
        let type: MarkupValue = types.count == 1 ? .text(types[0]) : .texts(types)
        let rest = fields.compactMap { name, value -> Field? in
            switch value {
            case nil, .text(""), .list([]): nil
            case let value?: Field(name: name, value: value)
            }
        }
        return .object([Field(name: "@type", value: type)] + rest)
    }

    var json: String {
        switch self {
        case .text(let text): JSONText.quote(text)
        case .number(let number): String(number)
        case .flag(let flag): flag ? "true" : "false"
        case .list(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
        case .object(let fields):
            "{" + fields.map { JSONText.quote($0.name) + ":" + $0.value.json }.joined(separator: ",") + "}"
        }
    }

    /// A whole document of schema.org.
    var document: String {
        guard case .object(let fields) = self else { return json }
        return MarkupValue.object([Field(name: "@context", value: .text("https://schema.org"))] + fields).json
    }
}

/// Where a page stands, as search engines read it.
enum BreadcrumbMarkup {
    /// - Parameter steps: title and absolute address, the first place first.
    static func list(_ steps: [(title: String, address: String)]) -> MarkupValue {
        let items = steps.enumerated().map { index, step in
            MarkupValue.thing(
                "ListItem",
                fields: [
                    ("position", .number(index + 1)), ("name", .text(step.title)), ("item", .text(step.address)),
                ])
        }
        return .thing("BreadcrumbList", fields: [("itemListElement", .list(items))])
    }
}
