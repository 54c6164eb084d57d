import Contracts
import Kernel
import Web

/// The form of one target: from what is stored to fields, and from fields to a checked definition.
enum TargetForm {
    /// What the form offers to choose from.
    struct Choices: Sendable {
        let indicators: [(id: String, title: String)]
        /// The clauses of the set's plan; empty while there is no plan.
        let clauses: [PlanClause]
        /// The module that delivers an indicator, by its id, where that is not the register of facilities.
        var modules: [String: String] = [:]
    }

    /// The `indicator` field's value for a figure that no module delivers yet.
    static let pending = "pending"

    static func indicators(_ sources: [any IndicatorSource]) -> [(id: String, title: String)] {
        sources.flatMap { source in source.indicators.map { (id: $0.id, title: "\($0.name)（\(source.name)）") } }
    }

    /// The name of the register of facilities, whose targets name no module.
    private static let register = "校校通登记"

    /// The modules behind what the sources offer besides the register.
    static func modules(_ sources: [any IndicatorSource]) -> [String: String] {
        let pairs = sources.filter { $0.name != register }.flatMap { source in
            source.indicators.map { ($0.id, source.name) }
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// The fields of a stored target; `version` lets a save find out that someone was faster.
    /// - Parameter offered: the indicators that modules deliver by now.
    static func values(of target: PlanTarget, offered: Set<String> = [], today: LocalDate) -> FormValues {
        let definition = target.definition.connected(to: offered), population = definition.population
        var pairs: [(name: String, value: String)] = [
            ("version", String(target.version)), ("validFrom", today.iso), ("title", definition.title),
            ("explanation", definition.explanation), ("clause", target.clause ?? ""),
            ("indicator", definition.source == .pending ? pending : definition.indicator),
            ("feed", definition.feed ?? ""), ("operator", definition.comparison.rawValue),
            ("threshold", definition.threshold.map(TargetNumber.text) ?? ""), ("unit", definition.unit),
            ("basis", definition.basis.rawValue), ("share", definition.share.map(TargetNumber.text) ?? ""),
            ("qualifier", definition.qualifier ?? ""), ("dueDate", definition.dueDate?.iso ?? ""),
            ("milestones", definition.milestones.map(MilestoneLine.text).joined(separator: "\n")),
            ("readingNote", definition.readingNote ?? ""), ("area", population.area.rawValue),
            ("stage", population.stage.rawValue), ("populationNote", population.note),
        ]
        if definition.thresholdProvisional { pairs.append(("thresholdProvisional", "1")) }
        if population.connectedOnly { pairs.append(("connectedOnly", "1")) }
        if population.central == .except { pairs.append(("exceptCentral", "1")) }
        pairs += population.tiers.map { ("tiers", $0) }
        pairs += Set(definition.readings.map(\.switch)).sorted().map { ("readings", $0) }
        for group in SchoolTypeGroup.all {
            pairs += population.schoolTypes.filter(group.types.contains).map { (group.field, $0) }
        }
        return FormValues(pairs)
    }

    /// Fields of a new target.
    static func blank(today: LocalDate) -> FormValues {
        FormValues([
            ("validFrom", today.iso), ("operator", ">="), ("unit", "%"), ("basis", "value"), ("area", "all"),
            ("stage", "all"),
        ])
    }

    /// What the form says. Throws `DomainError.invalid` with every broken rule, at its field.
    static func definition(
        _ values: FormValues, code: String, existing: TargetDefinition?, _ choices: Choices
    ) throws -> (definition: TargetDefinition, validFrom: LocalDate) {
        var reader = TargetFormReader(values: values, existing: existing, choices: choices)
        let content = reader.content(code: code)
        let validFrom = reader.day("validFrom", required: true)
        let known = Set(reader.problems.map(\.field))
        let problems = reader.problems + content.formProblems.filter { !known.contains($0.field) }
        guard problems.isEmpty, let validFrom else { throw DomainError.invalid(problems) }
        return (try content.definition(), validFrom)
    }
}

extension TargetSetContent.Target {
    /// The rules of target set files, told at the fields of the form.
    var formProblems: [FieldProblem] {
        let lead = "\(id)："
        return problems(in: "").map { problem in
            var field = problem.field.split(separator: ".").last.map(String.init) ?? ""
            if field == "schoolTypes" { field = SchoolTypeGroup.all[0].field }
            if field == "id" { field = "code" }
            let message = problem.message
            return FieldProblem(
                field: field, message: message.hasPrefix(lead) ? String(message.dropFirst(lead.count)) : message)
        }
    }
}

/// The 办学类型 a population can name, in the groups of the form.
struct SchoolTypeGroup: Sendable {
    let field: String
    let title: String
    let types: [String]

    static let all = [
        SchoolTypeGroup(field: "types-primary", title: "小学", types: ["211", "218", "219"]),
        SchoolTypeGroup(field: "types-junior", title: "初中", types: ["311", "312", "319"]),
        SchoolTypeGroup(field: "types-senior", title: "普通高中", types: ["341", "342", "345"]),
        SchoolTypeGroup(
            field: "types-vocational", title: "中职",
            types: ["361", "362", "363", "364", "365", "366", "368", "369"]),
        SchoolTypeGroup(field: "types-kindergarten", title: "幼儿园", types: ["111", "119"]),
        SchoolTypeGroup(field: "types-special", title: "特教", types: ["511", "512", "513", "514", "519"]),
    ]
}

/// One milestone a line: `2016-12-31 70`, with `暂定` behind it where the city set it for the time being.
enum MilestoneLine {
    static func text(_ milestone: TargetDefinition.Milestone) -> String {
        "\(milestone.date.iso) \(TargetNumber.text(milestone.value))\(milestone.provisional ? " 暂定" : "")"
    }

    static func read(_ line: some StringProtocol) -> TargetDefinition.Milestone? {
        let words = String(line).split { $0.isWhitespace || "：:，,%".contains($0) }.map(String.init)
        guard words.count == 2 || words.count == 3 && words[2] == "暂定", let date = LocalDate(iso: words[0]),
            let value = TargetNumber.value(words[1])
        else { return nil }
        return TargetDefinition.Milestone(date: date, value: value, provisional: words.count == 3)
    }
}
