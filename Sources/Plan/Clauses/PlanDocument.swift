/// Cuts plan documents into clauses by their official numbering. Text is never altered: only the white space around
/// paragraphs goes, and the number stands apart from its clause.
package enum PlanDocument {
    /// The paragraphs of a plain text: its lines, by any line end.
    package static func paragraphs(of text: String) -> [String] {
        text.split(separator: "\u{FEFF}", omittingEmptySubsequences: true).joined()
            .split(whereSeparator: \.isNewline).map(String.init)
    }

    /// Cuts a document. Blank paragraphs are passed over. What is left out (repeated text, captions after the end,
    /// contents, page numbers) is listed in the draft. A document without numbers becomes one clause, and a finding
    /// says so.
    package static func cut(paragraphs: [String]) -> PlanDraft {
        var cutting = Cutting()
        let all = paragraphs.map(trimmed).filter { !$0.isEmpty }
        let end = all.count - trailing(all).count
        for (index, paragraph) in all.enumerated() where index < end { cutting.take(paragraph) }
        for (paragraph, reason) in trailing(all) { cutting.drop(paragraph, reason) }
        return cutting.draft()
    }

    static func trimmed(_ text: String) -> String {
        let head = text.drop(while: isBlank)
        guard let last = head.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(head[...last])
    }

    private static func isBlank(_ character: Character) -> Bool {
        character.isWhitespace || character == "\u{200B}" || character == "\u{FEFF}"
    }

    static func isSentenceEnd(_ character: Character) -> Bool { "。!！?？;；".contains(character) }
    private static func isComma(_ character: Character) -> Bool { ",，".contains(character) }

    /// Whether a line may be a title: short, without sentences. One full stop at the end is allowed.
    private static func isTitle(_ line: String) -> Bool {
        let body = line.last.map(isSentenceEnd) == true ? line.dropLast() : line[...]
        return !body.isEmpty && body.count <= 40 && !body.contains(where: isSentenceEnd)
            && !body.contains(where: { ":：".contains($0) })
    }

    /// Notices that hand a plan on have long titles, which end in the kind of paper they are.
    private static func isLongTitle(_ line: String) -> Bool {
        let closing = ["通知", "计划", "规划", "方案", "意见", "办法", "纲要", "要点"]
        let body = line.last.map { ")）".contains($0) } == true ? line.prefix { !"(（".contains($0) } : line[...]
        return line.count <= 80 && closing.contains(where: body.hasSuffix) && !line.contains { ":：".contains($0) }
    }

    /// The paragraphs after the end of the document, with why each is left out: captions of pictures, page furniture,
    /// and the signature with its date.
    private static func trailing(_ paragraphs: [String]) -> [(String, DroppedText.Reason)] {
        var found: [(String, DroppedText.Reason)] = []
        for paragraph in paragraphs.reversed() {
            guard ClauseNumbering.read(paragraph) == nil, paragraph.count <= 40,
                !paragraph.contains(where: { isSentenceEnd($0) || isComma($0) })
            else { break }
            if captionWords.contains(where: paragraph.contains) {
                found.append((paragraph, .caption))
            } else if isPageNumber(paragraph) {
                found.append((paragraph, .pageNumber))
            } else if isDate(paragraph) {
                found.append((paragraph, .signature))
            } else if found.last?.1 == .signature, issuers.contains(where: paragraph.hasSuffix) {
                found.append((paragraph, .signature))
            } else {
                break
            }
        }
        return found.count == paragraphs.count ? [] : found.reversed()
    }

    private static let captionWords = [
        "二维码", "订阅号", "服务号", "公众号", "微信", "扫一扫", "扫码", "打印本页", "关闭窗口", "责任编辑", "附件下载",
        "此页无正文", "主动公开", "依申请公开",
    ]
    private static let issuers = ["局", "府", "会", "厅", "委", "室", "院", "部", "中心"]

    private static func isDate(_ line: String) -> Bool {
        line.hasSuffix("日") && line.contains("年") && line.contains("月") && line.count <= 16
    }

    static func isPageNumber(_ line: String) -> Bool {
        line.count <= 9 && line.contains(where: \.isNumber)
            && line.allSatisfy { $0.isWholeNumber && $0.isASCII || $0.isWhitespace || "-—–－·".contains($0) }
    }

    /// One pass over the paragraphs of a document.
    private struct Cutting {
        private struct Piece {
            let number: ClauseNumber
            let token: String
            /// The lines without the number; the first carried it.
            var lines: [String]
        }

        /// From how many characters on a paragraph that comes again inside one clause is taken for a slip.
        private static let shortestRepetition = 20

        private var title: [String] = []
        private var pieces: [Piece] = []
        /// The lines of the last piece.
        private var known: Set<String> = []
        private var open: [ClauseNumber] = []
        private var articles = 0
        private var dropped: [(text: String, reason: DroppedText.Reason, after: Int)] = []
        private var previous = ""
        private var contents: [String]?
        private var inAttachment = false

        mutating func take(_ paragraph: String) {
            if inAttachment || beginsAttachment(paragraph) {
                inAttachment = true
                drop(paragraph, .attachment)
            } else if PlanDocument.isPageNumber(paragraph) {
                drop(paragraph, .pageNumber)
            } else if isContents(paragraph) {
                drop(paragraph, .contents)
            } else if let reading = ClauseNumbering.read(paragraph), follows(reading) {
                begin(reading, paragraph)
            } else {
                append(paragraph)
            }
        }

        mutating func drop(_ paragraph: String, _ reason: DroppedText.Reason) {
            dropped.append((paragraph, reason, pieces.count - 1))
        }

        /// An attachment's own numbers are not the plan's.
        private func beginsAttachment(_ paragraph: String) -> Bool {
            guard !open.isEmpty, paragraph.hasPrefix("附") else { return false }
            let rest = paragraph.dropFirst(paragraph.hasPrefix("附件") ? 2 : 1)
                .drop { $0.isWholeNumber || $0.isWhitespace || ChineseNumeral.isPart($0) }
            return rest.first.map { ":：".contains($0) } ?? paragraph.hasPrefix("附件")
        }

        /// A table of contents: from 目录 to the line that its first entry repeats.
        private mutating func isContents(_ paragraph: String) -> Bool {
            if open.isEmpty, contents == nil, paragraph.filter({ !$0.isWhitespace }) == "目录" {
                contents = []
                return true
            }
            guard let entries = contents else { return false }
            let entry = paragraph.prefix { !"….\t".contains($0) }
            let key = entry.filter { !$0.isWhitespace && !$0.isASCII }
            let isEntry =
                entry.count <= 40 && !paragraph.contains(where: PlanDocument.isSentenceEnd)
                && (entry.count < paragraph.count || ClauseNumbering.read(paragraph) != nil)
            guard isEntry, entries.first != key else {
                contents = nil
                return false
            }
            contents = entries + [key]
            return true
        }

        /// Whether the number can begin a clause here.
        private func follows(_ reading: ClauseNumbering.Reading) -> Bool {
            let number = reading.number
            let last = number.style == .article ? articles : open.last { $0.style == number.style }?.value ?? 0
            if number.value == last + 1 { return true }
            // A paragraph that breaks off in a comma goes on here: the number belongs to its sentence.
            return !reading.needsSequence && !(previous.last.map(PlanDocument.isComma) ?? false)
        }

        private mutating func begin(_ reading: ClauseNumbering.Reading, _ paragraph: String) {
            let number = reading.number
            if let last = pieces.last, last.number == number, last.lines == [reading.rest] {
                drop(paragraph, .repeated)
                return
            }
            if open.isEmpty { settleFront() }
            if let rank = number.style.rank {
                open.removeAll { ($0.style.rank ?? rank) >= rank }
            }
            open.append(number)
            if number.style == .article { articles = number.value }
            let lines = reading.rest.isEmpty ? [] : [reading.rest]
            pieces.append(Piece(number: number, token: reading.token, lines: lines))
            known = Set(lines)
            previous = paragraph
        }

        private mutating func append(_ paragraph: String) {
            if pieces.isEmpty { pieces.append(Piece(number: .preamble, token: "", lines: [])) }
            let isRepeated = !known.insert(paragraph).inserted
            if isRepeated, open.isEmpty || paragraph.count >= Cutting.shortestRepetition {
                drop(paragraph, .repeated)
                return
            }
            pieces[pieces.count - 1].lines.append(paragraph)
            previous = paragraph
        }

        /// Parts title and document number from the text before the first numbered clause.
        private mutating func settleFront() {
            guard var front = pieces.first, front.number == .preamble else { return }
            var rest = front.lines[...]
            while let line = rest.first, title.count < 3 {
                if line.hasSuffix("号"), line.contains(where: { "〔[［".contains($0) }), line.count <= 30 {
                    dropped.append((line, .documentNumber, -1))
                } else if isTitleLine(line) {
                    title.append(line)
                } else {
                    break
                }
                rest = rest.dropFirst()
            }
            front.lines = Array(rest)
            pieces = front.lines.isEmpty ? [] : [front]
            if pieces.isEmpty { dropped = dropped.map { ($0.text, $0.reason, -1) } }
        }

        private func isTitleLine(_ line: String) -> Bool {
            (PlanDocument.isTitle(line) || PlanDocument.isLongTitle(line))
                && !line.contains(where: PlanDocument.isComma)
                && !line.contains(where: PlanDocument.isSentenceEnd) && !isForeword(line)
        }

        private func isForeword(_ line: String) -> Bool {
            ["前言", "序言", "引言"].contains(line.filter { !$0.isWhitespace })
        }

        mutating func draft() -> PlanDraft {
            if open.isEmpty, pieces.first.map({ $0.lines.count > 1 }) == true { settleFront() }
            var clauses: [ClauseDraft] = []
            var outermost = Int.max
            for (index, piece) in pieces.enumerated() {
                if let rank = piece.number.style.rank { outermost = min(outermost, rank) }
                let next = index + 1 < pieces.count ? pieces[index + 1].number : nil
                let hasHeading = headed(piece, before: next, isOutermost: piece.number.style.rank == outermost)
                clauses.append(
                    ClauseDraft(
                        numbering: piece.number, token: piece.token, heading: hasHeading ? piece.lines[0] : nil,
                        text: piece.lines.dropFirst(hasHeading ? 1 : 0).joined(separator: "\n")))
            }
            let settled = PlanDraft(title: nil, clauses: clauses, dropped: []).clauses
            let texts = dropped.map { text, reason, after in
                DroppedText(text: text, reason: reason, after: after < 0 ? nil : settled[after].path)
            }
            return PlanDraft(
                title: title.isEmpty ? nil : title.joined(separator: " "), clauses: clauses, dropped: texts)
        }

        /// Whether the line with the number is a title: it looks like one, and something stands below it or it is a
        /// chapter.
        private func headed(_ piece: Piece, before next: ClauseNumber?, isOutermost: Bool) -> Bool {
            guard let line = piece.lines.first, piece.number.style != .article else { return false }
            if piece.number == .preamble { return isForeword(line) && piece.lines.count > 1 }
            guard PlanDocument.isTitle(line) || line.count <= 20 && ":：".contains(line.last ?? " ") else {
                return false
            }
            let below = next?.style.rank ?? 0
            if piece.lines.count > 1 || below > (piece.number.style.rank ?? below) { return true }
            return isOutermost && !(line.last.map(PlanDocument.isSentenceEnd) ?? false)
        }
    }
}
