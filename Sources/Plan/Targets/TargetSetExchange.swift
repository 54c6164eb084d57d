import Foundation
import Kernel

extension TargetSetFile: Encodable {
    /// A kept set with its targets, as it is sent out.
    init(_ set: PlanTargetSet, _ targets: [PlanTarget]) {
        self.init(
            id: set.code ?? "set-" + set.id.rawValue, title: set.title, layer: set.layer, from: set.from, to: set.to,
            version: set.edition, note: set.note.isEmpty ? nil : set.note, targets: targets.map(\.definition))
    }

    private enum CodingKeys: String, CodingKey { case id, title, layer, period, version, note, targets }
    private enum PeriodKeys: String, CodingKey { case from, to }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(title, forKey: .title)
        try container.encode(layer, forKey: .layer)
        var period = container.nestedContainer(keyedBy: PeriodKeys.self, forKey: .period)
        try period.encode(from.iso, forKey: .from)
        try period.encode(to.iso, forKey: .to)
        try container.encode(version, forKey: .version)
        try container.encode(note, forKey: .note)
        try container.encode(targets, forKey: .targets)
    }

    /// The text of the file, in the same order of keys every time.
    /// - Parameter isSpaced: a key to a line, for people.
    func json(isSpaced: Bool = true) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isSpaced { encoder.outputFormatting.insert(.prettyPrinted) }
        return Array(try encoder.encode(self))
    }
}

/// What taking the targets of a file into a set would do.
struct TargetSetChanges: Sendable, Equatable {
    struct Change: Sendable, Equatable {
        let target: PlanTarget
        let definition: TargetDefinition
    }

    /// Bytes of a file that is taken. It travels through a form of at most a megabyte, in which a byte takes three.
    static let largestFile = 200 << 10
    private static let mostTargets = 300

    let added: [TargetDefinition]
    /// Targets with another definition in the file, ended ones that it has again included.
    let changed: [Change]
    /// Targets that the file has not.
    let ended: [PlanTarget]
    let unchanged: Int

    var isEmpty: Bool { added.isEmpty && changed.isEmpty && ended.isEmpty }

    /// - Parameter known: the last version of every target of the set, those that have ended included.
    init(from known: [PlanTarget], to definitions: [TargetDefinition]) {
        let byCode = Dictionary(known.map { ($0.code, $0) }) { first, _ in first }
        var added: [TargetDefinition] = [], changed: [Change] = []
        for definition in definitions {
            guard let target = byCode[definition.id] else {
                added.append(definition)
                continue
            }
            if target.isEnd || target.definition != definition {
                changed.append(Change(target: target, definition: definition))
            }
        }
        let codes = Set(definitions.map(\.id))
        ended = known.filter { !$0.isEnd && !codes.contains($0.code) }
        unchanged = definitions.count - added.count - changed.count
        (self.added, self.changed) = (added, changed)
    }

    /// What the file breaks beyond the rules of its form: codes and titles as the editor takes them, and indicators and
    /// clauses that there are.
    func problems(_ choices: TargetForm.Choices) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        func add(_ message: String) { problems.append(FieldProblem(field: "file", message: message)) }
        let count = added.count + changed.count + unchanged
        if count > TargetSetChanges.mostTargets { add("文件有\(count)项目标，超过\(TargetSetChanges.mostTargets)项") }
        for (definition, old) in added.map({ ($0, nil) }) + changed.map({ ($0.definition, $0.target.definition) }) {
            let code = definition.id
            if old == nil, !TargetRoutes.isCode(code) { add("“\(code.prefix(20))”：代号为1到12个字母、数字或连字符，如 T35") }
            if definition.title.count > 40 { add("\(code)：名称不超过40个字") }
            if definition.explanation.count > 500 { add("\(code)：说明不超过500个字") }
            let isKnown = choices.indicators.contains { $0.id == definition.indicator }
            if definition.source != .pending, !isKnown, old?.indicator != definition.indicator {
                add("\(code)：没有“\(definition.indicator.prefix(40))”这个指标")
            }
            if let clause = definition.clause, !choices.clauses.isEmpty, old?.clause != clause,
                !choices.clauses.contains(where: { $0.path == clause })
            {
                add("\(code)：计划的现行版本里没有“\(clause.prefix(40))”这一条")
            }
        }
        return problems
    }
}

extension TargetDefinition {
    /// What another definition of the target says otherwise, in the words of the editor.
    func differences(to other: TargetDefinition) -> [(label: String, old: String, new: String)] {
        func milestones(_ definition: TargetDefinition) -> String {
            definition.milestones.map { "\($0.date.iso) \(TargetNumber.text($0.value))" }.joined(separator: "，")
        }
        let pairs: [(String, String, String)] = [
            ("名称", title, other.title), ("说明", explanation, other.explanation),
            ("条款", clause ?? "", other.clause ?? ""), ("要求", aim, other.aim),
            ("期限", dueDate?.iso ?? "", other.dueDate?.iso ?? ""),
            ("范围", population.note, other.population.note), ("指标", indicator, other.indicator),
            ("数据", feedText, other.feedText), ("里程碑", milestones(self), milestones(other)),
            ("限定语", qualifier ?? "", other.qualifier ?? ""),
            ("口径", readings.map(\.title).joined(separator: "，"), other.readings.map(\.title).joined(separator: "，")),
            ("口径说明", readingNote ?? "", other.readingNote ?? ""),
        ]
        let told = pairs.filter { $0.1 != $0.2 }.map { (label: $0.0, old: $0.1, new: $0.2) }
        return told.isEmpty && self != other ? [(label: "其他内容", old: "", new: "有改动")] : told
    }
}
