import Kernel
import Web

/// Taking targets from a file: the upload, and what it would change.
enum TargetSetExchangePages {
    static func filePath(_ set: ID<PlanTargetSet>) -> String { TargetSetPages.path(set) + "/file" }
    static func importPath(_ set: ID<PlanTargetSet>) -> String { TargetSetPages.path(set) + "/import" }

    private static func layout(
        _ title: String, _ set: PlanTargetSet, _ page: PageContext, isFailed: Bool = false, _ content: HTML
    ) -> HTML {
        let crumbs = [
            PlanDocumentPages.planCrumb, TargetSetPages.crumb, Crumb(set.title, TargetSetPages.path(set.id)),
            Crumb(title),
        ]
        return UI.layout(title, page, breadcrumbs: crumbs, wide: true, isFailed: isFailed, content)
    }

    static func upload(
        _ set: PlanTargetSet, from day: String, _ problems: [FieldProblem], _ page: PageContext
    ) -> HTML {
        let file = UI.fileField(
            "file", label: "文件", accept: ".json", hint: "先在目标集页下载文件，改好后上传，不超过 \(TargetSetChanges.largestFile >> 10) KB",
            required: true, problems: problems)
        let date = UI.textField(
            "from", label: "从哪天起", value: day, hint: "以前各天仍按原来的目标计算", type: "date", required: true, problems: problems)
        let form = UI.form(
            action: importPath(set.id), page: page, submit: "查看变更", cancel: TargetSetPages.path(set.id),
            multipart: true, problems: problems, "\(file)\(date)")
        let content: HTML = """
            \(UI.heading("上传目标", note: "上传后先看变更，确认后才生效。只读取文件里的目标，名称、版本和期限在“编辑目标集”里改。"))
            \(UI.card(nil, form))
            """
        return layout("上传目标", set, page, isFailed: !problems.isEmpty, content)
    }

    /// A file that was read, and where the set stood then.
    struct Preview: Sendable {
        let set: PlanTargetSet
        let changes: TargetSetChanges
        let content: String
        let day: LocalDate
        let mark: String
    }

    static func preview(_ preview: Preview, _ page: PageContext) -> HTML {
        let changes = preview.changes
        let figures = UI.statistics([
            UI.statistic(String(changes.added.count), label: "新增"),
            UI.statistic(String(changes.changed.count), label: "变更"),
            UI.statistic(String(changes.ended.count), label: "停用"),
            UI.statistic(String(changes.unchanged), label: "不变"),
        ])
        let warning = UI.notice(.warn, "<p>文件里没有的 \(changes.ended.count) 项目标将从 \(preview.day.iso) 起停用。</p>")
        let content: HTML = """
            \(UI.heading("目标变更", note: "\(preview.set.title)，从 \(preview.day.chinese) 起"))
            \(figures)\(if: !changes.ended.isEmpty, warning)
            \(if: changes.isEmpty, UI.notice(.ok, "<p>文件与现有目标相同，没有可写入的变更。</p>"), else: lists(changes))
            \(if: !changes.isEmpty, acceptance(preview, page))
            """
        return layout("目标变更", preview.set, page, content)
    }

    private static func lists(_ changes: TargetSetChanges) -> HTML {
        let added: HTML = "<ul>\(each: changes.added, { item($0.id, $0.title, $0.aim) })</ul>"
        let ended: HTML = "<ul>\(each: changes.ended, { item($0.code, $0.definition.title, $0.definition.aim) })</ul>"
        let changed: HTML = "\(each: changes.changed, change)"
        return """
            \(if: !changes.added.isEmpty, UI.card("新增", added))
            \(if: !changes.changed.isEmpty, UI.card("变更", changed))
            \(if: !changes.ended.isEmpty, UI.card("停用", ended))
            """
    }

    private static func item(_ code: String, _ title: String, _ aim: String) -> HTML {
        "<li>\(code) \(title)：\(aim)</li>\n"
    }

    private static func change(_ change: TargetSetChanges.Change) -> HTML {
        let differences = change.target.definition.differences(to: change.definition)
        var rows = differences.map { difference -> (String, HTML) in
            let old = difference.old.isEmpty ? "空" : difference.old
            let new = difference.new.isEmpty ? "空" : difference.new
            return (difference.label, "<del>\(old)</del> <ins>\(new)</ins>")
        }
        if change.target.isEnd { rows.insert(("状态", "<del>已停用</del> <ins>恢复</ins>"), at: 0) }
        return #"""
            <div class="clause-text"><h3>\#(change.target.code) \#(change.definition.title)</h3>\#
            \#(UI.summaryList(rows))</div>
            """#
    }

    private static func acceptance(_ preview: Preview, _ page: PageContext) -> HTML {
        let hidden =
            UI.hidden("content", preview.content) + UI.hidden("from", preview.day.iso)
            + UI.hidden("mark", preview.mark)
        return UI.form(
            action: importPath(preview.set.id) + "/acceptance", page: page, submit: "接受",
            cancel: TargetSetPages.path(preview.set.id), hidden)
    }
}
