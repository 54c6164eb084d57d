import Kernel
import Testing

@testable import Plan

@Suite struct `Editing a draft` {
    private let draft = PlanDocument.cut(paragraphs: [
        "为了推进工作，制定本计划，请各单位认真执行落实。", "为了推进工作，制定本计划，请各单位认真执行落实。", "一、目标", "（一）网络", "全部接入。", "按期完成。",
        "（二）资源", "共建共享。", "二、措施", "（一）领导", "成立小组。",
    ])
    private func paths(_ draft: PlanDraft) -> [String] { draft.clauses.map(\.path) }
    private func message(_ body: () throws -> PlanDraft) -> String? {
        do {
            _ = try body()
            return nil
        } catch DomainError.invalid(let problems) {
            return problems.first?.message
        } catch {
            return nil
        }
    }

    @Test func `merging makes the number text again and re-paths what stood below`() throws {
        #expect(paths(draft) == ["前言", "一", "一/(一)", "一/(二)", "二", "二/(一)"])
        let merged = try draft.mergingWithPrevious(3)
        #expect(paths(merged) == ["前言", "一", "一/(一)", "二", "二/(一)"])
        #expect(merged.clauses[2].paragraphs == ["全部接入。", "按期完成。", "（二）资源", "共建共享。"])
        let chapter = try draft.mergingWithPrevious(4)
        #expect(paths(chapter) == ["前言", "一", "一/(一)", "一/(二)", "一/(一)"])
        #expect(chapter.findings.contains { $0.kind == .duplicateNumber && $0.clause == 4 })
        #expect(message { try draft.mergingWithPrevious(0) } == "第一条前面没有条款，无法合并")
    }

    @Test func `splitting takes up the number the second part begins with`() throws {
        let merged = try draft.mergingWithPrevious(3)
        let split = try merged.splitting(2, beforeParagraph: 2)
        #expect(paths(split) == paths(draft))
        #expect(split.clauses[3].token == "（二）")
        #expect(message { try draft.splitting(2, beforeParagraph: 2) } != nil)
    }

    @Test func `splitting inside a paragraph makes a clause without number beside the first`() throws {
        let split = try draft.splitting(2, atCharacter: 5)
        #expect(paths(split) == ["前言", "一", "一/(一)", "一/段1", "一/(二)", "二", "二/(一)"])
        #expect(split.clauses[2].text == "全部接入。")
        #expect(split.clauses[3].text == "按期完成。")
        #expect(message { try draft.splitting(2, atCharacter: 0) } != nil)
        #expect(message { try draft.splitting(2, atCharacter: 99) } != nil)
    }

    @Test func `renumbering re-paths everything below and can carry its followers along`() throws {
        #expect(paths(try draft.renumbering(1, typed: "三、"))[1...3] == ["三", "三/(一)", "三/(二)"])
        let shifted = try draft.renumbering(2, typed: "（四）", followingSiblings: true)
        #expect(paths(shifted) == ["前言", "一", "一/(四)", "一/(五)", "二", "二/(一)"])
        #expect(shifted.clauses[3].token == "(五)")
        let deeper = try draft.renumbering(3, typed: "1")
        #expect(deeper.clauses[3].path == "一/(一)/1")
        #expect(deeper.clauses[3].level == 3)
        #expect(message { try draft.renumbering(1, typed: "甲") } == "编号“甲”无法识别，可用：一、（一） 1. （1） 第一章 第一条")
        #expect(message { try draft.renumbering(1, typed: "前言") } == "只有第一条可以作前言")
    }

    @Test func `what is dropped can be brought back as it was`() throws {
        let without = try draft.dropping(3)
        #expect(paths(without) == ["前言", "一", "一/(一)", "二", "二/(一)"])
        #expect(without.dropped.last == DroppedText(text: "（二）资源\n共建共享。", reason: .byHand, after: "一/(一)"))
        let back = try without.restoring(1, asClauseAt: 3)
        #expect(paths(back) == paths(draft))
        #expect(back.clauses[3].lines == draft.clauses[3].lines)
        #expect(back.dropped == draft.dropped)
        #expect(message { try draft.dropping(1) } == "本条下面还有条款，请先移走或删除它们")
    }

    @Test func `repeated text comes back as a clause or as a paragraph`() throws {
        let clause = try draft.restoring(0, asClauseAt: 1)
        #expect(paths(clause)[...2] == ["前言", "段1", "一"])
        #expect(clause.findings.allSatisfy { $0.kind != .repeatedTextDropped })
        #expect(try draft.restoring(0, intoClause: 0).clauses[0].paragraphs.count == 2)
        #expect(message { try draft.restoring(1, intoClause: 0) } != nil)
    }

    @Test func `moving takes along what stands below and stops at the ends`() throws {
        let up = try draft.movingUp(4)
        #expect(paths(up) == ["前言", "二", "二/(一)", "一", "一/(一)", "一/(二)"])
        #expect(up.findings.contains { $0.kind == .outOfOrder })
        #expect(try draft.movingDown(1) == up)
        #expect(try up.movingDown(1) == draft)
        #expect(message { try draft.movingUp(1) } == "已经是本级第一条，不能再上移")
        #expect(message { try draft.movingUp(2) } == "已经是本级第一条，不能再上移")
        #expect(message { try draft.movingDown(3) } == "已经是本级最后一条，不能再下移")
        #expect(message { try draft.movingDown(4) } == "已经是本级最后一条，不能再下移")
        #expect(message { try draft.movingUp(77) } == "没有这一条，页面可能已过时，请刷新")
    }

    @Test func `a heading can be set, changed and taken away without losing text`() throws {
        #expect(draft.clauses[2].heading == "网络")
        let plain = try draft.heading(2, nil)
        #expect(plain.clauses[2].paragraphs == ["网络", "全部接入。", "按期完成。"])
        #expect(try plain.heading(2, "网络") == draft)
        #expect(try draft.heading(2, " 校园网 ").clauses[2].heading == "校园网")
        #expect(message { try draft.heading(2, "两\n行") } == "标题须为一行，不超过100字")
    }
}
