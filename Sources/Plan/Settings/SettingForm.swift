import Kernel
import Web

/// The page of the city's choices: from settings to fields, and back, checked.
enum SettingForm {
    static func values(of settings: PlanSettings) -> FormValues {
        var pairs: [(name: String, value: String)] = [
            ("officialReading", settings.officialReading.rawValue), ("levelRule", settings.levelRule.rawValue),
            ("areaView", settings.areaView.rawValue), ("studentComputers", settings.studentComputers.rawValue),
            ("teacherBase", settings.teacherBase.rawValue), ("defaultDay", settings.defaultDay.rawValue),
            ("defaultTierBandwidth", String(settings.defaultTierBandwidth)),
        ]
        if settings.countsLectern { pairs.append(("countsLectern", "1")) }
        if settings.isPublicOn { pairs.append(("isPublicOn", "1")) }
        pairs += settings.publicTargets.sorted().map { ("publicTargets", $0) }
        pairs += PriceList.entries.map { (priceField($0.id), YuanText.text(settings.prices[$0.id] ?? $0.standard)) }
        return FormValues(pairs)
    }

    static func priceField(_ id: String) -> String { "price-\(id)" }

    /// Throws `DomainError.invalid` with every broken rule.
    /// - Parameter targets: the codes that can be shown to the public.
    static func settings(_ values: FormValues, targets: Set<String>) throws -> PlanSettings {
        var settings = PlanSettings()
        var problems: [FieldProblem] = []
        func read<Value: RawRepresentable<String>>(_ field: String, _ value: inout Value) {
            if let found = values[field].flatMap(Value.init(rawValue:)) {
                value = found
            } else {
                problems.append(FieldProblem(field: field, message: "选择一项"))
            }
        }
        read("officialReading", &settings.officialReading)
        read("levelRule", &settings.levelRule)
        read("areaView", &settings.areaView)
        read("studentComputers", &settings.studentComputers)
        read("teacherBase", &settings.teacherBase)
        read("defaultDay", &settings.defaultDay)
        settings.countsLectern = values.has("countsLectern")
        settings.isPublicOn = values.has("isPublicOn")
        settings.publicTargets = Set(values.all("publicTargets")).intersection(targets)
        if let bandwidth = values["defaultTierBandwidth"].flatMap({ Int($0) }), (1...100_000).contains(bandwidth) {
            settings.defaultTierBandwidth = bandwidth
        } else {
            problems.append(FieldProblem(field: "defaultTierBandwidth", message: "带宽应在1到100000之间，只填整数"))
        }
        if settings.isPublicOn, settings.publicTargets.isEmpty {
            problems.append(FieldProblem(field: "publicTargets", message: "公开时至少选一个目标"))
        }
        for entry in PriceList.entries {
            let field = priceField(entry.id)
            guard let fen = values[field].flatMap(YuanText.fen), fen <= PriceList.highest else {
                problems.append(FieldProblem(field: field, message: "\(entry.title)：填写金额，如 4000 或 4000.50"))
                continue
            }
            settings.prices.fen[entry.id] = fen
        }
        guard problems.isEmpty else { throw DomainError.invalid(problems) }
        return settings
    }
}
