import Database
import Kernel
import Platform

/// Who finds an external resource.
enum ExternalAudience: String, Column, Sendable, CaseIterable {
    case everybody
    /// Whoever works with resources.
    case staff

    var title: String { self == .everybody ? "所有人" : "教师" }
}

/// 链接状态 of an entry that the city keeps itself.
enum LinkState: String, Column, Sendable, CaseIterable {
    case unchecked, ok, moved, gone, failing, timeout

    var title: String {
        switch self {
        case .unchecked: "待检查"
        case .ok: "有效"
        case .moved: "已迁移"
        case .gone: "已失效"
        case .failing: "打不开"
        case .timeout: "超时"
        }
    }

    var isGood: Bool { self == .ok || self == .moved || self == .unchecked }
}

/// What is told of a resource that lies elsewhere. No file of it is kept.
struct ExternalContent: Sendable, Equatable {
    var title: String
    var description = ""
    /// Words of its subjects.
    var subjects: [String] = []
    /// Code of 任课学段; empty when not told.
    var stage = ""
    /// Code of the list of courses; empty when not told.
    var subject = ""
    /// Where it is opened.
    var link: String
    /// Who made or offers it.
    var provider = ""
    /// A code of our licences, or what the source says.
    var licence = ""
    var language = ""

    static let longestTitle = 300
    static let longestDescription = 2_000
    static let longestWords = 200

    /// Texts of others, brought into order and cut to length; `nil` with the reason in Chinese when it cannot be taken.
    func taken() -> Result<ExternalContent, ExternalFault> {
        var content = self
        content.title = ExternalContent.cut(title, ExternalContent.longestTitle)
        guard !content.title.isEmpty else { return .failure(ExternalFault("没有标题")) }
        guard !link.isEmpty else { return .failure(ExternalFault("没有可以打开的网址")) }
        guard let address = WebLink(link) else { return .failure(ExternalFault("网址不能使用")) }
        content.link = address.text
        content.description = ExternalContent.cut(description, ExternalContent.longestDescription)
        var seen: Set<String> = []
        content.subjects = subjects.map { ExternalContent.cut($0, 60) }
            .filter { !$0.isEmpty && seen.insert($0).inserted }.prefix(20).map { $0 }
        content.provider = ExternalContent.cut(provider, ExternalContent.longestWords)
        content.licence = LicenceWords.code(of: ExternalContent.cut(licence, ExternalContent.longestWords))
        content.language = ExternalContent.cut(language, 20)
        return .success(content)
    }

    private static func cut(_ text: String, _ limit: Int) -> String {
        let normal = ChineseText.normalised(text)
        let kept = normal.unicodeScalars.filter(XMLWriter.isAllowed)
        return String(String.UnicodeScalarView(kept.prefix(limit)))
    }

    var licenceTitle: String { ResourceLists.licence(licence)?.name ?? licence }

    /// Changes exactly when something of it changes.
    var digest: String {
        let parts = [title, description, stage, subject, link, provider, licence, language] + subjects
        return Hex.encode(SHA256.hash(parts.joined(separator: "\u{1F}")))
    }

    /// The terms by which it is found.
    var terms: Set<String> {
        var terms: Set<String> = []
        for text in [title, provider, description] + subjects {
            terms.formUnion(ExternalTerms.of(text))
            if terms.count > ExternalTerms.most { break }
        }
        return terms
    }
}

/// Why an entry is not taken.
struct ExternalFault: Error, Sendable, Equatable {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}

/// Pairs of ideographs, single ones where no pair is, and words.
enum ExternalTerms {
    static let most = 600

    static func of(_ text: String) -> Set<String> {
        var terms: Set<String> = []
        for run in SearchText.runs(of: text) {
            guard run.kind == .chinese else {
                terms.insert(String(run.text.prefix(24)))
                continue
            }
            for scalar in run.scalars { terms.insert(String(Character(scalar))) }
            for pair in SearchText.pairs(run.scalars) { terms.insert(pair) }
        }
        return terms
    }

    /// What must all stand in an entry that is asked for by the text, the longest first; at most eight.
    static func asking(_ text: String) -> [String] {
        var terms: [String] = []
        for run in SearchText.runs(of: text) {
            if run.kind != .chinese {
                terms.append(String(run.text.prefix(24)))
            } else if run.scalars.count == 1 {
                terms.append(run.text)
            } else {
                terms += SearchText.pairs(run.scalars)
            }
        }
        var seen: Set<String> = []
        return Array(terms.filter { seen.insert($0).inserted }.prefix(8))
    }
}

/// Licences as others write them.
enum LicenceWords {
    /// The version that our licences have.
    private static let version = "4.0"

    /// A code of ours where the words say one of them, another version by its name, else the words.
    static func code(of words: String) -> String {
        let text = words.lowercased()
        if ResourceLists.licence(text) != nil { return text }
        if let known = ResourceLists.licences.first(where: { $0.name == words }) { return known.code }
        guard let range = text.range(of: "creativecommons.org/") else { return words }
        let parts = text[range.upperBound...].split(separator: "/")
        guard parts.count >= 2 else { return words }
        if parts[0] == "publicdomain" { return "public-domain" }
        let code = "cc-" + parts[1], rest = parts.dropFirst(2)
        guard parts[0] == "licenses", ResourceLists.licence(code) != nil else { return words }
        let told = rest.first?.prefix { $0.isNumber || $0 == "." } ?? ""
        if told == version { return code }
        // Before 4.0 there were those of single countries; behind the version or the country stands the form of the text.
        let country = rest.dropFirst().first?.prefix { $0.isLetter } ?? ""
        let isCountry = country.count == 2 || ["igo", "scotland"].contains(country)
        let words = ["cc", parts[1], told, isCountry ? country : ""].filter { !$0.isEmpty }
        return words.joined(separator: " ").uppercased()
    }
}

/// 外部资源: an entry of a source, or of the city's own catalogue of free public resources.
struct ExternalEntry: Sendable, Equatable {
    let id: ID<ExternalEntry>
    /// `nil` for the city's own catalogue.
    let source: ID<HarvestSource>?
    /// Of the source; the city for its own.
    let sourceName: String
    /// As the source names it; the link for the city's own.
    let identifier: String
    let content: ExternalContent
    let audience: ExternalAudience
    let revision: Int
    let changedAt: Timestamp
    let changedBy: String
    let link: LinkCheck

    struct LinkCheck: Sendable, Equatable {
        let state: LinkState
        let checkedAt: Timestamp?
        /// How often in a row it did not open.
        let failures: Int
        /// Where it has moved to; empty otherwise.
        let target: String
        /// Not shown until it opens again.
        let isHidden: Bool
    }

    static let columns: SQL =
        """
        e.id, e.source_id, COALESCE(s.name, ''), e.identifier, e.title, e.description, e.subjects, e.stage, e.subject,
        e.link, e.provider, e.licence, e.language, e.audience, e.revision, e.changed_at, e.changed_by, e.link_state,
        e.checked_at, e.failures, e.link_target, e.is_hidden
        """
    static let source: SQL = "resources_external e LEFT JOIN resources_source s ON s.id = e.source_id"

    init(_ row: borrowing Row) throws {
        id = try row.get(0)
        let source: String = try row.get(1)
        self.source = source.isEmpty ? nil : ID<HarvestSource>(source)
        let name: String = try row.get(2)
        sourceName = source.isEmpty ? "公共免费资源目录" : name
        identifier = try row.get(3)
        let subjects: String = try row.get(6)
        content = ExternalContent(
            title: try row.get(4), description: try row.get(5),
            subjects: subjects.split(separator: "\n").map(String.init), stage: try row.get(7), subject: try row.get(8),
            link: try row.get(9), provider: try row.get(10), licence: try row.get(11), language: try row.get(12))
        (audience, revision, changedAt, changedBy) = (
            try row.get(13), try row.get(14), try row.get(15), try row.get(16)
        )
        link = LinkCheck(
            state: try row.get(17), checkedAt: try row.get(18), failures: try row.get(19), target: try row.get(20),
            isHidden: try row.get(21))
    }

    /// 小学语文; empty when neither is told.
    var area: String {
        let stage = content.stage.isEmpty ? "" : TextbookKey.stageTitle(content.stage)
        let subject = content.subject.isEmpty ? "" : TextbookSubject.title(content.subject, stage: content.stage)
        return stage + subject
    }
}

extension TextbookKey {
    static func stageTitle(_ code: String) -> String {
        TextbookKey(stage: code, subject: "", edition: "", grade: "", volume: "").stageTitle
    }
}
