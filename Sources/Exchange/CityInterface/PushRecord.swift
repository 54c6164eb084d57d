import Directory
import Kernel

/// A record that another system tells: by what its person is known, and the data that changed.
struct PushRecord: Sendable {
    /// Its key there.
    let sourceID: String
    /// Grows with each change there.
    let version: Int64
    let numbers: [PersonIdentifier]
    let name: String?
    let birthDate: String?
    let schoolCode: String?
    /// As they were sent, by field id.
    let facts: [(id: String, text: String)]

    /// Throws `DomainError.invalid`; the message repeats no value.
    init(_ value: JSONValue, _ dataset: FeedDataset) throws {
        guard let id = value["src_id"]?.text, (1...100).contains(id.utf8.count) else {
            throw DomainError.invalid("src_id", "缺少 src_id")
        }
        guard let version = value["version"]?.integer, version >= 0 else {
            throw DomainError.invalid("version", "缺少 version")
        }
        (sourceID, self.version) = (id, version)
        let match = value["match"]
        let kinds: [(String, PersonIdentifierKind)] =
            dataset == .students
            ? [("student_number", .studentNumber), ("citizen_number", .citizenNumber)]
            : [("citizen_number", .citizenNumber), ("staff_number", .staffNumber)]
        numbers = try kinds.compactMap { name, kind in
            try match?[name]?.text.map { try PersonIdentifier(kind, $0, field: name) }
        }
        name = match?["name"]?.text
        birthDate = match?["birth_date"]?.text
        schoolCode = match?["school_code"]?.text
        facts = (value["facts"]?.object ?? []).map { member in
            (member.name, member.value.text ?? (member.value == .null ? "" : member.value.json))
        }
    }
}

/// What became of a record.
struct PushResult: Sendable, Equatable {
    enum Outcome: String, Sendable {
        /// Something changed.
        case applied
        /// All was known.
        case unchanged
        /// A later version came before.
        case stale
        /// Nobody, or more than one person, is meant; a person looks at it.
        case unmatched
        /// Broken or not the sender's to say.
        case refused
    }
    let sourceID: String
    let outcome: Outcome
    var changed: [String] = []
    /// Codes that are not in the list: kept as they came, for people to look at.
    var flagged: [String] = []
    /// Fields whose owner is somebody else.
    var foreign: [String] = []
    var reason = ""

    var json: JSONValue {
        .members([
            ("src_id", .text(sourceID)), ("result", .text(outcome.rawValue)),
            ("changed", changed.isEmpty ? nil : .texts(changed)), ("flagged", flagged.isEmpty ? nil : .texts(flagged)),
            ("not_yours", foreign.isEmpty ? nil : .texts(foreign)), ("reason", .known(reason)),
        ])
    }
}
