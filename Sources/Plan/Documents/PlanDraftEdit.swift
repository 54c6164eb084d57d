import Foundation
import Kernel
import Web

extension PlanDraft {
    func stored() throws -> String { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }

    init(stored text: String) throws { self = try JSONDecoder().decode(PlanDraft.self, from: Data(text.utf8)) }
}

/// One step of the preview, as its small form sends it.
enum PlanDraftEdit: Equatable, Sendable {
    case merge(Int)
    case splitAtParagraph(Int, Int)
    case splitAtCharacter(Int, Int)
    case renumber(Int, String, followingSiblings: Bool)
    case heading(Int, String)
    case drop(Int)
    case moveUp(Int)
    case moveDown(Int)
    case restoreAsClause(dropped: Int, at: Int)
    case restoreInto(dropped: Int, clause: Int)

    /// Throws `DomainError.invalid` when the fields make no step.
    init(_ form: FormValues) throws {
        func index(_ field: String) throws -> Int {
            guard let number = form[field].flatMap({ Int($0) }), (0...100_000).contains(number) else {
                throw DomainError.invalid("", "页面可能已过时，刷新后再操作")
            }
            return number
        }
        /// `p3` or `c120`: a kind and a number.
        func place(_ field: String) throws -> (kind: Character, number: Int) {
            guard let text = form.text(field), let kind = text.first, let number = Int(text.dropFirst()), number >= 0
            else {
                throw DomainError.invalid(field, "选择位置")
            }
            return (kind, number)
        }
        switch form["operation"] {
        case "merge": self = .merge(try index("clause"))
        case "split":
            let (kind, number) = try place("place")
            self =
                kind == "p"
                ? .splitAtParagraph(try index("clause"), number) : .splitAtCharacter(try index("clause"), number)
        case "renumber":
            guard let number = form.text("number") else { throw DomainError.invalid("number", "填写编号，如 三、或（二）") }
            self = .renumber(try index("clause"), number, followingSiblings: form.has("following"))
        case "heading": self = .heading(try index("clause"), form["heading"] ?? "")
        case "drop": self = .drop(try index("clause"))
        case "up": self = .moveUp(try index("clause"))
        case "down": self = .moveDown(try index("clause"))
        case "restore":
            let dropped = try index("dropped"), (kind, number) = try place("to-\(dropped)")
            self =
                kind == "a"
                ? .restoreAsClause(dropped: dropped, at: number) : .restoreInto(dropped: dropped, clause: number)
        default: throw DomainError.invalid("", "页面可能已过时，刷新后再操作")
        }
    }

    func applied(to draft: PlanDraft) throws -> PlanDraft {
        switch self {
        case .merge(let clause): try draft.mergingWithPrevious(clause)
        case .splitAtParagraph(let clause, let paragraph): try draft.splitting(clause, beforeParagraph: paragraph)
        case .splitAtCharacter(let clause, let offset): try draft.splitting(clause, atCharacter: offset)
        case .renumber(let clause, let number, let following):
            try draft.renumbering(clause, typed: number, followingSiblings: following)
        case .heading(let clause, let heading): try draft.heading(clause, heading)
        case .drop(let clause): try draft.dropping(clause)
        case .moveUp(let clause): try draft.movingUp(clause)
        case .moveDown(let clause): try draft.movingDown(clause)
        case .restoreAsClause(let dropped, let position): try draft.restoring(dropped, asClauseAt: position)
        case .restoreInto(let dropped, let clause): try draft.restoring(dropped, intoClause: clause)
        }
    }

    /// The clause to look at after the step; `nil` for a dropped text.
    var clause: Int? {
        switch self {
        case .merge(let clause): max(0, clause - 1)
        case .splitAtParagraph(let clause, _), .splitAtCharacter(let clause, _), .renumber(let clause, _, _),
            .heading(let clause, _), .moveUp(let clause), .moveDown(let clause):
            clause
        case .drop(let clause): max(0, clause - 1)
        case .restoreAsClause(_, let position): position
        case .restoreInto(_, let clause): clause
        }
    }

    /// What was done, for the message after it.
    var done: String {
        switch self {
        case .merge: "已与上一条合并。"
        case .splitAtParagraph, .splitAtCharacter: "已拆分。"
        case .renumber: "已改编号。"
        case .heading: "标题已保存。"
        case .drop: "已移到“未收入的文字”。"
        case .moveUp: "已上移。"
        case .moveDown: "已下移。"
        case .restoreAsClause, .restoreInto: "文字已恢复。"
        }
    }
}

extension ClauseDraft {
    /// Where sentences begin inside the text, the first one left out: the place in characters, and how the rest begins.
    var sentenceStarts: [(offset: Int, begins: String)] {
        let characters = Array(text)
        var starts: [(offset: Int, begins: String)] = []
        for (index, character) in characters.enumerated() where "。！？；;!?".contains(character) {
            var start = index + 1
            while start < characters.count, "”’）)】》\"".contains(characters[start]) { start += 1 }
            guard start < characters.count, !characters[start].isNewline, !PlanDocument.isSentenceEnd(characters[start])
            else { continue }
            starts.append((offset: start, begins: String(characters[start..<min(start + 20, characters.count)])))
        }
        return starts
    }
}
