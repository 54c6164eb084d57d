import Directory
import Kernel
import Web

/// What is asked about a child, for her guardians, and from 14 on for herself.
package enum ConsentPages {
    static let ownPath = "/consents"

    /// The page for the guardians of the child.
    package static func path(_ child: ID<Person>) -> String { ChildPages.path(child) + "/consents" }

    static func textPath(_ purpose: String, _ version: Int) -> String {
        "/consents/texts/\(purpose)/versions/\(version)"
    }

    struct Model: Sendable {
        let sheet: ConsentSheet
        let viewer: ID<Person>
        /// Whether the viewer is the pupil, not a guardian of hers.
        let isOwn: Bool
        /// Whether the page of the child is open to the viewer.
        var hasChildPage = true
        /// The purpose that she was about to agree to when she had to show who she is.
        var chosen: String?

        var capacity: ConsentAnswer.Capacity { isOwn ? .pupil : .guardian }
        var mayAnswer: Bool { sheet.age.capacity == capacity }
        var path: String { isOwn ? ownPath : ConsentPages.path(sheet.child.id) }
    }

    static func show(_ model: Model, _ page: PageContext, problems: [FieldProblem] = []) -> HTML {
        let title = model.isOwn ? "征求同意" : "\(model.sheet.child.name)：征求同意"
        let content: HTML = """
            \(UI.heading(title, note: note(model)))
            \(UI.errorSummary(problems))
            \(reminder(model))
            \(assurance)
            \(if: !model.mayAnswer, UI.notice(.info, "<p>\(reason(model))</p>"))
            \(each: model.sheet.asked, { card($0, model, page) })
            \(UI.card("依法办理，不需要同意", id: "told", "\(each: model.sheet.told, told)"))
            \(UI.card("答复记录", id: "history", history(model.sheet.history, model.path)))
            """
        let crumbs =
            model.isOwn || !model.hasChildPage
            ? [Crumb(title)]
            : [
                Crumb("我的孩子", ChildPages.listPath),
                Crumb(model.sheet.child.name, ChildPages.path(model.sheet.child.id)), Crumb("征求同意"),
            ]
        return UI.layout(title, page, breadcrumbs: crumbs, isFailed: !problems.isEmpty, content)
    }

    private static func note(_ model: Model) -> String {
        let waiting = model.sheet.waiting
        if waiting == 0 { return "都已答复，可以随时更改" }
        let decider = model.sheet.age == .child ? "家长" : model.isOwn ? "你" : "孩子本人"
        return "\(waiting) 项等\(decider)答复"
    }

    /// Showing who she is has taken the viewer off the page; nothing was noted meanwhile.
    private static func reminder(_ model: Model) -> HTML {
        guard let item = model.sheet.asked.first(where: { $0.purpose.code == model.chosen }) else { return "" }
        let title = item.purpose.title
        return UI.notice(.warn, "<p>“\(title)”还没有记录。身份已确认的，请再点一次“同意”。</p>")
    }

    /// Refusing never costs what the law gives the child.
    static var assurance: HTML {
        UI.notice(.ok, "<p>每一项都可以不同意，也可以随时撤回。不同意或撤回，不影响入学、学籍、上课、考试和评价。</p>")
    }

    private static func reason(_ model: Model) -> String {
        model.isOwn ? "未满十四周岁，由家长决定。这里可以看到家长的答复。" : "孩子已满十四周岁，由孩子自己决定。这里可以看到孩子的答复。"
    }

    // MARK: One purpose

    private static func card(_ item: ConsentSheet.Item, _ model: Model, _ page: PageContext) -> HTML {
        let purpose = item.purpose, text = purpose.version.text
        let content: HTML = #"""
            <p>\#(text[.aim])</p>
            <p class="muted small">\#(purpose.version.stamp)</p>
            \#(UI.details("用到的信息、保存、保护、撤回和投诉", UI.summaryList(facts(text))))
            \#(if: model.mayAnswer, decision(item, model, page))
            """#
        return UI.card(purpose.title, id: purpose.code, actions: tag(item.standing), content)
    }

    static func facts(_ text: ConsentText) -> [(String, HTML)] {
        ConsentText.Part.allCases.map { ($0.label, HTML(text: text[$0])) }
    }

    static func tag(_ standing: ConsentStanding) -> HTML {
        switch standing {
        case .allowed: UI.tag(standing.title, .ok)
        case .refused: UI.tag(standing.title, .muted)
        case .notAsked, .askAgain: UI.tag(standing.title, .warn)
        }
    }

    /// Both answers look alike, and none is chosen beforehand.
    private static func decision(_ item: ConsentSheet.Item, _ model: Model, _ page: PageContext) -> HTML {
        let last = item.last(of: model.viewer, as: model.capacity)
        let isCurrent = last?.said.version == item.purpose.version.number
        let day = last?.decidedAt.day.chinese ?? ""
        switch last?.said.word {
        case .yes where isCurrent:
            let other: HTML = item.standing == .refused ? "另一位家长不同意，所以按不同意办理。" : ""
            return form(item, model, page, "<p>你于\(day)同意。\(other)</p>", [(.withdrawn, "撤回同意")])
        case .yes:
            let until: HTML = item.standing == .allowed ? "" : "在此之前按没有同意办理。"
            let words: HTML = "<p>你于\(day)同意的是以前的说明。说明已经更新，请重新决定。\(until)</p>"
            return form(item, model, page, UI.notice(.warn, words), [(.yes, "同意"), (.no, "不同意")])
        case .no:
            return form(item, model, page, "<p>你于\(day)表示不同意。</p>", [(.yes, "改为同意")])
        case .withdrawn:
            return form(item, model, page, "<p>你于\(day)撤回了同意。</p>", [(.yes, "重新同意")])
        case nil:
            let words: HTML = item.standing == .askAgain ? again(item, model) : ""
            return form(item, model, page, words, [(.yes, "同意"), (.no, "不同意")])
        }
    }

    /// Who has not answered herself: somebody else had, but that counts no more.
    private static func again(_ item: ConsentSheet.Item, _ model: Model) -> HTML {
        let isOlder = !model.isOwn && !model.sheet.voices(item).isEmpty
        let words =
            model.isOwn
            ? "你已满十四周岁，以前由家长答复的，现在由你自己决定。"
            : isOlder ? "另一位家长同意的是以前的说明。说明已经更新，请重新决定。" : "以前的答复不再有效，请重新决定。"
        return UI.notice(.warn, "<p>\(words)在此之前按没有同意办理。</p>")
    }

    private static func form(
        _ item: ConsentSheet.Item, _ model: Model, _ page: PageContext, _ words: HTML,
        _ answers: [(ConsentAnswer.Word, String)]
    ) -> HTML {
        let title = item.purpose.title
        return #"""
            \#(words)
            <form class="form" method="post" action="\#(url: model.path)" data-submit-once>
            \#(UI.formTokens(page))\#(UI.hidden("purpose", item.purpose.code))\#
            \#(UI.hidden("version", String(item.purpose.version.number)))
            <div class="form-actions answers">\#(each: answers, { button($0.0, $0.1, title) })</div>
            </form>
            """#
    }

    private static func button(_ word: ConsentAnswer.Word, _ label: String, _ title: String) -> HTML {
        #"""
        <button class="button button--secondary" type="submit" name="answer" value="\#(word.rawValue)"\#
         aria-label="\#(label)：\#(title)">\#(label)</button>
        """#
    }

    private static func told(_ purpose: ConsentPurpose) -> HTML {
        let text = purpose.version.text
        let facts = [("依据", HTML(text: purpose.basis.title))] + facts(text)
        return UI.details("\(text.title)：\(text[.aim])", UI.summaryList(facts))
    }

    // MARK: What was said

    static func history(_ answers: [ConsentAnswer], _ path: String) -> HTML {
        let table = DataTable<ConsentAnswer>(
            caption: "答复记录",
            columns: [
                DataColumn("日期", value: { .date($0.decidedAt.day) }),
                DataColumn("事项", value: { .text($0.purposeTitle) }, cell: { textLink($0) }),
                DataColumn("答复", value: { .text($0.said.word.title) }),
                DataColumn("答复人", value: { .text(giver($0)) }),
                DataColumn("方式", value: { .text(channel($0)) }),
            ], isExportable: false, empty: #"<p class="muted">还没有答复。</p>"#)
        return table.html(Page(items: answers, total: answers.count, next: nil), path: path, query: FormValues())
    }

    private static func textLink(_ answer: ConsentAnswer) -> HTML {
        let url = textPath(answer.purpose, answer.said.version)
        return #"<a href="\#(url: url)">\#(answer.purposeTitle)（第 \#(answer.said.version) 版）</a>"#
    }

    static func giver(_ answer: ConsentAnswer) -> String {
        guard answer.said.giver == nil else { return "\(answer.giverName)（\(answer.said.capacity.title)）" }
        let relation = answer.signerRelation.map(CodeLists.guardianRelation.name) ?? answer.said.capacity.title
        return "\(answer.giverName)（\(relation)，未登记）"
    }

    static func channel(_ answer: ConsentAnswer) -> String {
        answer.witnessName.isEmpty ? answer.channel.title : "\(answer.channel.title)，\(answer.witnessName)见证"
    }

    // MARK: Others

    /// For whoever has nothing to decide about herself.
    static func none(_ children: [Guardianship], _ page: PageContext) -> HTML {
        let list: HTML = #"<ul>\#(each: children, childLink)</ul>"#
        let content: HTML = """
            \(UI.heading("征求同意"))
            \(if: !children.isEmpty, UI.card("我的孩子", list),
                else: UI.emptyState("没有要你决定的事项", "学生满十四周岁后在这里决定自己的信息怎样使用，之前由家长决定。"))
            """
        return UI.layout("征求同意", page, breadcrumbs: [Crumb("征求同意")], content)
    }

    private static func childLink(_ child: Guardianship) -> HTML {
        #"<li><a href="\#(url: path(child.child))">\#(child.childName)</a></li>"#
    }

    /// One version of the words, in force or not.
    static func text(_ purpose: ConsentPurpose, _ version: ConsentVersion, _ page: PageContext) -> HTML {
        let facts = [("依据", HTML(text: purpose.basis.title))] + facts(version.text)
        let note = version.number == purpose.version.number ? version.stamp : version.stamp + "，已有新的说明"
        let content: HTML = """
            \(UI.heading(version.text.title, note: note))
            \(UI.card(nil, UI.summaryList(facts)))
            """
        return UI.layout(version.text.title, page, breadcrumbs: [Crumb(version.text.title)], content)
    }
}
