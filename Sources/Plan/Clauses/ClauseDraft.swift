/// One clause of a plan document as cut, before a person has accepted it.
package struct ClauseDraft: Hashable, Sendable, Codable {
    package internal(set) var numbering: ClauseNumber
    /// The number as the document writes it, with its mark (`一、`, `（三）`); empty for unnumbered clauses.
    package internal(set) var token: String
    /// The place in the document: the labels from the outermost clause down, joined by `/`: `三/(四)`.
    package internal(set) var path = ""
    /// How deep the clause stands, counted from 1.
    package internal(set) var level = 1
    /// The line with the number where that line is only a title; `nil` where it is the first paragraph of the text.
    package internal(set) var heading: String?
    /// The paragraphs, joined by `\n`, as they stand in the document without the white space around each.
    package internal(set) var text: String

    init(numbering: ClauseNumber, token: String, heading: String? = nil, text: String = "") {
        (self.numbering, self.token, self.heading, self.text) = (numbering, token, heading, text)
    }

    /// The number alone, as it reads in the path: `(三)`.
    package var number: String { numbering.label }

    package var paragraphs: [String] {
        text.isEmpty ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The line that carries the number, without it: the heading, else the first paragraph.
    package var opening: String { heading ?? paragraphs.first ?? "" }

    /// The clause as the document writes it, a line each.
    package var lines: [String] {
        var lines = paragraphs
        if let heading { lines.insert(heading, at: 0) }
        if lines.isEmpty { return token.isEmpty ? [] : [token] }
        lines[0] = token + lines[0]
        return lines
    }

    /// A short name for lists: the heading, or the first sentence where it is short, without its full stop;
    /// otherwise the beginning of the text with `…`.
    package var shortTitle: String {
        let opening = opening
        if let heading {
            return heading.last == "。" ? String(heading.dropLast()) : heading
        }
        if let end = opening.firstIndex(of: "。"), opening.distance(from: opening.startIndex, to: end) <= 40 {
            return String(opening[..<end])
        }
        return opening.count <= 24 ? opening : opening.prefix(24) + "…"
    }
}

/// Text of the document that stands in no clause, kept so that a person can see it and bring it back.
package struct DroppedText: Hashable, Sendable, Codable {
    package enum Reason: String, Hashable, Sendable, Codable {
        case repeated, caption, signature, documentNumber, contents, pageNumber, attachment, byHand

        /// The reason as a person reads it.
        package var title: String {
            switch self {
            case .repeated: "重复文字"
            case .caption: "文末说明"
            case .signature: "落款"
            case .documentNumber: "文号"
            case .contents: "目录"
            case .pageNumber: "页码"
            case .attachment: "附件"
            case .byHand: "人工删除"
            }
        }
    }

    package let text: String
    package let reason: Reason
    /// The path of the clause it followed; `nil` before the first clause.
    package let after: String?

    package init(text: String, reason: Reason, after: String?) {
        (self.text, self.reason, self.after) = (text, reason, after)
    }
}

/// Something in a draft that a person should look at.
package struct ClauseFinding: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable {
        case repeatedTextDropped, emptyQuotation, numberGap, duplicateNumber, outOfOrder, longClause, blankClause
        /// A paragraph inside a clause begins like a numbered clause.
        case uncutNumber
        case noNumbering
    }

    package let kind: Kind
    /// The clause it is about, as an index into the draft's clauses; `nil` when it is about none.
    package let clause: Int?
    package let path: String?
    /// What is to be looked at, in Chinese.
    package let message: String

    /// Whether the draft cannot become a plan before this is put right: two clauses would have one path.
    package var isBlocking: Bool { kind == .duplicateNumber }
}

/// A plan document cut into clauses, with what was left out and what a person should look at. It is changed only by the
/// operations of the preview, each of which keeps paths, levels and findings right.
package struct PlanDraft: Hashable, Sendable, Codable {
    package let title: String?
    package private(set) var clauses: [ClauseDraft]
    package private(set) var dropped: [DroppedText]
    package private(set) var findings: [ClauseFinding] = []

    init(title: String?, clauses: [ClauseDraft], dropped: [DroppedText]) {
        (self.title, self.clauses, self.dropped) = (title, clauses, dropped)
        settle()
    }

    /// The same draft with other clauses or dropped texts, its paths, levels and findings settled anew.
    func with(clauses: [ClauseDraft]? = nil, dropped: [DroppedText]? = nil) -> PlanDraft {
        PlanDraft(title: title, clauses: clauses ?? self.clauses, dropped: dropped ?? self.dropped)
    }

    /// Whether the draft can become a plan.
    package var isAcceptable: Bool { !clauses.isEmpty && !findings.contains(where: \.isBlocking) }

    private mutating func settle() {
        var above: [(rank: Int, label: String)] = []
        var unnumbered = 0
        for index in clauses.indices {
            let number = clauses[index].numbering
            let labels: [String]
            if let rank = number.style.rank {
                while let last = above.last, last.rank >= rank { above.removeLast() }
                above.append((rank, number.label))
                labels = above.map(\.label)
            } else if number.style == .preamble {
                above = []
                labels = [number.label]
            } else {
                unnumbered += 1
                clauses[index].numbering = ClauseNumber(.unnumbered, unnumbered)
                labels = above.dropLast().map(\.label) + [clauses[index].numbering.label]
            }
            clauses[index].path = labels.joined(separator: "/")
            clauses[index].level = labels.count
        }
        findings = PlanDocument.findings(clauses: clauses, dropped: dropped)
    }
}

/// A clause in outline, in the form of the reference lists that cutting is checked against.
package struct ClauseOutline: Hashable, Sendable, Codable {
    package let path: String
    /// The title of an outermost clause.
    package let heading: String?
    /// The first 16 characters of the numbered line, without the number; `nil` where `heading` stands.
    package let begins: String?
    /// The length of the numbered line with its number, in characters; 0 where `heading` stands.
    package let chars: Int
    /// How many paragraphs follow the numbered line; `nil` for none.
    package let paragraphs: Int?
}

extension PlanDraft {
    package var outline: [ClauseOutline] {
        clauses.map { clause in
            let isChapter = clause.level == 1 && clause.heading != nil && clause.numbering.style != .preamble
            let following = clause.lines.count - 1
            return ClauseOutline(
                path: clause.path, heading: isChapter ? clause.heading : nil,
                begins: isChapter ? nil : String(clause.opening.prefix(16)),
                chars: isChapter ? 0 : (clause.lines.first ?? "").count, paragraphs: following > 0 ? following : nil)
        }
    }
}
