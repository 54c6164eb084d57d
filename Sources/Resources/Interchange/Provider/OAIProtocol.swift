import Kernel

/// What OAI-PMH 2.0 answers when a request cannot be served, always with HTTP 200.
struct OAIError: Error, Sendable, Equatable {
    enum Code: String, Sendable {
        case badArgument, badResumptionToken, badVerb, cannotDisseminateFormat, idDoesNotExist, noRecordsMatch
        case noMetadataFormats, noSetHierarchy
    }

    let code: Code
    /// For people, in English as the protocol is.
    let message: String

    init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }
}

/// 元数据格式 of the provider.
enum OAIFormat: String, Sendable, CaseIterable {
    case dublinCore = "oai_dc"
    case lom

    var schema: String { self == .dublinCore ? DublinCore.schema : LearningObject.schema }
    var namespace: String { self == .dublinCore ? DublinCore.namespace : LearningObject.namespace }
}

/// Moments as the protocol writes them: UTC to the second, or a day.
enum OAIDate {
    enum Granularity: Sendable { case day, second }

    /// `2026-12-01T03:00:31Z`
    static func text(_ moment: Timestamp) -> String { moment.rfc3339.prefix(19) + "Z" }

    /// `nil` for anything else than the two forms.
    static func parse(_ text: String) -> (first: Timestamp, last: Timestamp, granularity: Granularity)? {
        let bytes = Array(text.utf8)
        guard bytes.count == 10 || bytes.count == 20, let day = LocalDate(iso: String(text.prefix(10))) else {
            return nil
        }
        let start = Timestamp(milliseconds: Int64(day.daysSince1970) * 86_400_000)
        if bytes.count == 10 { return (start, start.adding(seconds: 86_399), .day) }
        guard bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            bytes[19] == UInt8(ascii: "Z"), let hour = number(bytes[11...12]), let minute = number(bytes[14...15]),
            let second = number(bytes[17...18]), hour < 24, minute < 60, second < 60
        else { return nil }
        let moment = start.adding(seconds: hour * 3600 + minute * 60 + second)
        return (moment, moment, .second)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        digits.reduce(Int64?.some(0)) { value, byte in
            guard let value, (0x30...0x39).contains(byte) else { return nil }
            return value * 10 + Int64(byte - 0x30)
        }
    }

    /// The second that has begun, in whole seconds.
    static func floor(_ moment: Timestamp) -> Timestamp {
        Timestamp(milliseconds: moment.milliseconds / 1000 * 1000)
    }
}

/// A list that somebody reads page by page.
struct OAIList: Sendable, Equatable {
    enum Verb: String, Sendable {
        case identifiers = "ListIdentifiers"
        case records = "ListRecords"
    }

    let verb: Verb
    let format: OAIFormat
    let from: Timestamp?
    /// The last moment, inclusive.
    let until: Timestamp?
    let set: String?
    /// The key of the last resource that was given; empty at the beginning.
    var after = ""
    /// Records given so far.
    var cursor = 0
    /// Records of the whole list, as counted when it began; `nil` at the beginning.
    var total: Int?
    /// When it began; `nil` at the beginning.
    var begun: Timestamp?
}

/// A request that follows the rules.
enum OAIRequest: Sendable, Equatable {
    case identify
    case formats(identifier: String?)
    case sets
    case list(OAIList)
    /// A list to be gone on with.
    case resume(OAIList.Verb, token: String)
    case record(identifier: String, format: OAIFormat)
}

/// The arguments of a request, checked (protocol 3.1, 3.6 and 4).
struct OAIArguments: Sendable {
    private let pairs: [(name: String, value: String)]

    init(_ pairs: [(name: String, value: String)]) { self.pairs = pairs }

    /// For the element `request`: known arguments as they were sent. Meaningless ones must not be repeated there.
    var attributes: [(StaticString, String)] {
        let known: [(StaticString, String)] = [
            ("verb", "verb"), ("identifier", "identifier"), ("metadataPrefix", "metadataPrefix"), ("from", "from"),
            ("until", "until"), ("set", "set"), ("resumptionToken", "resumptionToken"),
        ]
        return known.compactMap { name, key in pairs.first { $0.name == key }.map { (name, $0.value) } }
    }

    /// Throws `OAIError`.
    func request() throws -> OAIRequest {
        let verbs = pairs.filter { $0.name == "verb" }.map(\.value)
        guard verbs.count == 1, let verb = verbs.first else {
            throw OAIError(.badVerb, verbs.isEmpty ? "The verb is missing." : "The verb is repeated.")
        }
        switch verb {
        case "Identify":
            try expect([])
            return .identify
        case "ListMetadataFormats":
            try expect(["identifier"])
            return .formats(identifier: value("identifier"))
        case "ListSets":
            try expect(["resumptionToken"])
            if value("resumptionToken") != nil {
                throw OAIError(.badResumptionToken, "The list of sets is given as a whole.")
            }
            return .sets
        case "GetRecord":
            try expect(["identifier", "metadataPrefix"])
            guard let identifier = value("identifier"), let prefix = value("metadataPrefix") else {
                throw OAIError(.badArgument, "identifier and metadataPrefix are required.")
            }
            return .record(identifier: identifier, format: try OAIArguments.format(prefix))
        case "ListIdentifiers", "ListRecords":
            return try list(verb == "ListRecords" ? .records : .identifiers)
        default: throw OAIError(.badVerb, "There is no such verb.")
        }
    }

    private func list(_ verb: OAIList.Verb) throws -> OAIRequest {
        try expect(["metadataPrefix", "from", "until", "set", "resumptionToken"])
        if let token = value("resumptionToken") {
            guard pairs.count == 2 else { throw OAIError(.badArgument, "resumptionToken is an exclusive argument.") }
            return .resume(verb, token: token)
        }
        guard let prefix = value("metadataPrefix") else {
            throw OAIError(.badArgument, "metadataPrefix is required.")
        }
        let from = try date("from"), until = try date("until")
        if let from, let until {
            guard from.granularity == until.granularity else {
                throw OAIError(.badArgument, "from and until must have the same granularity.")
            }
            guard from.first <= until.last else { throw OAIError(.badArgument, "from is later than until.") }
        }
        if let set = value("set"), !OAIArguments.isSetSpec(set) {
            throw OAIError(.badArgument, "set is not a setSpec.")
        }
        return .list(
            OAIList(
                verb: verb, format: try OAIArguments.format(prefix), from: from?.first, until: until?.last,
                set: value("set")))
    }

    private func date(
        _ name: String
    ) throws -> (first: Timestamp, last: Timestamp, granularity: OAIDate.Granularity)? {
        guard let text = value(name) else { return nil }
        guard let date = OAIDate.parse(text) else {
            throw OAIError(.badArgument, "\(name) must be YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.")
        }
        return date
    }

    private static func format(_ prefix: String) throws -> OAIFormat {
        guard let format = OAIFormat(rawValue: prefix) else {
            throw OAIError(.cannotDisseminateFormat, "The formats are oai_dc and lom.")
        }
        return format
    }

    /// Only these arguments besides the verb, each once and none empty.
    private func expect(_ names: Set<String>) throws {
        var seen: Set<String> = []
        for (name, value) in pairs {
            guard name == "verb" || names.contains(name) else {
                throw OAIError(.badArgument, "An argument is not allowed here.")
            }
            guard seen.insert(name).inserted else { throw OAIError(.badArgument, "\(name) is repeated.") }
            if value.isEmpty { throw OAIError(.badArgument, "\(name) is empty.") }
        }
    }

    private func value(_ name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// Words of unreserved characters, parted by colons (protocol 4.6 and the schema).
    private static func isSetSpec(_ text: String) -> Bool {
        text.split(separator: ":", omittingEmptySubsequences: false).allSatisfy { word in
            !word.isEmpty
                && word.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                    default: "-_.!~*'()".utf8.contains(byte)
                    }
                }
        }
    }
}
