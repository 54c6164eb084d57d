import Foundation
import Kernel

/// A record of the gradebook as a consumer sends it and as it is kept: properties of the model in a spelling of our own,
/// references by their keys.
struct GradebookRecord: Sendable {
    var values: [String: OneRosterValue]

    subscript(name: String) -> String? { values[name]?.text }

    /// Reads what was sent. Properties outside the model are left out. Throws `OneRosterFault`.
    init(_ body: [UInt8], _ collection: OneRosterCollection, id: String) throws(OneRosterFault) {
        // What cannot be read is refused below, whatever the reason.
        let read = try? JSONSerialization.jsonObject(with: Data(body))
        guard let envelope = read as? [String: Any] else { throw .malformed("the body is no JSON object") }
        guard let object = envelope[collection.singular] as? [String: Any] else {
            throw .malformed("the body has no \(collection.singular)")
        }
        if let own = object["sourcedId"], own as? String != id {
            throw .invalid("sourcedId differs from that of the address")
        }
        try self.init(object, collection)
    }

    /// What one of many records told, with its key in the sender's words.
    struct Supplied: Sendable {
        let id: String?
        let record: GradebookRecord
    }

    /// Records of one request.
    static let mostAtOnce = 200

    /// Reads a list of records that belong to the place in the address. Throws `OneRosterFault`.
    static func list(
        _ body: [UInt8], _ collection: OneRosterCollection, of place: (property: String, key: String)
    ) throws(OneRosterFault) -> [Supplied] {
        let read = try? JSONSerialization.jsonObject(with: Data(body))
        guard let objects = (read as? [String: Any])?[collection.rawValue] as? [[String: Any]], !objects.isEmpty else {
            throw .malformed("the body has no \(collection.rawValue)")
        }
        guard objects.count <= mostAtOnce else { throw .invalid("more than \(mostAtOnce) records in one request") }
        var all: [Supplied] = []
        for var object in objects {
            if let told = (object[place.property] as? [String: Any])?["sourcedId"] as? String, told != place.key {
                throw .invalid("\(place.property) differs from that of the address")
            }
            object[place.property] = ["sourcedId": place.key]
            all.append(Supplied(id: object["sourcedId"] as? String, record: try GradebookRecord(object, collection)))
        }
        return all
    }

    private init(_ object: [String: Any], _ collection: OneRosterCollection) throws(OneRosterFault) {
        values = [:]
        if let metadata = object["metadata"] as? [String: Any] { values["metadata"] = GradebookRecord.plain(metadata) }
        for property in GradebookModel.properties(of: collection) {
            guard let sent = object[property.name], !(sent is NSNull) else {
                if property.isRequired { throw .invalid("\(property.name) is missing") }
                continue
            }
            guard let value = GradebookRecord.value(sent, property.kind) else {
                throw .invalid("\(property.name) has a value that the model does not allow")
            }
            values[property.name] = value
        }
    }

    private static let longestText = 4000

    private static func value(_ sent: Any, _ kind: GradebookModel.Kind) -> OneRosterValue? {
        switch kind {
        case .text: return text(sent).map(OneRosterValue.text)
        case .choice(let words): return text(sent).flatMap { words.contains($0) ? .text($0) : nil }
        case .number:
            let number = (sent as? NSNumber)?.doubleValue ?? text(sent).flatMap(Double.init)
            return number.flatMap { $0.isFinite ? .number($0) : nil }
        case .day: return text(sent).flatMap { LocalDate(iso: $0.prefix(10)) }.map { .text($0.iso) }
        case .moment: return text(sent).flatMap { Timestamp(oneRoster: $0) }.map { .text($0.rfc3339) }
        case .flag:
            if let text = text(sent) { return ["true", "false"].contains(text) ? .text(text) : nil }
            return (sent as? Bool).map(OneRosterValue.flag)
        case .structure: return sent is [Any] ? plain(sent) : nil
        case .reference:
            let key = (sent as? [String: Any])?["sourcedId"] as? String
            return key.flatMap { $0.isEmpty || $0.utf8.count > 255 ? nil : .text($0) }
        }
    }

    private static func text(_ sent: Any) -> String? {
        (sent as? String).flatMap { $0.utf8.count <= longestText ? $0 : nil }
    }

    /// Any JSON as a value; what has no place there becomes an empty word.
    private static func plain(_ any: Any) -> OneRosterValue {
        switch any {
        case let text as String: .text(text)
        case let items as [Any]: .list(items.map(plain))
        case let object as [String: Any]:
            .object(object.sorted { $0.key < $1.key }.map { OneRosterMember($0.key, plain($0.value)) })
        case let number as NSNumber: .number(number.doubleValue)
        default: .text("")
        }
    }

    // MARK: Keeping

    var kept: [UInt8] {
        OneRosterValue.object(values.sorted { $0.key < $1.key }.map { OneRosterMember($0.key, $0.value) }).bytes
    }

    /// What `kept` has written.
    init(kept bytes: [UInt8]) throws {
        let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] ?? [:]
        values = object.mapValues(GradebookRecord.plain)
    }

    /// As consumers are told, in the order of the model.
    func members(_ collection: OneRosterCollection, _ view: OneRosterView) -> [OneRosterMember] {
        var members: [OneRosterMember] = []
        if let metadata = values["metadata"] { members.append(OneRosterMember("metadata", metadata)) }
        for property in GradebookModel.properties(of: collection) where view.version == .v1p2 || property.isOld {
            guard let value = values[property.name] else { continue }
            if case .reference(let type, let target) = property.kind, let key = value.text {
                members.append(OneRosterMember(property.name, view.reference(type, target, key)))
            } else {
                members.append(OneRosterMember(property.name, value))
            }
        }
        return members
    }
}
