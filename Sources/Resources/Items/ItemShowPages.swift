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
        /// What the levels said; only for whoever may see it.
        let progress: ReviewPages.Progress?
        /// Whether she is an author of something taken down.
        let mayAppeal: Bool
        /// What it shows of pupils; only for whoever may see it.
        let pupils: [(String, HTML)]
        /// Whom the version in hand will name when it is published; empty where nothing changes.
        let nextAuthors: [ItemAuthor]
        let history: [AuditEntry]
        /// The open ones that hold it.
        let collections: [ItemCollection]
        let values: FormValues
        let problems: [FieldProblem]
    }

    /// What its page offers to other sites and to programs; nothing for what is not open to everybody.
    struct Outside: Sendable {
        var meta: PageMeta?
        var offer: HTML = ""
    }

    static func show(
        _ view: View, _ files: ItemFilePages.View, _ outside: Outside, warning: String? = nil, _ page: PageContext
    ) -> HTML {
        let item = view.line.item, title = item.content.title
        let note = "\(item.typeTitle) · \(view.line.authorNames) · \(item.schoolName)"
        let content: HTML = """
            \(UI.heading(title, note: note, actions: actions(view, page)))
            \(warning.map { UI.notice(.warn, HTML(text: $0)) })
            \(state(view))
            \(if: view.rights.mayDecide, decision(view, page))
            \(ItemFilePages.figures(files, of: item.id))
            \(UI.card("文件", id: "files", ItemFilePages.table(files, of: item.id, problems: view.problems, page)))
            \(UI.card(
                "说明", id: "facts", actions: UI.linkButton("导出元数据 LOM", url: ExportRoutes.lom(view.line.item.id)),
                UI.summaryList(facts(view))))
            \(credits(view))
            \(collections(view))
            \(outside.offer)
            \(view.progress.map { ReviewPages.progress($0, item.id) })
            \(takedown(view, page))
            \(versions(view))
            """
        return UI.layout(
            title, page, breadcrumbs: [Crumb("资源库", ItemPages.root), Crumb(title)],
            isFailed: !view.problems.isEmpty || warning != nil, meta: outside.meta,
            content)
    }

    private static func collections(_ view: View) -> HTML {
        guard !view.collections.isEmpty else { return "" }
        return UI.card(
            "所在专题", #"<ul class="plain-list">\#(each: view.collections, CollectionPages.entry)</ul>"#)
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
        if view.line.item.state == .published { deeds += UI.linkButton("举报", url: base + "/report") }
        if view.line.item.state == .published, page.user?.may(.siteEdit) ?? false {
            deeds += UI.linkButton("收入专题", url: base + "/collections")
        }
        if view.mayAppeal { deeds += UI.linkButton("申诉", url: base + "/appeal") }
        if rights.mayRestore { deeds += UI.postButton("恢复", action: base + "/restoration", page: page) }
        return deeds
    }

    private static func state(_ view: View) -> HTML {
        let item = view.line.item
        var parts: HTML = UI.errorSummary(
            view.problems.filter { !["decision", "remark", "reason"].contains($0.field) })
        if item.state == .takenDown {
            parts += UI.notice(.warn, HTML(text: "已下架：\(item.reason)。作者和学校仍能看到和下载；改正后重新提交，通过审核再发布。"))
        }
        if let progress = view.progress, let step = progress.open {
            parts += UI.notice(.info, HTML(text: ReviewPages.place(of: step, on: progress.today) + "。"))
        } else if view.open == nil, let last = view.progress?.steps.last,
            last.state == .returned || last.state == .refused
        {
            let words = "\(last.level.title)\(last.state.title)：\(last.reason)。已发布到\(item.reach.title)的不变。"
            parts += UI.notice(.warn, HTML(text: words))
        }
        guard let open = view.open else { return parts }
        if open.state == .pending {
            if item.version > 0 {
                parts += UI.notice(.info, "新的版本正在待审，读者看到的是现行版本。")
            } else if view.progress?.open == nil {
                parts += UI.notice(.info, "正在等待审核。")
            }
        } else if !open.remark.isEmpty {
            parts += UI.notice(.warn, HTML(text: "\(open.decidedBy)退回：\(open.remark)"))
        } else if item.version > 0 {
            parts += UI.notice(.info, "有一个新的版本还没有提交，读者看到的是现行版本。")
        }
        return parts
    }

    private static func decision(_ view: View, _ page: PageContext) -> HTML {
        guard let progress = view.progress else { return "" }
        return ReviewPages.decision(
            progress, view.line.item, changes(view), view.values, view.problems, page)
    }

    /// What readers see now and what they would see, where the two differ.
    private static func changes(_ view: View) -> HTML {
        let item = view.line.item
        guard item.version > 0, let open = view.open, open.content != item.content else { return "" }
        let old = item.content, new = open.content
        let rows = [
            ("标题", old.title, new.title),
            ("类型", ResourceLists.type.name(of: old.type), ResourceLists.type.name(of: new.type)),
            ("谁能看到", old.visibility.title, new.visibility.title),
            ("授权方式", ResourceLists.licence(old.licence)?.name ?? "", ResourceLists.licence(new.licence)?.name ?? ""),
            ("简介", old.summary, new.summary),
            ("标签", old.tags.joined(separator: "、"), new.tags.joined(separator: "、")),
        ].filter { $0.1 != $0.2 }
        return UI.summaryList(rows.map { ($0.0, HTML(text: "\($0.1.isEmpty ? "（空）" : $0.1) → \($0.2)")) })
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
            ("谁能看到", HTML(text: reach(item, content))),
            ("状态", UI.tag(item.state.title, ItemPages.tone(item.state))),
        ]
        rows += view.pupils
        rows.append(("新版本的作者", HTML(text: view.nextAuthors.map(\.name).joined(separator: "、"))))
        if item.version > 0 { rows.append(("版本", HTML(text: "第 \(item.version) 版"))) }
        if item.state == .published {
            rows.append(
                ("学校", #"<a href="\#(url: SchoolResourcePages.path(item.school))">\#(item.schoolName)的资源</a>"#))
        }
        if let published = item.publishedAt { rows.append(("发布时间", HTML(text: published.text))) }
        return rows.filter { !$0.1.isEmpty }
    }

    /// What is asked for, and how far it has come.
    private static func reach(_ item: Item, _ content: ItemContent) -> String {
        guard item.version > 0, item.reach != content.visibility else { return content.visibility.title }
        return "\(item.reach.title)（申请\(content.visibility.title)）"
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
