extension PlanDocument {
    /// The longest a clause may be, in characters, before a person is asked whether it should be split.
    static let longestClause = 1200

    /// What a person should look at: in the order of the clauses, dropped repetitions first.
    static func findings(clauses: [ClauseDraft], dropped: [DroppedText]) -> [ClauseFinding] {
        let places = Dictionary(
            clauses.enumerated().map { ($1.path, $0) }, uniquingKeysWith: { first, _ in first })
        var findings = dropped.filter { $0.reason == .repeated }.map { text in
            ClauseFinding(
                kind: .repeatedTextDropped, clause: text.after.flatMap { places[$0] }, path: text.after,
                message: "重复文字只保留一次：“\(excerpt(text.text))”")
        }
        if !clauses.contains(where: { $0.numbering.style.rank != nil }) {
            findings.append(
                ClauseFinding(kind: .noNumbering, clause: nil, path: nil, message: "没有找到条款编号，全文作为一条，请人工拆分"))
        }
        var sequence = NumberSequence()
        for (index, clause) in clauses.enumerated() {
            func add(_ kind: ClauseFinding.Kind, _ message: String) {
                findings.append(ClauseFinding(kind: kind, clause: index, path: clause.path, message: message))
            }
            if let (kind, message) = sequence.next(clause) { add(kind, message) }
            let hasChildren = index + 1 < clauses.count && clauses[index + 1].level > clause.level
            if clause.opening.isEmpty || clause.text.isEmpty && !hasChildren && clause.heading != nil {
                add(.blankClause, clause.opening.isEmpty ? "只有编号，没有文字" : "只有标题，没有正文")
            }
            if clause.text.count > longestClause {
                add(.longClause, "本条有\(clause.text.count)字，请看是否漏了编号、需要拆分")
            }
            for paragraph in clause.paragraphs.dropFirst(clause.heading == nil ? 1 : 0)
            where ClauseNumbering.looksNumbered(paragraph) {
                add(.uncutNumber, "段首像编号，没有拆成条款：“\(excerpt(paragraph))”")
            }
            for paragraph in (clause.heading.map { [$0] } ?? []) + clause.paragraphs {
                for surroundings in emptyQuotations(in: paragraph) {
                    add(.emptyQuotation, "引号内是空的，按原文保留：“\(surroundings)”")
                }
            }
        }
        return findings
    }

    private static func excerpt(_ text: String) -> String { text.count <= 20 ? text : text.prefix(20) + "…" }

    /// Each pair of quotation marks with nothing or only white space between, with a few characters on either side.
    static func emptyQuotations(in paragraph: String) -> [String] {
        let characters = Array(paragraph)
        let pairs: [Character: Character] = ["“": "”", "‘": "’", "「": "」", "『": "』", "《": "》"]
        var found: [String] = []
        for start in characters.indices {
            guard let close = pairs[characters[start]] else { continue }
            var end = start + 1
            while end < characters.count, characters[end].isWhitespace { end += 1 }
            guard end < characters.count, characters[end] == close else { continue }
            found.append(String(characters[max(0, start - 4)...min(characters.count - 1, end + 6)]))
        }
        return found
    }

    /// Follows the numbers of one document. Articles run on over chapters; all others count anew in each clause.
    private struct NumberSequence {
        private var last: [String: Int] = [:]
        private var paths: Set<String> = []

        mutating func next(_ clause: ClauseDraft) -> (ClauseFinding.Kind, String)? {
            let number = clause.numbering
            guard paths.insert(clause.path).inserted else {
                return (.duplicateNumber, "编号“\(clause.path)”重复，请改编号或合并")
            }
            guard number.style.rank != nil else { return nil }
            let parent = number.style == .article ? "" : clause.path.dropLast(number.label.count)
            let series = "\(number.style.rawValue) \(parent)"
            let previous = last[series] ?? 0
            last[series] = max(previous, number.value)
            if number.value > previous + 1 {
                let missing = ClauseNumber(number.style, previous + 1).label
                return (.numberGap, "编号不连续：“\(clause.path)”之前缺少“\(missing)”")
            }
            if number.value <= previous {
                return (.outOfOrder, "编号次序不对：“\(clause.path)”排在“\(ClauseNumber(number.style, previous).label)”之后")
            }
            return nil
        }
    }
}
