import Kernel
import Platform
import Web

/// What the form of a site sends.
struct SiteForm: Sendable {
    let content: SiteContent
    let problems: [FieldProblem]
    /// On which places of the form the slots stand: some between them may be empty.
    private let places: [Int]

    /// - Parameter form: as sent; whatever cannot be is left for the rules to find.
    init(_ form: FormValues) {
        var problems: [FieldProblem] = []
        let day = form["opened_on"] ?? ""
        if !day.isEmpty, LocalDate(iso: day) == nil {
            problems.append(FieldProblem(field: "opened_on", message: "日期写成 2015-09-30"))
        }
        let chosen = (1...Site.mostSlots).compactMap { place in
            SiteSlot(form["slot\(place)"] ?? "").map { (place: place, slot: $0) }
        }
        places = chosen.map(\.place)
        content = SiteContent(
            name: ChineseText.normalised(form["name"] ?? ""),
            introduction: FormValuesText.paragraphs(form["introduction"] ?? ""), openedOn: LocalDate(iso: day),
            slots: chosen.map(\.slot))
        self.problems = problems
    }

    /// What is wrong with a slot, at the field where it stands.
    func placed(_ problems: [FieldProblem]) -> [FieldProblem] {
        problems.map { problem in
            guard let number = places.indices.first(where: { problem.field == "slot\($0 + 1)" }) else { return problem }
            return FieldProblem(field: "slot\(places[number])", message: problem.message)
        }
    }

    /// What the form shows of a site.
    static func values(_ site: Site) -> FormValues {
        var pairs: [(name: String, value: String)] = [
            ("name", site.name), ("introduction", site.introduction), ("opened_on", site.openedOn?.iso ?? ""),
        ]
        for (index, slot) in site.slots.enumerated() { pairs.append(("slot\(index + 1)", slot.text)) }
        return FormValues(pairs)
    }
}

/// What the form of a piece of news sends.
struct SiteNewsForm: Sendable {
    let content: SiteNewsContent
    let problems: [FieldProblem]

    init(_ form: FormValues) {
        var problems: [FieldProblem] = []
        func day(_ name: String) -> LocalDate? {
            guard let text = form.text(name) else { return nil }
            let day = LocalDate(iso: text)
            if day == nil { problems.append(FieldProblem(field: name, message: "日期写成 2015-09-30")) }
            return day
        }
        let from = day("from"), until = day("until")
        content = SiteNewsContent(
            title: ChineseText.normalised(form["title"] ?? ""), body: FormValuesText.paragraphs(form["body"] ?? ""),
            from: from, until: until)
        self.problems = problems
    }

    static func values(_ content: SiteNewsContent) -> FormValues {
        FormValues([
            ("title", content.title), ("body", content.body), ("from", content.from?.iso ?? ""),
            ("until", content.until?.iso ?? ""),
        ])
    }
}
