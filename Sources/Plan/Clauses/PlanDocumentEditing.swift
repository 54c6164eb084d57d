import Kernel

/// What a person does in the preview. Each operation answers a new draft, and throws `DomainError.invalid` with a
/// Chinese message where it cannot be done. Clauses and dropped texts are named by their index.
extension PlanDraft {
    /// Joins a clause to the one before it, its number becoming text again; what stands below it moves along.
    package func mergingWithPrevious(_ index: Int) throws -> PlanDraft {
        let clause = try self.clause(index)
        guard index > 0 else { throw impossible("第一条前面没有条款，无法合并") }
        var edited = clauses
        let lines = clause.lines
        edited[index - 1].text = (edited[index - 1].paragraphs + lines).joined(separator: "\n")
        edited.remove(at: index)
        return with(clauses: edited)
    }

    /// Splits a clause before one of its paragraphs, counted from 0. The part after it becomes a clause by the number
    /// it begins with, else one without a number.
    package func splitting(_ index: Int, beforeParagraph paragraph: Int) throws -> PlanDraft {
        let clause = try self.clause(index)
        let paragraphs = clause.paragraphs
        guard paragraph >= (clause.heading == nil ? 1 : 0), paragraph < paragraphs.count else {
            throw impossible("拆分位置须在本条的两段之间")
        }
        return splitting(
            index, into: paragraphs[..<paragraph].joined(separator: "\n"),
            and: paragraphs[paragraph...].joined(separator: "\n"))
    }

    /// Splits a clause at a place of its text, counted in characters.
    package func splitting(_ index: Int, atCharacter offset: Int) throws -> PlanDraft {
        let text = try clause(index).text
        guard offset > 0, offset < text.count else { throw impossible("拆分位置须在本条文字中间") }
        let cut = text.index(text.startIndex, offsetBy: offset)
        let (head, tail) = (PlanDocument.trimmed(String(text[..<cut])), PlanDocument.trimmed(String(text[cut...])))
        guard !head.isEmpty, !tail.isEmpty else { throw impossible("拆分后有一条没有文字，请换一个位置") }
        return splitting(index, into: head, and: tail)
    }

    /// Gives a clause another number, and with it another level. With `followingSiblings`, the clauses after it that
    /// stand beside it in the same style are counted on from the new number.
    package func renumbering(
        _ index: Int, as number: ClauseNumber, followingSiblings: Bool = false
    ) throws -> PlanDraft {
        let clause = try self.clause(index)
        guard (1...999).contains(number.value) else { throw impossible("编号须在1到999之间") }
        if number.style == .preamble, index != 0 { throw impossible("只有第一条可以作前言") }
        var edited = clauses
        edited[index].numbering = number
        edited[index].token = number.token
        if followingSiblings {
            guard number.style.rank != nil else { throw impossible("没有编号的条款不能带动后面的编号") }
            var value = number.value
            for next in clauses.indices.dropFirst(index + 1) {
                if clauses[next].level < clause.level { break }
                guard clauses[next].level == clause.level, clauses[next].numbering.style == clause.numbering.style
                else { continue }
                value += 1
                let following = ClauseNumber(number.style, value)
                edited[next].numbering = following
                edited[next].token = following.token
            }
        }
        return with(clauses: edited)
    }

    /// As above, from what a person typed (`三、`, `（三）`, `3`, `第三条`).
    package func renumbering(_ index: Int, typed: String, followingSiblings: Bool = false) throws -> PlanDraft {
        guard let number = ClauseNumber(typed: typed) else {
            throw DomainError.invalid("number", "编号“\(typed)”无法识别，可用：一、（一） 1. （1） 第一章 第一条")
        }
        return try renumbering(index, as: number, followingSiblings: followingSiblings)
    }

    /// Takes a clause out; it is kept among the dropped texts.
    package func dropping(_ index: Int) throws -> PlanDraft {
        let clause = try self.clause(index)
        guard end(of: index) == index + 1 else { throw impossible("本条下面还有条款，请先移走或删除它们") }
        var edited = clauses
        edited.remove(at: index)
        let text = DroppedText(
            text: clause.lines.joined(separator: "\n"), reason: .byHand,
            after: index > 0 ? clauses[index - 1].path : nil)
        return with(clauses: edited, dropped: dropped + [text])
    }

    /// Brings a dropped text back as a clause, so that it stands at `position` among the clauses. It takes the number
    /// it begins with, else none.
    package func restoring(_ index: Int, asClauseAt position: Int) throws -> PlanDraft {
        let text = try droppedText(index)
        guard (0...clauses.count).contains(position) else { throw impossible("没有这个位置") }
        var edited = clauses
        edited.insert(made(from: text), at: position)
        return with(clauses: edited, dropped: droppedWithout(index))
    }

    /// Brings a dropped text back as the last paragraphs of a clause.
    package func restoring(_ index: Int, intoClause clauseIndex: Int) throws -> PlanDraft {
        let text = try droppedText(index)
        let clause = try self.clause(clauseIndex)
        var edited = clauses
        edited[clauseIndex].text = clause.text.isEmpty ? text : clause.text + "\n" + text
        return with(clauses: edited, dropped: droppedWithout(index))
    }

    /// Moves a clause, with everything below it, before its neighbour of the same level. Numbers stay as they are.
    package func movingUp(_ index: Int) throws -> PlanDraft {
        let clause = try self.clause(index)
        guard let before = clauses[..<index].lastIndex(where: { $0.level <= clause.level }),
            clauses[before].level == clause.level, clauses[before].numbering.style != .preamble
        else { throw impossible("已经是本级第一条，不能再上移") }
        return swapping(before..<index, index..<end(of: index))
    }

    /// Moves a clause, with everything below it, behind its neighbour of the same level. Numbers stay as they are.
    package func movingDown(_ index: Int) throws -> PlanDraft {
        let clause = try self.clause(index)
        let next = end(of: index)
        guard next < clauses.count, clauses[next].level == clause.level, clause.numbering.style != .preamble else {
            throw impossible("已经是本级最后一条，不能再下移")
        }
        return swapping(index..<next, next..<end(of: next))
    }

    /// Gives a clause a heading, or takes it away: `nil` and blank text turn the heading into the first paragraph.
    package func heading(_ index: Int, _ heading: String?) throws -> PlanDraft {
        let clause = try self.clause(index)
        let given = heading.map(PlanDocument.trimmed) ?? ""
        guard given.count <= 100, !given.contains(where: \.isNewline) else {
            throw DomainError.invalid("heading", "标题须为一行，不超过100字")
        }
        var edited = clauses
        if given.isEmpty {
            guard let former = clause.heading else { return self }
            edited[index].text = clause.text.isEmpty ? former : former + "\n" + clause.text
            edited[index].heading = nil
        } else {
            if clause.heading == nil, clause.paragraphs.first == given {
                edited[index].text = clause.paragraphs.dropFirst().joined(separator: "\n")
            }
            edited[index].heading = given
        }
        return with(clauses: edited)
    }

    private func clause(_ index: Int) throws -> ClauseDraft {
        guard clauses.indices.contains(index) else { throw impossible("没有这一条，页面可能已过时，请刷新") }
        return clauses[index]
    }

    private func droppedText(_ index: Int) throws -> String {
        guard dropped.indices.contains(index) else { throw impossible("没有这段文字，页面可能已过时，请刷新") }
        return dropped[index].text
    }

    private func droppedWithout(_ index: Int) -> [DroppedText] {
        var rest = dropped
        rest.remove(at: index)
        return rest
    }

    /// The index after the last clause below the clause.
    private func end(of index: Int) -> Int {
        clauses[(index + 1)...].firstIndex { $0.level <= clauses[index].level } ?? clauses.count
    }

    private func swapping(_ first: Range<Int>, _ second: Range<Int>) -> PlanDraft {
        var edited = clauses
        edited.replaceSubrange(
            first.lowerBound..<second.upperBound, with: Array(clauses[second]) + Array(clauses[first]))
        return with(clauses: edited)
    }

    private func splitting(_ index: Int, into head: String, and tail: String) -> PlanDraft {
        var edited = clauses
        edited[index].text = head
        edited.insert(made(from: tail), at: index + 1)
        return with(clauses: edited)
    }

    private func made(from text: String) -> ClauseDraft {
        guard let reading = ClauseNumbering.read(text) else {
            return ClauseDraft(numbering: ClauseNumber(.unnumbered, 1), token: "", text: text)
        }
        return ClauseDraft(numbering: reading.number, token: reading.token, text: reading.rest)
    }

    private func impossible(_ message: String) -> DomainError { .invalid("", message) }
}
