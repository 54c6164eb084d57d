/// A filter of RFC 7644, section 3.4.2.2.
indirect enum ScimFilter: Sendable, Equatable {
    enum Operator: String, Sendable, CaseIterable { case eq, ne, co, sw, ew, gt, ge, lt, le, pr }

    case compare(ScimName, Operator, JSONValue)
    case every([ScimFilter])
    case any([ScimFilter])
    case not(ScimFilter)
    /// Of a list of values, one for which the filter holds: `emails[type eq "work"]`.
    case within(ScimName, ScimFilter)

    /// The conditions that must all hold, as far as they are plain comparisons.
    var equalities: [(name: ScimName, value: String)] {
        switch self {
        case .compare(let name, .eq, .text(let text)): [(name, text)]
        case .every(let parts): parts.flatMap(\.equalities)
        default: []
        }
    }
}

/// The name of an attribute as clients write it: `name.givenName`, `urn:…:User:userName`.
struct ScimName: Sendable, Equatable {
    /// The URN of a schema before the attribute; empty when there is none.
    var schema = ""
    /// Empty when the name is that of a schema alone.
    var attribute = ""
    var part = ""

    init(schema: String = "", attribute: String, part: String = "") {
        (self.schema, self.attribute, self.part) = (schema, attribute, part)
    }

    /// `nil` when it is no name. A schema that is known is cut off as a whole, since URNs hold points and colons.
    init?(_ text: String) {
        var rest = Substring(text)
        let lower = text.lowercased()
        if let known = ScimSchema.all.first(where: {
            lower == $0.id.lowercased() || lower.hasPrefix($0.id.lowercased() + ":")
        }) {
            schema = known.id
            rest = rest.dropFirst(known.id.count + 1)
            if rest.isEmpty { return }
        }
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy(ScimName.isName) else { return nil }
        attribute = String(parts[0])
        if parts.count == 2 { part = String(parts[1]) }
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.first, first.isLetter || first == "$", first.isASCII else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "$" || $0 == "-" || $0 == "_") }
    }
}

/// Reads filters. Precedence: `not`, then `and`, then `or`.
struct ScimFilterReader {
    private let characters: [Character]
    private var place = 0
    private static let longest = 4096
    private static let deepest = 16

    static func read(_ text: String) throws(ScimError) -> ScimFilter {
        guard text.utf8.count <= longest else { throw malformed }
        var reader = ScimFilterReader(text)
        let filter = try reader.anyOf(0)
        reader.skipBlanks()
        guard reader.place == reader.characters.count else { throw malformed }
        return filter
    }

    init(_ text: String) { characters = Array(text) }

    private static let malformed = ScimError(400, .invalidFilter, "The filter cannot be read.")

    private mutating func skipBlanks() { while place < characters.count, characters[place] == " " { place += 1 } }

    private mutating func take(_ character: Character) -> Bool {
        skipBlanks()
        guard place < characters.count, characters[place] == character else { return false }
        place += 1
        return true
    }

    /// The next word without moving on.
    private mutating func peek() -> String {
        skipBlanks()
        return String(characters[place...].prefix { !" ()[]\"".contains($0) })
    }

    private mutating func takeWord(_ word: String) -> Bool {
        guard peek().lowercased() == word else { return false }
        place += word.count
        return true
    }

    private mutating func anyOf(_ depth: Int) throws(ScimError) -> ScimFilter {
        guard depth < ScimFilterReader.deepest else { throw ScimFilterReader.malformed }
        var parts = [try everyOf(depth)]
        while takeWord("or") { parts.append(try everyOf(depth)) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func everyOf(_ depth: Int) throws(ScimError) -> ScimFilter {
        var parts = [try single(depth)]
        while takeWord("and") { parts.append(try single(depth)) }
        return parts.count == 1 ? parts[0] : .every(parts)
    }

    private mutating func single(_ depth: Int) throws(ScimError) -> ScimFilter {
        if takeWord("not") {
            guard take("(") else { throw ScimFilterReader.malformed }
            return .not(try closed(")", depth))
        }
        if take("(") { return try closed(")", depth) }
        let word = peek()
        guard let name = ScimName(word), !name.attribute.isEmpty else { throw ScimFilterReader.malformed }
        place += word.count
        if place < characters.count, characters[place] == "[" {
            place += 1
            return .within(name, try closed("]", depth))
        }
        guard let comparison = ScimFilter.Operator(rawValue: peek().lowercased()) else {
            throw ScimFilterReader.malformed
        }
        place += 2
        if comparison == .pr { return .compare(name, .pr, .null) }
        return .compare(name, comparison, try value())
    }

    private mutating func closed(_ end: Character, _ depth: Int) throws(ScimError) -> ScimFilter {
        let inner = try anyOf(depth + 1)
        guard take(end) else { throw ScimFilterReader.malformed }
        return inner
    }

    private mutating func value() throws(ScimError) -> JSONValue {
        skipBlanks()
        guard place < characters.count else { throw ScimFilterReader.malformed }
        let start = place
        if characters[place] == "\"" {
            place += 1
            while place < characters.count, characters[place] != "\"" {
                place += characters[place] == "\\" ? 2 : 1
            }
            place += 1
            guard place <= characters.count else { throw ScimFilterReader.malformed }
        } else {
            place += peek().count
        }
        let text = String(characters[start..<place])
        // Entra ID writes True and False.
        let plain = ["true", "false", "null"].contains(text.lowercased()) ? text.lowercased() : text
        guard let value = try? JSONReader.read(Array(plain.utf8)) else { throw ScimFilterReader.malformed }
        return value
    }
}
