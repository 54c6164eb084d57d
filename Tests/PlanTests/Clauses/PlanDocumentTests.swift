import Foundation
import Testing

@testable import Plan

@Suite struct `Cutting a plan document` {
    private func fixture(_ name: String) throws -> Data {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil))
        return try Data(contentsOf: url)
    }

    private func actionPlan() throws -> (source: String, draft: PlanDraft) {
        let source = try #require(String(data: fixture("action-plan.txt"), encoding: .utf8))
        return (source, PlanDocument.cut(paragraphs: PlanDocument.paragraphs(of: source)))
    }

    private func cut(_ lines: String...) -> PlanDraft { PlanDocument.cut(paragraphs: lines) }
    private func paths(_ draft: PlanDraft) -> [String] { draft.clauses.map(\.path) }

    @Test func `the action plan comes out as the reference lists, all of it and nothing else`() throws {
        let expected = try JSONDecoder().decode([ClauseOutline].self, from: fixture("action-plan.golden.json"))
        let outline = try actionPlan().draft.outline
        #expect(expected.count == 18)
        for (clause, wanted) in zip(outline, expected) { #expect(clause == wanted) }
        #expect(outline.map(\.path) == expected.map(\.path))
    }

    @Test func `every word of the action plan is in a clause or among the dropped texts`() throws {
        let (source, draft) = try actionPlan()
        var left = source.components(separatedBy: .newlines).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
        for line in draft.clauses.flatMap(\.lines) + draft.dropped.map(\.text) {
            let place = try #require(left.firstIndex(of: line), "altered: \(line)")
            left.remove(at: place)
        }
        #expect(left.isEmpty)
    }

    @Test func `the preamble is offered once and the captions are dropped with reasons`() throws {
        let draft = try actionPlan().draft
        #expect(draft.dropped.map(\.reason) == [.repeated, .caption, .caption])
        #expect(draft.dropped[0].after == "前言")
        #expect(draft.dropped[0].text == draft.clauses[0].text)
        #expect(draft.dropped[2] == DroppedText(text: "教育信息服务平台微信服务号", reason: .caption, after: "四/(五)"))
    }

    @Test func `the empty quotation is kept and is, with the repetition, all there is to look at`() throws {
        let draft = try actionPlan().draft
        #expect(draft.findings.map(\.kind) == [.repeatedTextDropped, .emptyQuotation])
        let finding = try #require(draft.findings.last)
        #expect(finding.path == "三/(五)")
        #expect(draft.clauses[try #require(finding.clause)].text.contains("积极引进“ ”等"))
        #expect(draft.isAcceptable)
    }

    @Test func `sections with a title have a heading, sections that run on have none`() throws {
        let draft = try actionPlan().draft
        let byPath = Dictionary(uniqueKeysWithValues: draft.clauses.map { ($0.path, $0) })
        #expect(byPath["三/(四)"]?.heading == "促进信息技术与教育教学的融合创新")
        #expect(byPath["三/(四)"]?.paragraphs.count == 2)
        #expect(byPath["三/(五)"]?.shortTitle == "教育信息化应用示范校创建工程")
        #expect(byPath["四/(一)"]?.heading == nil)
        #expect(byPath["四/(一)"]?.shortTitle == "强化组织领导")
        #expect(byPath["四/(一)"]?.number == "(一)")
        #expect(byPath["四/(一)"]?.level == 2)
    }

    @Test func `all levels nest, half and full width alike`() {
        let draft = cut("一、目标", "（一）网络", "1．线路", "(1)城区", "（2）乡镇", "2、教室", "( 二 ) 资源", "二、措施", "１．经费")
        #expect(
            paths(draft) == ["一", "一/(一)", "一/(一)/1", "一/(一)/1/(1)", "一/(一)/1/(2)", "一/(一)/2", "一/(二)", "二", "二/1"])
        #expect(draft.clauses[1].token == "（一）")
        #expect(draft.clauses[3].level == 4)
    }

    @Test func `articles run on over chapters and sections`() {
        let draft = cut(
            "第一章 总则", "第一条 为了规范管理，制定本办法。", "第二条　本办法适用于全市学校。", "第二章 建设", "第一节 网络",
            "第三条　学校接入网络。", "（一）中学；", "（二）小学。", "第四条 依照第三条办理。", "第三条规定的学校由县里确定。")
        #expect(
            paths(draft) == [
                "第一章", "第一章/第一条", "第一章/第二条", "第二章", "第二章/第一节", "第二章/第一节/第三条",
                "第二章/第一节/第三条/(一)", "第二章/第一节/第三条/(二)", "第二章/第一节/第四条",
            ])
        #expect(draft.clauses.last?.paragraphs == ["依照第三条办理。", "第三条规定的学校由县里确定。"])
        #expect(draft.findings.map(\.kind) == [.uncutNumber])
    }

    @Test(arguments: [
        "2015年，重点推进校本资源。", "1.5倍于上年的投入要落实。", "一师一优课、一课一名师活动每年开展。", "10:1的比例要达到。",
        "(2011-2020年)规划已经印发。", "一、二年级学生不计入。", "（一）、（二）两项由县里负责。", "12.75亿元投入到位。",
        "第一节课要用上资源。", "3G网络不算宽带。", "十年规划要落实。", "一、二、三等奖各设若干名。", "2015.6月底完成。",
    ])
    func `a paragraph that only looks numbered is not cut`(_ paragraph: String) {
        let draft = cut("一、目标", "正文第一段写在这里。", paragraph)
        #expect(paths(draft) == ["一"])
        #expect(draft.clauses[0].paragraphs.last == paragraph)
    }

    @Test func `a point that begins with a year is cut`() {
        let draft = cut("一、进度", "1.2015年完成接入。", "2.2016年完成资源。")
        #expect(paths(draft) == ["一", "一/1", "一/2"])
        #expect(draft.clauses[1].text == "2015年完成接入。")
    }

    @Test func `a number that continues a sentence is not cut`() {
        let draft = cut("一、目标", "（一）网络", "县里负责前款，", "（四）所列由市里负责。", "（二）资源")
        #expect(paths(draft) == ["一", "一/(一)", "一/(二)"])
        #expect(draft.clauses[1].paragraphs.count == 2)
    }

    @Test func `gaps, duplicates and wrong order are found, and only duplicates block`() {
        let gap = cut("一、甲", "正文写在这里。", "三、丙", "正文写在这里。", "二、乙", "正文写在这里。")
        #expect(gap.findings.map(\.kind) == [.numberGap, .outOfOrder])
        #expect(gap.isAcceptable)
        let twice = cut("一、甲", "正文写在这里。", "一、乙", "正文写在这里。")
        #expect(twice.findings.map(\.kind) == [.duplicateNumber])
        #expect(!twice.isAcceptable)
    }

    @Test func `very long clauses and headings without text are found`() {
        let draft = cut("一、甲", String(repeating: "长", count: PlanDocument.longestClause + 1), "二、乙")
        #expect(draft.findings.map(\.kind) == [.longClause, .blankClause])
    }

    @Test func `title, document number, contents, page numbers, signature and attachments are told apart`() {
        let draft = cut(
            "防城港市教育信息化行动计划", "（2015—2017年）", "防教〔2015〕12号", "目　录", "一、目标……1", "二、措施……2", "各学校：",
            "现将计划印发如下。", "一、目标", "到期完成。", "— 2 —", "二、措施", "加强领导。", "防城港市教育局", "2015年6月8日")
        #expect(draft.title == "防城港市教育信息化行动计划 （2015—2017年）")
        #expect(paths(draft) == ["前言", "一", "二"])
        #expect(draft.clauses[0].paragraphs == ["各学校：", "现将计划印发如下。"])
        #expect(
            draft.dropped.map(\.reason) == [
                .contents, .contents, .contents, .documentNumber, .pageNumber, .signature, .signature,
            ])
        let attached = cut("一、目标", "到期完成。", "附件：1.任务分解表", "2.联系表")
        #expect(paths(attached) == ["一"])
        #expect(attached.dropped.map(\.reason) == [.attachment, .attachment])
    }

    @Test func `a document without numbers becomes one clause and says so, an empty one none`() {
        let draft = cut("只有一段话，没有编号。", "再来一段。")
        #expect(paths(draft) == ["前言"])
        #expect(draft.findings.map(\.kind) == [.noNumbering])
        #expect(!cut("", "  ").isAcceptable)
    }

    @Test func `a draft survives being stored as JSON`() throws {
        let draft = try actionPlan().draft
        let stored = try JSONEncoder().encode(draft)
        #expect(try JSONDecoder().decode(PlanDraft.self, from: stored) == draft)
    }
}

@Suite struct `Clause numbers` {
    @Test func `Chinese numerals read back as written up to 999`() {
        for value in 1...999 { #expect(ChineseNumeral.value(ChineseNumeral.text(value)) == value) }
        #expect(ChineseNumeral.text(20) == "二十")
        #expect(ChineseNumeral.value("九十九") == 99)
        #expect(ChineseNumeral.value("一百零五") == 105)
        #expect(ChineseNumeral.value("一十") == 10)
        for wrong in ["", "一二", "十十", "百", "零", "二十零"] { #expect(ChineseNumeral.value(wrong) == nil, "\(wrong)") }
    }

    @Test(arguments: [
        ("三", "三"), ("三、", "三"), ("（三）", "(三)"), ("(十二)", "(十二)"), ("3", "3"), ("３．", "3"), ("（3）", "(3)"),
        ("3)", "(3)"),
        ("第三条", "第三条"), ("第 三 章", "第三章"), ("第二部分", "第二部分"), ("③", "③"), ("前言", "前言"),
    ])
    func `what a person types is read`(_ typed: String, _ label: String) {
        #expect(ClauseNumber(typed: typed)?.label == label)
    }

    @Test(arguments: ["", "abc", "三、目标", "0", "第条", "2015"])
    func `anything else typed is refused`(_ typed: String) {
        #expect(ClauseNumber(typed: typed) == nil)
    }
}
