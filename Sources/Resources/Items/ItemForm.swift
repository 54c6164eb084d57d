import Directory
import Kernel
import Platform
import Web

/// What the form of a resource sends.
struct ItemForm: Sendable {
    let content: ItemContent
    /// Names of the other authors, as typed.
    let others: [String]
    /// Names of the pupils whose works or pictures it shows, as typed.
    let pupils: String

    /// - Parameter form: as sent; whatever cannot be is left for the rules to find.
    init(_ form: FormValues, isAdaptation: Bool) {
        func text(_ name: String) -> String { ChineseText.normalised(form[name] ?? "") }
        let minutes = text("minutes")
        content = ItemContent(
            title: text("title"), type: form["type"] ?? "", nodes: form.all("node"),
            summary: FormValuesText.paragraphs(form["summary"] ?? ""), tags: ItemForm.parts(text("tags")),
            language: form["language"] ?? "zh-CN", audience: form.all("audience"),
            minutes: minutes.isEmpty ? nil : Int(minutes) ?? 0, licence: form["licence"] ?? "",
            origin: isAdaptation ? "adapted" : form["origin"] ?? "", source: text("source"),
            isStated: form.has("stated"), visibility: ItemVisibility(rawValue: form["visibility"] ?? "") ?? .school,
            pupilUses: form.all("pupil_use").filter { PupilUse(rawValue: $0) != nil })
        pupils = content.pupilUses == [] ? "" : text("pupils")
        others = ItemForm.parts(text("authors"))
    }

    /// What the form shows of a content.
    static func values(_ content: ItemContent, authors: [String], pupils: String = "") -> FormValues {
        var pairs: [(name: String, value: String)] = [
            ("title", content.title), ("type", content.type), ("summary", content.summary),
            ("tags", content.tags.joined(separator: "、")), ("language", content.language),
            ("minutes", content.minutes.map { String($0) } ?? ""), ("licence", content.licence),
            ("origin", content.origin), ("source", content.source), ("visibility", content.visibility.rawValue),
            ("authors", authors.joined(separator: "、")), ("pupils", pupils),
        ]
        pairs += content.nodes.map { ("node", $0) } + content.audience.map { ("audience", $0) }
        pairs += (content.pupilUses ?? []).map { ("pupil_use", $0) }
        if content.isStated { pairs.append(("stated", "1")) }
        return FormValues(pairs)
    }

    private static func parts(_ text: String) -> [String] {
        var seen: Set<String> = []
        return text.split { "、,，;； ".contains($0) }.map(String.init).filter { seen.insert($0).inserted }
    }

    /// The colleagues of the names, of the school's staff on the day or authors already. Throws `DomainError.invalid`
    /// for `authors`.
    func colleagues(_ staff: [Appointment], knowing authors: [ItemAuthor] = []) throws -> [ID<Person>] {
        try others.map { name in
            if let author = authors.first(where: { $0.name == name }) { return author.person }
            let people = Set(staff.filter { $0.personName == name }.map(\.person))
            guard let person = people.first else {
                throw DomainError.invalid("authors", "本校没有教职工“\(name)”")
            }
            guard people.count == 1 else {
                throw DomainError.invalid("authors", "本校有 \(people.count) 位“\(name)”，请联系学校管理员")
            }
            return person
        }
    }
}

/// Text of several lines as people type it.
enum FormValuesText {
    /// Each line brought into order, empty lines at the ends left out.
    static func paragraphs(_ text: String) -> String {
        // A browser sends CR LF, which is one character.
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
            ChineseText.normalised(String($0))
        }
        .joined(separator: "\n").trimmingLines
    }
}

extension String {
    fileprivate var trimmingLines: String {
        var lines = split(separator: "\n", omittingEmptySubsequences: false)
        while lines.first?.isEmpty ?? false { lines.removeFirst() }
        while lines.last?.isEmpty ?? false { lines.removeLast() }
        return lines.joined(separator: "\n")
    }
}
