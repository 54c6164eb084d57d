import Directory
import Kernel
import Web

/// What the form of a partner sends.
struct PartnerForm: Sendable {
    let values: FormValues

    init(_ values: FormValues) { self.values = values }

    var name: String { values["name"] ?? "" }
    var code: String { values["code"] ?? "" }
    var organisation: String { values["organisation"] ?? "" }
    /// Of the settings that the form was filled from.
    var revision: Int { values["revision"].flatMap { Int($0) } ?? 0 }

    init(_ partner: Partner, _ datasets: [PartnerDataset]) {
        let settings = partner.settings
        var pairs = [
            ("name", partner.name), ("code", partner.code), ("organisation", partner.organisation.rawValue),
            ("format", settings.format.rawValue), ("reason", settings.reason),
            ("kept_days", String(settings.keptDays)),
        ]
        pairs += settings.owners.map { ("owners", $0.rawValue) }
        if settings.acceptsAlone { pairs.append(("accepts_alone", "1")) }
        if settings.isSensitive { pairs.append(("sensitive", "1")) }
        pairs += datasets.map { ("rhythm." + $0.dataset.rawValue, $0.rhythm.rawValue) }
        values = FormValues(pairs.map { (name: $0.0, value: $0.1) })
    }

    /// Throws `DomainError.invalid` at `owners`, `kept_days` and `reason`.
    func settings() throws -> PartnerSettings {
        var settings = PartnerSettings(), problems: [FieldProblem] = []
        settings.owners = Set(values.all("owners").compactMap { PersonField.Owner(rawValue: $0) })
        if settings.owners.isEmpty { problems.append(FieldProblem(field: "owners", message: "选择对方负责的数据")) }
        settings.acceptsAlone = values.has("accepts_alone")
        settings.format = values["format"].flatMap { DropFormat(rawValue: $0) } ?? .csv
        settings.isSensitive = values.has("sensitive")
        if let text = values.text("kept_days") {
            if let days = Int(text), (1...365).contains(days) {
                settings.keptDays = days
            } else {
                problems.append(FieldProblem(field: "kept_days", message: "保存天数应在 1 到 365 之间"))
            }
        }
        settings.reason = values["reason"] ?? ""
        let isKnown = CodeLists.lookReason[settings.reason] != nil
        // Why is told beforehand, once for all files; 其他 says nothing.
        if !isKnown || (try? LookReason(settings.reason)) == nil {
            problems.append(FieldProblem(field: "reason", message: "选择提供数据的原因"))
        }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
        return settings
    }

    var rhythms: [FeedDataset: DropRhythm] {
        var rhythms: [FeedDataset: DropRhythm] = [:]
        for dataset in FeedDataset.allCases {
            rhythms[dataset] = values["rhythm." + dataset.rawValue].flatMap { DropRhythm(rawValue: $0) } ?? .never
        }
        return rhythms
    }
}
