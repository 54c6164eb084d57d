import Kernel
import Web

/// Reads the fields of the target form one by one and gathers what is wrong with them.
struct TargetFormReader {
    let values: FormValues
    let existing: TargetDefinition?
    let choices: TargetForm.Choices
    private(set) var problems: [FieldProblem] = []

    init(values: FormValues, existing: TargetDefinition?, choices: TargetForm.Choices) {
        (self.values, self.existing, self.choices) = (values, existing, choices)
    }

    private mutating func add(_ field: String, _ message: String) {
        problems.append(FieldProblem(field: field, message: message))
    }

    mutating func day(_ field: String, required: Bool = false) -> LocalDate? {
        guard let text = values.text(field) else {
            if required { add(field, "填写日期，如 2016-12-31") }
            return nil
        }
        guard let day = LocalDate(iso: text) else {
            add(field, "不是有效日期，应为 2016-12-31 的形式")
            return nil
        }
        return day
    }

    private mutating func number(_ field: String) -> Double? {
        guard let text = values.text(field) else { return nil }
        guard let number = TargetNumber.value(text) else {
            add(field, "填写数字，如 30 或 7.5")
            return nil
        }
        return number
    }

    private mutating func text(_ field: String, upTo length: Int, required: String? = nil) -> String {
        let text = values[field] ?? ""
        if text.isEmpty, let required { add(field, required) }
        if text.count > length { add(field, "不超过\(length)个字") }
        return text
    }

    mutating func content(code: String) -> TargetSetContent.Target {
        let title = text("title", upTo: 40, required: "填写目标名称")
        let explanation = text("explanation", upTo: 500)
        let unit = text("unit", upTo: 20, required: "填写单位，如 %、Mbit/s、间")
        let qualifier = text("qualifier", upTo: 10), note = text("readingNote", upTo: 1000)
        let (indicator, source, feed) = figure(code: code)
        let comparison = values["operator"] ?? "", basis = basis()
        let threshold = number("threshold"), share = basis == .schools ? number("share") : nil
        let due = day("dueDate"), milestones = milestones()
        return TargetSetContent.Target(
            id: code, clause: clause(), title: title, explanation: explanation, indicator: indicator,
            population: population(), operator: comparison, threshold: threshold,
            thresholdProvisional: values.has("thresholdProvisional"), unit: unit, basis: basis, share: share,
            qualifier: qualifier.isEmpty ? nil : qualifier, dueDate: due?.iso, milestones: milestones,
            readings: readings(indicator, threshold), readingNote: note.isEmpty ? nil : note, source: source, feed: feed
        )
    }

    /// What is measured, and who delivers it.
    private mutating func figure(code: String) -> (String, TargetDefinition.Source, String?) {
        let indicator = values["indicator"] ?? ""
        if indicator == TargetForm.pending {
            let feed = text("feed", upTo: 20)
            // One that is delivered by now would be connected again at once.
            let waits = existing.map { known in
                known.source == .pending && !choices.indicators.contains { $0.id == known.indicator }
            }
            let kept = waits == true ? existing?.indicator : nil
            let made = "pending-" + code.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
            return (kept ?? made, .pending, feed)
        }
        if !choices.indicators.contains(where: { $0.id == indicator }), existing?.indicator != indicator {
            add("indicator", "选择指标；还没有数据来源的选“待接入”")
            return ("none", .facilityRegister, nil)
        }
        let kept = existing.flatMap { $0.indicator == indicator ? $0.feed : nil }
        guard let feed = kept ?? choices.modules[indicator] else { return (indicator, .facilityRegister, nil) }
        return (indicator, .module, feed)
    }

    private mutating func basis() -> TargetDefinition.Basis {
        guard let basis = values["basis"].flatMap(TargetDefinition.Basis.init(rawValue:)) else {
            add("basis", "选择判断方式")
            return .value
        }
        return basis
    }

    private mutating func clause() -> String? {
        guard let clause = values.text("clause") else { return nil }
        let isKnown = choices.clauses.isEmpty || choices.clauses.contains { $0.path == clause }
        if !isKnown && existing?.clause != clause { add("clause", "现行版本里没有这一条，重新选择") }
        if clause.count > 100 { add("clause", "不超过100个字") }
        return clause
    }

    private mutating func milestones() -> [TargetDefinition.Milestone] {
        var milestones: [TargetDefinition.Milestone] = []
        for line in (values["milestones"] ?? "").split(whereSeparator: \.isNewline) {
            if line.allSatisfy(\.isWhitespace) { continue }
            guard let milestone = MilestoneLine.read(line) else {
                add("milestones", "“\(line.prefix(30))”应为日期和数值，如 2016-12-31 70")
                continue
            }
            milestones.append(milestone)
        }
        if milestones.count > 20 { add("milestones", "里程碑不超过20个") }
        return milestones
    }

    private mutating func population() -> TargetPopulation {
        let area = values["area"].flatMap(TargetPopulation.Area.init(rawValue:))
        let stage = values["stage"].flatMap(TargetPopulation.Stage.init(rawValue:))
        if area == nil { add("area", "选择城乡范围") }
        if stage == nil { add("stage", "选择学段") }
        let types = SchoolTypeGroup.all.flatMap { group in values.all(group.field).filter(group.types.contains) }
        return TargetPopulation(
            area: area ?? .all, stage: stage ?? .all, schoolTypes: types, tiers: values.all("tiers"),
            central: values.has("exceptCentral") ? .except : .any, connectedOnly: values.has("connectedOnly"),
            note: text("populationNote", upTo: 100))
    }

    private mutating func readings(_ indicator: String, _ threshold: Double?) -> [TargetDefinition.Reading] {
        let chosen = values.all("readings")
        var readings: [TargetDefinition.Reading] = []
        for item in TargetReadings.switches where chosen.contains(item.id) {
            guard let found = TargetReadings.readings(of: item.id, indicator: indicator, threshold: threshold) else {
                add("readings", "这个指标没有“\(item.title)”两种口径，取消勾选")
                continue
            }
            readings += found
        }
        return readings
    }
}
