import Platform
import Web

/// What the form of a source sends.
struct HarvestForm: Sendable {
    let content: HarvestSource.Content
    let revision: Int

    init(_ form: FormValues) {
        content = HarvestSource.Content(
            name: ChineseText.normalised(form["name"] ?? ""), baseURL: form["base"] ?? "",
            format: OAIFormat(rawValue: form["format"] ?? "") ?? .dublinCore, set: form["set"] ?? "",
            licence: form["licence"] ?? "", audience: ExternalAudience(rawValue: form["audience"] ?? "") ?? .staff,
            hours: Int(form["hours"] ?? "") ?? 0, isActive: form.has("active"),
            mostRecords: form["most"].map { Int($0) ?? 0 } ?? HarvestSource.Content.usualRecords)
        revision = Int(form["revision"] ?? "") ?? 0
    }

    /// What the form shows of a source.
    static func values(_ content: HarvestSource.Content, revision: Int) -> FormValues {
        var pairs = [
            ("name", content.name), ("base", content.baseURL), ("format", content.format.rawValue),
            ("set", content.set),
            ("licence", content.licence), ("audience", content.audience.rawValue), ("hours", String(content.hours)),
            ("most", String(content.mostRecords)), ("revision", String(revision)),
        ]
        if content.isActive { pairs.append(("active", "1")) }
        return FormValues(pairs.map { (name: $0.0, value: $0.1) })
    }

    static let empty = values(HarvestSource.Content(name: "", baseURL: ""), revision: 0)
}
