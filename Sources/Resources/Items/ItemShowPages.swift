import Kernel
import Platform
import Web

/// The page of one resource.
enum ItemShowPages {
    struct View: Sendable {
        let line: ItemLine
        let rights: ItemRights
        /// The version that is being written or waits; only for whoever may see it.
        let open: ItemVersion?
        let versions: [ItemVersion]
        /// Of the version that is shown.
        let files: [ItemFile]
        /// Of the open version where it differs from the shown one.
        let openFiles: [ItemFile]
        let places: [NodePlace]
        /// What it was made from, the nearest first.
        let ancestors: [ItemLine]
        /// Those of the ancestors that the viewer may open.
        let reachable: Set<ID<Item>>
        let adaptations: [ItemLine]
        let adaptationCount: Int
        let history: [AuditEntry]
        let values: FormValues
        let problems: [FieldProblem]
    }

    static func show(_ view: View, _ page: PageContext) -> HTML {
        let item = view.line.item, title = item.content.title
        let note = "\(item.typeTitle) · \(view.line.authorNames) · \(item.schoolName)"
        let content: HTML = """
            \(UI.heading(title, note: note, actions: actions(view, page)))
            \(state(view))
            \(decision(view, page))
            \(UI.card("文件", id: "files", files(view, page)))
            \(UI.card("说明", id: "facts", UI.summaryList(facts(view))))
            \(credits(view))
            \(takedown(view, page))
            \(versions(view))
            """
        return UI.layout(
            title, page, breadcrumbs: [Crumb("资源库", ItemPages.root), Crumb(title)], isFailed: !view.problems.isEmpty,
            content)
    }

    private static func actions(_ view: View, _ page: PageContext) -> HTML {
        let base = ItemPages.path(view.line.item.id), rights = view.rights
        var deeds: HTML = ""
        if rights.mayEdit { deeds += UI.linkButton("修改", url: base + "/edit") }
        if rights.maySubmit {
            deeds += UI.postButton("提交审核", action: base + "/submission", page: page, style: .primary)
        }
        if rights.mayWithdraw { deeds += UI.postButton("撤回", action: base + "/withdrawal", page: page) }
        if rights.mayAdapt { deeds += UI.linkButton("改编", url: ItemPages.root + "/new?adapted=\(view.line.item.id)") }
        if rights.mayRestore { deeds += UI.postButton("恢复", action: base + "/restoration", page: page) }
        return deeds
    }

    private static func state(_ view: View) -> HTML {
        let item = view.line.item
        var parts: HTML = UI.errorSummary(
            view.problems.filter { !["decision", "remark", "reason"].contains($0.field) })
        if item.state == .takenDown {
            parts += UI.notice(.warn, HTML(text: "已下架：\(item.reason)。作者和学校仍能看到和下载。"))
        }
        guard let open = view.open else { return parts }
        if open.state == .pending {
            parts += UI.notice(.info, item.version > 0 ? "新的版本正在待审，读者看到的是现行版本。" : "正在等待学校资源管理员审核。")
        } else if !open.remark.isEmpty {
            parts += UI.notice(.warn, HTML(text: "\(open.decidedBy)退回：\(open.remark)"))
        } else if item.version > 0 {
            parts += UI.notice(.info, "有一个新的版本还没有提交，读者看到的是现行版本。")
        }
        return parts
    }

    private static func decision(_ view: View, _ page: PageContext) -> HTML {
        guard view.rights.mayDecide else { return "" }
        let base = ItemPages.path(view.line.item.id)
        let options = [SelectOption("yes", "发布"), SelectOption("no", "退回修改")]
        let fields =
            UI.hidden("revision", String(view.line.item.revision))
            + UI.radios(
                "decision", label: "意见", options: options, selected: view.values["decision"], required: true,
                problems: view.problems)
            + UI.textArea(
                "remark", label: "说明", value: view.values["remark"], hint: "退回时写明原因。", rows: 2,
                problems: view.problems)
        let form = UI.form(action: base + "/review", page: page, submit: "提交", problems: view.problems, fields)
        return UI.card("审核", id: "decision", form)
    }

    private static func files(_ view: View, _ page: PageContext) -> HTML {
        let id = view.line.item.id
        let editable = view.rights.mayEdit
        let shown = view.open == nil ? view.files : view.openFiles
        let table = DataTable<ItemFile>(
            caption: "文件",
            columns: [
                DataColumn(
                    "名称", value: { .text($0.name) },
                    cell: { #"<a href="\#(url: ItemPages.path($0, of: id))">\#($0.name)</a>"# }),
                DataColumn("大小", value: { .text(ItemFile.sizeText($0.size)) }),
            ]
                + (editable
                    ? [
                        DataColumn("操作") { file in
                            UI.postButton(
                                "移除", action: ItemPages.path(file, of: id) + "/removal", page: page,
                                confirm: "移除“\(file.name)”？")
                        }
                    ] : []),
            isExportable: false, empty: UI.emptyState("还没有文件", editable ? "在下面添加。" : "作者还没有上传文件。"))
        let rows = table.html(Page(items: shown, total: shown.count, next: nil), path: "", query: FormValues())
        guard editable else { return rows }
        let field = UI.fileField(
            "file", label: "添加文件", hint: "可以选多个，合计不超过 64 MB。", multiple: true, required: true,
            problems: view.problems)
        return rows
            + UI.form(action: ItemPages.path(id) + "/attachments", page: page, submit: "上传", multipart: true, field)
    }

    private static func facts(_ view: View) -> [(String, HTML)] {
        let item = view.line.item, content = view.open?.content ?? item.content
        let nodes: HTML = #"<ul class="plain-list">\#(each: view.places, place)</ul>"#
        var rows: [(String, HTML)] = [
            ("所属课", view.places.isEmpty ? "还没有选择" : nodes), ("简介", HTML(text: content.summary)),
            ("标签", HTML(text: content.tags.joined(separator: "、"))),
            ("使用对象", HTML(text: content.audience.map { ResourceLists.audience.name(of: $0) }.joined(separator: "、"))),
            ("语种", HTML(text: ResourceLists.language.name(of: content.language))),
            ("时长", HTML(text: content.minutes.map { "\($0) 分钟" } ?? "")),
            ("来源", HTML(text: ResourceLists.origin.name(of: content.origin))),
            ("出处和授权", HTML(text: content.source)),
            ("授权方式", HTML(text: ResourceLists.licence(content.licence).map { "\($0.name)：\($0.summary)" } ?? "")),
            ("谁能看到", HTML(text: content.visibility.title)),
            ("状态", UI.tag(item.state.title, ItemPages.tone(item.state))),
        ]
        if item.version > 0 { rows.append(("版本", HTML(text: "第 \(item.version) 版"))) }
        if let published = item.publishedAt { rows.append(("发布时间", HTML(text: published.text))) }
        return rows.filter { !$0.1.isEmpty }
    }

    private static func place(_ place: NodePlace) -> HTML {
        #"<li><a href="\#(url: TextbookPages.path(place.node.id))">\#(place.full)</a></li>"#
    }

    /// Everybody whose work is in it, up to the first; and what was made from it.
    private static func credits(_ view: View) -> HTML {
        var parts: HTML = ""
        if !view.ancestors.isEmpty {
            parts += #"""
                <p>改编自：</p><ol>\#(each: view.ancestors, { credit($0, isLinked: view.reachable.contains($0.item.id)) })</ol>
                """#
        }
        if view.adaptationCount > 0 {
            parts += #"""
                <p>被改编 \#(view.adaptationCount) 次</p>\#
                <ul class="plain-list">\#(each: view.adaptations, ItemPages.entry)</ul>
                """#
        }
        return parts.isEmpty ? "" : UI.card("改编和署名", id: "credits", parts)
    }

    /// The licence asks for the credit also where the resource itself is not open to the viewer.
    private static func credit(_ line: ItemLine, isLinked: Bool) -> HTML {
        let title = line.item.content.title
        let name: HTML =
            isLinked ? #"<a href="\#(url: ItemPages.path(line.item.id))">\#(title)</a>"# : HTML(text: title)
        let licence = line.item.licence?.name ?? ""
        return "<li>\(name) \(line.authorNames)（\(line.item.schoolName)），\(licence)</li>"
    }

    private static func takedown(_ view: View, _ page: PageContext) -> HTML {
        guard view.rights.mayTakeDown else { return "" }
        let field = UI.textArea(
            "reason", label: "原因", value: view.values["reason"], rows: 2, required: true, problems: view.problems)
        let form = UI.form(
            action: ItemPages.path(view.line.item.id) + "/takedown", page: page, submit: "下架", field)
        let isOpen = view.problems.contains { $0.field == "reason" }
        return UI.card(nil, UI.details("下架这个资源", form, isOpen: isOpen))
    }

    private static func versions(_ view: View) -> HTML {
        guard !view.history.isEmpty else { return "" }
        let table = DataTable<AuditEntry>(
            caption: "办理过程",
            columns: [
                DataColumn("时间", value: { .text($0.at.text) }),
                DataColumn("办理", value: { .text(ResourceAuditWords.titles[$0.action] ?? $0.action) }),
                DataColumn("办理人", value: { .text($0.actorName) }), DataColumn("内容", value: { .text($0.detail) }),
            ], isExportable: false, empty: "")
        let list = DataTable<ItemVersion>(
            caption: "版本",
            columns: [
                DataColumn("版本", value: { .text("第 \($0.number) 版") }),
                DataColumn("标题", value: { .text($0.content.title) }),
                DataColumn("状态", value: { .text($0.state.title) }),
                DataColumn("修改", value: { .text("\($0.changedAt.text) \($0.changedBy)") }),
                DataColumn("审核", value: { .text($0.decidedBy) }),
            ], isExportable: false, empty: "")
        let rows = list.html(
            Page(items: view.versions, total: view.versions.count, next: nil), path: "", query: FormValues())
        let deeds = table.html(
            Page(items: view.history, total: view.history.count, next: nil), path: "", query: FormValues())
        return UI.card("版本", id: "versions", rows) + UI.card("办理过程", id: "history", deeds)
    }
}
