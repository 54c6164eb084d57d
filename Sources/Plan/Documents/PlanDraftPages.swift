import Kernel
import Web

/// The preview: the text as an article, and beside each clause what to look at; one clause at a time opens its tools.
enum PlanDraftPages {
    static func path(_ draft: ID<PlanDocumentDraft>) -> String { "\(PlanDocumentPages.path)/drafts/\(draft)" }
    static func path(_ draft: ID<PlanDocumentDraft>, clause: Int?) -> String {
        clause.map { "\(path(draft))?clause=\($0)#clause-\($0)" } ?? path(draft)
    }

    struct View: Sendable {
        let draft: PlanDocumentDraft
        let page: PageContext
        /// The clause whose tools are open.
        let selected: Int?
        /// What stands in the fields.
        let form: FormValues
        let problems: [FieldProblem]

        var content: PlanDraft { draft.content }

        /// One small form of the preview, named by its operation.
        func step(_ operation: String, clause: Int? = nil, dropped: Int? = nil, submit: String, _ fields: HTML) -> HTML
        {
            let target: HTML =
                clause.map { UI.hidden("clause", String($0)) } ?? dropped.map { UI.hidden("dropped", String($0)) } ?? ""
            return #"""
                <form class="form" method="post" action="\#(url: path(draft.id))/edits" novalidate data-submit-once>\#
                \#(UI.formTokens(page))\#(UI.hidden("revision", String(draft.revision)))\#
                \#(UI.hidden("operation", operation))\#(target)\#(fields)\#
                <div class="form-actions">\#
                <button class="button button--secondary" type="submit">\#(submit)</button></div></form>
                """#
        }

        func button(_ operation: String, _ label: String, clause: Int) -> HTML {
            UI.postButton(
                label, action: "\(path(draft.id))/edits", page: page,
                hidden: [("revision", String(draft.revision)), ("operation", operation), ("clause", String(clause))])
        }
    }

    static func show(_ view: View) -> HTML {
        let draft = view.draft, content = view.content
        let kind = draft.plan == nil ? "新计划" : "新版本"
        let note = "\(kind)，来自 \(draft.fileName)，\(content.clauses.count) 条；\(draft.changedBy) \(draft.changedAt.text)"
        let compare = UI.linkButton("与现行版本对比", url: "\(path(draft.id))/difference")
        let body: HTML = """
            \(UI.heading("核对：\(draft.title)", note: note, actions: draft.plan == nil ? "" : compare))
            \(UI.errorSummary(view.problems.filter { !isPublicationField($0.field) }))
            \(findings(content))
            <div class="plan">\(each: content.clauses.indices, { clause($0, view) })</div>
            \(dropped(view))
            \(publication(view))
            """
        let crumbs = [PlanDocumentPages.planCrumb, PlanDocumentPages.crumb, Crumb("核对草稿")]
        return UI.layout(
            "核对：\(draft.title)", view.page, breadcrumbs: crumbs, wide: true, isFailed: !view.problems.isEmpty, body)
    }

    private static func isPublicationField(_ field: String) -> Bool {
        ["title", "layer", "from", "to", "note"].contains(field)
    }

    private static func findings(_ content: PlanDraft) -> HTML {
        guard !content.findings.isEmpty else { return UI.notice(.ok, "<p>编号连续，没有需要特别查看的地方。</p>") }
        let blocking = content.findings.filter(\.isBlocking).count
        let lines: HTML = "\(each: content.findings, findingLine)"
        let lead =
            blocking > 0 ? "\(content.findings.count) 处需要查看，其中 \(blocking) 处改正后才能发布" : "\(content.findings.count) 处需要查看"
        return UI.notice(blocking > 0 ? .bad : .warn, "<p>\(lead)：</p><ul>\(lines)</ul>")
    }

    private static func findingLine(_ finding: ClauseFinding) -> HTML {
        guard let clause = finding.clause else { return "<li>\(finding.message)</li>" }
        return #"<li><a href="\#(url: "#clause-\(clause)")">\#(finding.path ?? "")</a>：\#(finding.message)</li>"#
    }

    // MARK: One clause

    private static func clause(_ index: Int, _ view: View) -> HTML {
        let clause = view.content.clauses[index], isSelected = view.selected == index
        let remarks = view.content.findings.filter { $0.clause == index }
        let tools = isSelected ? PlanClauseTools(view: view, index: index, clause: clause).html : ""
        return #"""
            <div class="clause\#(isSelected ? " is-current" : "")" id="clause-\#(index)"><div class="clause-text">\#
            \#(PlanDocumentPages.text(clause.token, clause.heading, clause.paragraphs, level: clause.level))</div>\#
            <div class="rail"><p>\#(UI.tag(clause.path, .muted)) \#(if: !isSelected, openLink(index, view))</p>\#
            \#(each: remarks, remark)\#(tools)</div></div>

            """#
    }

    private static func openLink(_ index: Int, _ view: View) -> HTML {
        let label = "调整 \(view.content.clauses[index].path)"
        return #"<a href="\#(url: path(view.draft.id, clause: index))" aria-label="\#(label)">调整</a>"#
    }

    private static func remark(_ finding: ClauseFinding) -> HTML {
        UI.notice(finding.isBlocking ? .bad : .warn, "<p>\(finding.message)</p>")
    }

    // MARK: Dropped texts

    private static func dropped(_ view: View) -> HTML {
        let texts = view.content.dropped
        guard !texts.isEmpty else { return "" }
        let items: HTML = "\(each: texts.indices, { droppedText($0, view) })"
        return UI.card("未收入的文字", id: "dropped", items)
    }

    private static func droppedText(_ index: Int, _ view: View) -> HTML {
        let text = view.content.dropped[index], field = "to-\(index)"
        let after = text.after.map { "，原在“\($0)”之后" } ?? "，原在文首"
        var places = [SelectOption("", "选择位置"), SelectOption("a0", "单独成条，放在最前")]
        for (position, clause) in view.content.clauses.enumerated() {
            places.append(SelectOption("i\(position)", "并入“\(clause.path)”"))
            places.append(SelectOption("a\(position + 1)", "单独成条，放在“\(clause.path)”之后"))
        }
        let select = UI.select(
            field, label: "恢复到", options: places, selected: view.form[field], problems: view.problems)
        return #"""
            <div class="clause"><div class="clause-text"><p>\#(text.text)</p></div><div class="rail">\#
            <p>\#(UI.tag(text.reason.title, .muted))\#(after)</p>\#
            \#(view.step("restore", dropped: index, submit: "恢复", select))</div></div>
            """#
    }

    // MARK: Publishing

    private static func publication(_ view: View) -> HTML {
        let draft = view.draft
        let discard = UI.postButton(
            "放弃草稿", action: "\(path(draft.id))/discard", page: view.page, style: .danger,
            confirm: "放弃后这份草稿的所有调整都会丢失，需要重新上传文件。", hidden: [("revision", String(draft.revision))])
        guard view.content.isAcceptable else {
            return UI.card(
                "发布", id: "publication", "<p>有编号重复的条款，改正后才能发布。</p><p>\(discard)</p>")
        }
        let problems = view.problems.filter { isPublicationField($0.field) }
        let note = UI.textArea(
            "note", label: "版本说明", value: view.form["note"], hint: "例如：更正第三章编号", rows: 2, problems: problems)
        let revision = UI.hidden("revision", String(draft.revision))
        let fields: HTML = "\(revision)\(if: draft.plan == nil, newPlanFields(view, problems))\(note)"
        let form = UI.form(
            action: "\(path(draft.id))/publication", page: view.page, submit: "发布", problems: problems, fields)
        return UI.card("发布", id: "publication", actions: discard, form)
    }

    private static func newPlanFields(_ view: View, _ problems: [FieldProblem]) -> HTML {
        let layers = TargetSetFile.Layer.allCases.filter { ($0 == .county) == (view.draft.owner.organisation != nil) }
        let options = layers.map { SelectOption($0.rawValue, $0.title) }
        func day(_ name: String, _ label: String) -> HTML {
            UI.textField(
                name, label: label, value: view.form[name], type: "date", required: true, problems: problems)
        }
        let days = day("from", "开始日期") + day("to", "结束日期")
        return """
            \(UI.textField("title", label: "计划名称", value: view.form["title"], required: true, problems: problems))
            \(UI.select("layer", label: "层级", options: options, selected: view.form["layer"], problems: problems))
            \(UI.fieldRow(days))
            """
    }
}

/// The tools of the open clause.
struct PlanClauseTools {
    let view: PlanDraftPages.View
    let index: Int
    let clause: ClauseDraft

    private var mine: [FieldProblem] { view.problems }
    private func typed(_ field: String, _ stored: String) -> String {
        view.problems.isEmpty ? stored : view.form[field] ?? stored
    }

    var html: HTML {
        let isFirst = index == 0
        return """
            <div class="actions">\(if: !isFirst, view.button("merge", "与上一条合并", clause: index))\
            \(view.button("up", "上移", clause: index))\(view.button("down", "下移", clause: index))\
            \(view.button("drop", "移出正文", clause: index))</div>
            \(renumber)\(heading)\(split)
            """
    }

    private var renumber: HTML {
        let number = UI.textField(
            "number", label: "编号", value: typed("number", clause.number), hint: "如 三、（二） 2. （1） 第四条", problems: mine)
        let following = UI.checkbox("following", label: "后面同级的编号顺延")
        return view.step("renumber", clause: index, submit: "改编号", number + following)
    }

    private var heading: HTML {
        let field = UI.textField(
            "heading", label: "标题", value: typed("heading", clause.heading ?? ""), hint: "留空表示没有标题，原标题成为正文第一段",
            problems: mine)
        return view.step("heading", clause: index, submit: "保存标题", field)
    }

    private var split: HTML {
        let paragraphs = clause.paragraphs
        let first = clause.heading == nil ? 1 : 0
        var places = [SelectOption("", "选择位置")]
        if first < paragraphs.count {
            for number in first..<paragraphs.count {
                places.append(SelectOption("p\(number)", "第 \(number + 1) 段起：\(paragraphs[number].prefix(20))"))
            }
        }
        places += clause.sentenceStarts.map { SelectOption("c\($0.offset)", "从这句起：\($0.begins)") }
        guard places.count > 1 else { return "" }
        let select = UI.select(
            "place", label: "拆分", options: places, selected: view.form["place"], hint: "从选中的地方起成为新的一条", problems: mine)
        return view.step("split", clause: index, submit: "拆分", select)
    }
}
