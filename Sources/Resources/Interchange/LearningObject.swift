import Kernel
import Platform

/// A resource in the words of learning object metadata: IEEE 1484.12.1 (GB/T 21365, CELTS-42), written as IEEE 1484.12.3
/// binds it to XML.
struct LearningObject: Sendable {
    static let namespace = "http://ltsc.ieee.org/xsd/LOM"
    static let schema = "http://ltsc.ieee.org/xsd/lomv1.0/lom.xsd"
    /// Source of the vocabularies that the standard has itself.
    private static let standard = "LOMv1.0"
    /// Source of vocabularies of the city.
    private static let own = "FCG"

    let facts: ItemFacts
    /// Absolute address of its page.
    let address: String
    /// Identifiers besides the platform's own, each with its catalogue.
    var identifiers: [(catalog: String, entry: String)] = []

    /// The element `lom` with its namespace.
    func write(to writer: inout XMLWriter) {
        let attributes: [(StaticString, String)] = [
            ("xmlns", LearningObject.namespace), ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            ("xsi:schemaLocation", LearningObject.namespace + " " + LearningObject.schema),
        ]
        writer.element("lom", attributes) { lom in
            general(&lom)
            lifeCycle(&lom)
            metaMetadata(&lom)
            technical(&lom)
            educational(&lom)
            rights(&lom)
            relation(&lom)
            classification(&lom)
        }
    }

    private func general(_ lom: inout XMLWriter) {
        let content = facts.content
        lom.element("general") { general in
            for (catalog, entry) in [("FCG:RES", facts.identifier)] + identifiers {
                LearningObject.identifier(catalog, entry, &general)
            }
            words("title", content.title, &general)
            general.element("language", text: content.language)
            words("description", content.summary.isEmpty ? content.title : content.summary, &general)
            for tag in content.tags.isEmpty ? facts.subjects : content.tags { words("keyword", tag, &general) }
            if let area = facts.area { words("coverage", area.name, &general) }
        }
    }

    private func lifeCycle(_ lom: inout XMLWriter) {
        lom.element("lifeCycle") { cycle in
            words("version", String(max(facts.item.version, 1)), &cycle)
            LearningObject.term("status", facts.item.version > 0 ? "final" : "draft", &cycle)
            for name in facts.authors { contribute("author", name, "", facts.item.createdAt, &cycle) }
            contribute("publisher", "", facts.item.schoolName, facts.item.publishedAt, &cycle)
        }
    }

    private func metaMetadata(_ lom: inout XMLWriter) {
        lom.element("metaMetadata") { meta in
            LearningObject.identifier("FCG:RES", facts.identifier + ":metadata", &meta)
            meta.element("metadataSchema", text: LearningObject.standard)
            meta.element("metadataSchema", text: "CELTS-42")
            meta.element("language", text: "zh-CN")
        }
    }

    private func technical(_ lom: inout XMLWriter) {
        lom.element("technical") { technical in
            for format in facts.formats { technical.element("format", text: format) }
            if facts.size > 0 { technical.element("size", text: String(facts.size)) }
            technical.element("location", text: address)
            if facts.item.content.type.isRecorded, let minutes = facts.content.minutes {
                technical.element("duration") { $0.element("duration", text: "PT\(minutes)M") }
            }
        }
    }

    private func educational(_ lom: inout XMLWriter) {
        let content = facts.content
        lom.element("educational") { educational in
            if let kind = LearningObject.kinds[content.type] {
                LearningObject.term("learningResourceType", kind, &educational)
            }
            LearningObject.term("learningResourceType", facts.item.typeTitle, of: LearningObject.own, &educational)
            for audience in content.audience {
                if let role = LearningObject.roles[audience] {
                    LearningObject.term("intendedEndUserRole", role, &educational)
                }
            }
            if !facts.places.isEmpty { LearningObject.term("context", "school", &educational) }
            var stages: Set<String> = []
            for place in facts.places where stages.insert(place.textbook.key.stage).inserted {
                LearningObject.term("context", place.textbook.key.stageTitle, of: LearningObject.own, &educational)
            }
            var grades: Set<String> = []
            for place in facts.places where grades.insert(place.textbook.key.gradeTitle).inserted {
                if !place.textbook.key.gradeTitle.isEmpty {
                    words("typicalAgeRange", place.textbook.key.gradeTitle, &educational)
                }
            }
            if let minutes = content.minutes {
                educational.element("typicalLearningTime") { $0.element("duration", text: "PT\(minutes)M") }
            }
            educational.element("language", text: content.language)
        }
    }

    private func rights(_ lom: inout XMLWriter) {
        let content = facts.content, licence = facts.item.licence
        let isFree = content.licence == "public-domain"
        lom.element("rights") { rights in
            LearningObject.term("cost", "no", &rights)
            LearningObject.term("copyrightAndOtherRestrictions", isFree ? "no" : "yes", &rights)
            let parts = [licence?.name ?? "", licence?.address ?? "", content.source].filter { !$0.isEmpty }
            words("description", parts.joined(separator: "；"), &rights)
        }
    }

    private func relation(_ lom: inout XMLWriter) {
        guard let parent = facts.parent else { return }
        lom.element("relation") { relation in
            LearningObject.term("kind", "isbasedon", &relation)
            relation.element("resource") { resource in
                LearningObject.identifier("FCG:RES", "FCG:RES:\(parent.id)", &resource)
                words("description", parent.title, &resource)
            }
        }
    }

    /// Each lesson as a path from the subject down to the lesson (category 9).
    private func classification(_ lom: inout XMLWriter) {
        for place in facts.places {
            let key = place.textbook.key
            lom.element("classification") { classification in
                LearningObject.term("purpose", "discipline", &classification)
                classification.element("taxonPath") { path in
                    words("source", "教材目录", &path)
                    let steps = [
                        (key.stage, key.stageTitle), (key.subject, key.subjectTitle), (key.edition, key.editionTitle),
                        (key.grade + "." + key.volume, key.volumeName), ("", place.unit),
                        (place.node.code ?? place.node.id.rawValue, place.node.title),
                    ]
                    for (id, title) in steps where !title.isEmpty {
                        path.element("taxon") { taxon in
                            taxon.optional("id", text: id)
                            words("entry", title, &taxon)
                        }
                    }
                }
            }
        }
    }

    private func words(_ name: StaticString, _ text: String, _ writer: inout XMLWriter) {
        guard !text.isEmpty else { return }
        writer.element(name) { $0.element("string", [("language", "zh-CN")], text: text) }
    }

    private static func identifier(_ catalog: String, _ entry: String, _ writer: inout XMLWriter) {
        writer.element("identifier") { identifier in
            identifier.element("catalog", text: catalog)
            identifier.element("entry", text: entry)
        }
    }

    private static func term(
        _ name: StaticString, _ value: String, of source: String = standard, _ writer: inout XMLWriter
    ) {
        writer.element(name) { term in
            term.element("source", text: source)
            term.element("value", text: value)
        }
    }

    /// The entity is a vCard 3.0 (RFC 2426), as the standard asks.
    private func contribute(
        _ role: String, _ name: String, _ organisation: String, _ moment: Timestamp?, _ writer: inout XMLWriter
    ) {
        writer.element("contribute") { contribute in
            LearningObject.term("role", role, &contribute)
            contribute.element("entity", text: LearningObject.card(name, organisation))
            if let moment {
                contribute.element("date") { $0.element("dateTime", text: moment.day.iso) }
            }
        }
    }

    static func card(_ name: String, _ organisation: String) -> String {
        func escaped(_ text: String) -> String {
            text.reduce(into: "") { out, character in
                if "\\;,".contains(character) { out.append("\\") }
                if !character.isNewline { out.append(character) }
            }
        }
        var lines = ["BEGIN:VCARD", "VERSION:3.0", "FN:" + escaped(name.isEmpty ? organisation : name)]
        lines.append("N:" + escaped(name.isEmpty ? organisation : name) + ";;;;")
        if !organisation.isEmpty { lines.append("ORG:" + escaped(organisation)) }
        return (lines + ["END:VCARD"]).joined(separator: "\r\n")
    }

    /// LOM 5.2 for our types; what the standard has no word for stands only in our own.
    private static let kinds = [
        "lesson-plan": "narrative text", "study-guide": "exercise", "slides": "slide", "questions": "exercise",
        "paper": "exam", "micro-lesson": "lecture", "lesson-recording": "lecture", "digital-textbook": "narrative text",
        "image": "figure", "animation": "simulation",
    ]
    /// LOM 5.5
    private static let roles = ["teacher": "teacher", "student": "learner", "manager": "manager"]
}

extension String {
    /// Whether a resource of this type plays by itself.
    fileprivate var isRecorded: Bool {
        ["micro-lesson", "lesson-recording", "audio", "clip", "animation"].contains(self)
    }
}

extension Licence {
    /// Where the licence stands; empty for those of the city.
    var address: String {
        switch code {
        case "public-domain": "https://creativecommons.org/publicdomain/mark/1.0/"
        case let code where code.hasPrefix("cc-"): "https://creativecommons.org/licenses/\(code.dropFirst(3))/4.0/"
        default: ""
        }
    }
}
