import Kernel

/// One record of a collection, with the properties of its version of the model.
struct OneRosterRecord: Sendable {
    let id: String
    /// `false` for what has ended: it is told as `tobedeleted`.
    let isActive: Bool
    /// When it last became another: by a deed, or because a day came on which it began or ended.
    let modified: Timestamp
    /// All but the three properties that every record begins with.
    let members: [OneRosterMember]

    init(_ id: String, isActive: Bool, modified: Timestamp, _ members: [OneRosterMember]) {
        (self.id, self.isActive, self.modified, self.members) = (id, isActive, modified, members)
    }

    var status: String { isActive ? "active" : "tobedeleted" }

    /// - Parameter fields: the properties that were asked for; empty = all.
    func value(_ fields: Set<String> = []) -> OneRosterValue {
        var all = [
            OneRosterMember("sourcedId", id), OneRosterMember("status", status),
            OneRosterMember("dateLastModified", modified.rfc3339),
        ]
        all.append(contentsOf: members)
        return .object(fields.isEmpty ? all : all.filter { fields.contains($0.name) })
    }

    /// The texts that stand at a path, `org.sourcedId`; several where a list is on the way.
    func texts(at path: [String]) -> [String] {
        switch path.first {
        case "sourcedId": return [id]
        case "status": return [status]
        case "dateLastModified": return [modified.rfc3339]
        case "role" where !members.contains { $0.name == "role" }:
            // Version 1.2 has moved the role into a list; filters are still written the old way.
            return OneRosterRecord.texts(in: .object(members), ["roles", "role"])
        default: return OneRosterRecord.texts(in: .object(members), path[...])
        }
    }

    private static func texts(in value: OneRosterValue, _ path: ArraySlice<String>) -> [String] {
        switch value {
        case .list(let items): return items.flatMap { texts(in: $0, path) }
        case .object(let members):
            // A reference stands for the record it names.
            guard let name = path.first else {
                return members.first { $0.name == "sourcedId" }?.value.text.map { [$0] } ?? []
            }
            return members.first { $0.name == name }.map { texts(in: $0.value, path.dropFirst()) } ?? []
        case .text(let text): return path.isEmpty ? [text] : []
        case .number(let number): return path.isEmpty ? [String(number)] : []
        }
    }
}

extension Timestamp {
    /// The later of the two moments; a day counts from its first moment, once it has come.
    func orReached(_ day: LocalDate?, by today: LocalDate) -> Timestamp {
        guard let day, day <= today else { return self }
        return max(self, Timestamp(startOf: day))
    }
}
