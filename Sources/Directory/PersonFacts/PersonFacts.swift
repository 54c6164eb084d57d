import Kernel

/// Where a datum came from.
package struct FactSource: Sendable, Hashable {
    package enum Kind: String, Sendable {
        /// a workbook of the national student-record system
        case roll
        /// a workbook of the national teacher system
        case teacher
        /// a workbook, list or form of the school
        case school
        /// a change that was applied for and approved
        case change
        /// the person herself
        case own
        /// another system by interface or file drop
        case exchange

        package var title: String {
            switch self {
            case .roll: "全国学籍系统"
            case .teacher: "全国教师系统"
            case .school: "学校填报"
            case .change: "变更审批"
            case .own: "本人填写"
            case .exchange: "数据交换"
            }
        }
    }
    package let kind: Kind
    /// Which batch, application or change it was; empty when nothing can be named.
    package let reference: String
    package let at: Timestamp
    package let by: String

    package init(_ kind: Kind, reference: String = "", at: Timestamp, by: String) {
        (self.kind, self.reference, self.at, self.by) = (kind, reference, at, by)
    }
}

/// A kept value and where it came from.
package struct PersonFact: Sendable, Equatable {
    /// As `PersonField.canonical` spells it; never empty.
    package let value: String
    package let source: FactSource

    package init(_ value: String, from source: FactSource) { (self.value, self.source) = (value, source) }
}

/// What is known of a person from a day on, by field id.
package struct PersonFacts: Sendable, Equatable {
    package var values: [String: PersonFact]
    package let from: LocalDate
    /// The first day on which another version holds; `nil` for the latest.
    package let until: LocalDate?

    package init(_ values: [String: PersonFact] = [:], from: LocalDate, until: LocalDate? = nil) {
        (self.values, self.from, self.until) = (values, from, until)
    }

    /// The kept value; `nil` when nothing is known.
    package subscript(id: String) -> String? { values[id]?.value }
}

/// Holds back changes of key data that have been told: those go by an approved change.
package enum KeyFieldLock {
    /// Throws `DomainError.invalid` with a problem for each key field that is known and would become something else.
    package static func check(_ values: [String: String], knowing known: PersonFacts?) throws {
        let problems = values.sorted { $0.key < $1.key }.compactMap { id, value -> FieldProblem? in
            guard let field = PersonField.named(id), field.isKey, let present = known?[id], present != value else {
                return nil
            }
            return FieldProblem(field: id, message: "\(field.label)已经登记，更正要申请关键信息变更")
        }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
    }
}

/// The facts as they stand in the database: sources once, then each value with the place of its source. Units are parted
/// by U+001F and entries by U+001E, which no value holds.
enum PersonFactText {
    static func encode(_ sources: [FactSource]) -> String {
        sources.map { source in
            [source.kind.rawValue, source.reference, String(source.at.milliseconds), source.by]
                .joined(separator: "\u{1F}")
        }.joined(separator: "\u{1E}")
    }

    static func decodeSources(_ text: String) -> [FactSource] {
        text.split(separator: "\u{1E}").map { entry in
            let parts = entry.split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 4 else { return FactSource(.school, at: Timestamp(milliseconds: 0), by: "") }
            return FactSource(
                FactSource.Kind(rawValue: parts[0]) ?? .school, reference: parts[1],
                at: Timestamp(milliseconds: Int64(parts[2]) ?? 0), by: parts[3])
        }
    }

    /// A value with the place of its source.
    typealias Entry = (id: String, value: String, source: Int)

    static func encode(_ values: [Entry]) -> String {
        var text = ""
        for entry in values {
            if !text.isEmpty { text.append("\u{1E}") }
            text += entry.id
            text.append("\u{1F}")
            text += entry.value
            text.append("\u{1F}")
            text += String(entry.source)
        }
        return text
    }

    static func decode(_ text: String, _ sources: [FactSource], into facts: inout [String: PersonFact]) {
        for entry in text.split(separator: "\u{1E}") {
            let parts = entry.split(separator: "\u{1F}", omittingEmptySubsequences: false)
            guard parts.count == 3, let index = Int(parts[2]), sources.indices.contains(index) else { continue }
            facts[String(parts[0])] = PersonFact(String(parts[1]), from: sources[index])
        }
    }

    /// Some of the values, without their sources.
    static func values(_ text: String, of fields: Set<String>) -> [String: String] {
        var values: [String: String] = [:]
        for entry in text.split(separator: "\u{1E}") {
            let parts = entry.split(separator: "\u{1F}", omittingEmptySubsequences: false)
            if parts.count == 3, fields.contains(String(parts[0])) { values[String(parts[0])] = String(parts[1]) }
        }
        return values
    }
}
