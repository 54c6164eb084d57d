import Kernel

/// A target set as it stands in a file, before it is checked.
struct TargetSetContent: Decodable {
    struct Period: Decodable {
        let from: String
        let to: String
    }

    let id: String
    let title: String
    let layer: String
    let period: Period
    let version: String
    let note: String?
    let targets: [Target]

    struct Target: Decodable {
        let id: String
        let clause: String?
        let title: String
        let explanation: String
        let indicator: String
        let population: TargetPopulation
        let `operator`: String
        let threshold: Double?
        let thresholdProvisional: Bool?
        let unit: String
        let basis: TargetDefinition.Basis
        let share: Double?
        let qualifier: String?
        let dueDate: String?
        let milestones: [TargetDefinition.Milestone]
        let readings: [TargetDefinition.Reading]
        let readingNote: String?
        let source: TargetDefinition.Source
        let feed: String?

        /// Only for a target without problems.
        func definition() throws -> TargetDefinition {
            guard let comparison = TargetDefinition.Comparison(rawValue: `operator`) else {
                throw DomainError.invalid("operator", "比较方式只能是 >=、<=、= 或 exists")
            }
            return TargetDefinition(
                id: id, clause: clause, title: title, explanation: explanation, indicator: indicator,
                population: population, comparison: comparison, threshold: threshold,
                thresholdProvisional: thresholdProvisional ?? false, unit: unit, basis: basis, share: share,
                qualifier: qualifier, dueDate: dueDate.flatMap { LocalDate(iso: $0) }, milestones: milestones,
                readings: readings, readingNote: readingNote, source: source, feed: feed)
        }
    }

    /// Every broken rule of the set, in the order of the file.
    func problems() -> [FieldProblem] {
        var problems: [FieldProblem] = []
        func add(_ field: String, _ message: String) { problems.append(FieldProblem(field: field, message: message)) }
        if !Self.isKebab(id) { add("id", "目标集代号只能用小写字母、数字和连字符") }
        if title.isEmpty { add("title", "目标集没有名称") }
        if TargetSetFile.Layer(rawValue: layer) == nil { add("layer", "层级只能是国家、自治区、市或县") }
        if version.isEmpty { add("version", "目标集没有版本") }
        let from = LocalDate(iso: period.from), to = LocalDate(iso: period.to)
        if from == nil { add("period.from", "开始日期不是有效日期，应为 2015-01-01 的形式") }
        if to == nil { add("period.to", "结束日期不是有效日期，应为 2017-12-31 的形式") }
        if let from, let to, from > to { add("period.to", "结束日期早于开始日期") }
        if targets.isEmpty { add("targets", "目标集里没有目标") }
        var known: Set<String> = []
        for (index, target) in targets.enumerated() {
            if !known.insert(target.id).inserted { add("targets[\(index)].id", "目标代号“\(target.id)”重复") }
            problems += target.problems(in: "targets[\(index)]")
        }
        return problems
    }

    static func isKebab(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    /// What a decoding error means, in words.
    static func problem(of error: DecodingError) -> FieldProblem {
        func field(_ path: [any CodingKey]) -> String {
            path.reduce("") { text, key in
                if let index = key.intValue { return "\(text)[\(index)]" }
                return text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)"
            }
        }
        switch error {
        case .keyNotFound(let key, let context):
            return FieldProblem(field: field(context.codingPath + [key]), message: "缺少“\(key.stringValue)”")
        case .valueNotFound(_, let context):
            return FieldProblem(field: field(context.codingPath), message: "不能为空")
        case .typeMismatch(_, let context):
            return FieldProblem(field: field(context.codingPath), message: "类型不对")
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            return FieldProblem(field: field(context.codingPath), message: "不是允许的值")
        default:
            return FieldProblem(field: "", message: "文件不是有效的 JSON")
        }
    }
}

extension TargetSetContent.Target {
    func problems(in place: String) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        func add(_ field: String, _ message: String) {
            problems.append(FieldProblem(field: "\(place).\(field)", message: "\(id)：\(message)"))
        }
        if id.isEmpty { add("id", "没有代号") }
        if title.isEmpty { add("title", "没有名称") }
        if clause?.isEmpty == true { add("clause", "条款路径不能为空文字，没有条款时写 null") }
        if !TargetSetContent.isKebab(indicator) { add("indicator", "指标代号只能用小写字母、数字和连字符") }
        switch TargetDefinition.Comparison(rawValue: `operator`) {
        case nil: add("operator", "比较方式只能是 >=、<=、= 或 exists")
        case .exists: if threshold != nil { add("threshold", "比较方式为 exists 时不写数值") }
        default: if threshold == nil && thresholdProvisional != true { add("threshold", "缺少数值；待定的须标明暂定") }
        }
        if let threshold, !threshold.isFinite || threshold < 0 { add("threshold", "数值不能小于0") }
        switch (basis, share) {
        case (.schools, nil): add("share", "按学校判断时须写明达标学校的比例")
        case (.schools, let share?) where !(share > 0 && share <= 100): add("share", "比例须在0到100之间")
        case (.value, .some): add("share", "只有按学校判断时才写达标学校的比例")
        default: break
        }
        let due = dueDate.flatMap { LocalDate(iso: $0) }
        if dueDate != nil, due == nil { add("dueDate", "期限不是有效日期，应为 2017-12-31 的形式") }
        let dates = milestones.map(\.date)
        if zip(dates, dates.dropFirst()).contains(where: { $0 >= $1 }) { add("milestones", "里程碑须按日期先后排列") }
        if let due, let last = dates.last, last > due { add("milestones", "里程碑晚于期限") }
        if milestones.contains(where: { !$0.value.isFinite || $0.value < 0 }) { add("milestones", "里程碑数值不能小于0") }
        if Set(readings.map { "\($0.switch)/\($0.id)" }).count != readings.count { add("readings", "口径代号重复") }
        for (index, reading) in readings.enumerated() where reading.basis == .schools {
            guard let share = reading.share, share > 0, share <= 100 else {
                add("readings[\(index)].share", "口径“\(reading.title)”按学校判断，须写明达标学校的比例")
                continue
            }
        }
        for type in population.schoolTypes
        where type.utf8.count != 3 || !type.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            add("population.schoolTypes", "办学类型码“\(type)”须为三位数字")
        }
        for tier in population.tiers where !TargetPopulation.tiers.contains(tier) {
            add("population.tiers", "没有“\(tier)”这一类学校")
        }
        switch source {
        case .pending where (feed ?? "").isEmpty: add("feed", "待接入的目标须写明由哪个模块提供")
        case .facilityRegister where feed != nil: add("feed", "取自设施登记的目标不写待接入模块")
        case .module where (feed ?? "").isEmpty: add("feed", "取自其他模块的目标须写明模块")
        default: break
        }
        return problems
    }
}
