import Directory
import Kernel
import Media
import Platform
import Web

/// 轻量包 of a school's day: what is in it, what was made smaller, what was left out and why.
enum LightPackPages {
    static func path(_ school: OrganisationID, _ day: LocalDate? = nil) -> String {
        "/schools/\(school)/light-pack" + (day.map { "?day=\($0.iso)" } ?? "")
    }

    static func show(
        _ day: SchoolDayPack, mayEdit: Bool, _ values: FormValues, _ problems: [FieldProblem], _ page: PageContext
    ) -> HTML {
        let base = path(day.school.id), query = "?day=\(day.day.iso)"
        var actions: HTML = ""
        if !day.pack.chosen.isEmpty {
            actions += UI.linkButton(
                "下载（\(FileSize.text(day.pack.bytes))）", url: base + "/archive" + query, style: .primary)
        }
        actions += UI.linkButton("清单（JSON）", url: base + "/manifest" + query)
        let content: HTML = """
            \(UI.heading("轻量包", note: "\(day.school.name)，\(day.day.chinese)", actions: actions))
            \(UI.card(nil, UI.filterBar(action: base, query: FormValues([("day", day.day.iso)]), UI.dateField("day", label: "日期", value: day.day))))
            \(UI.card("大小", UI.summaryList(facts(day))))
            \(UI.card("装进去的", id: "chosen", chosen(day)))
            \(if: !day.pack.leftOut.isEmpty, UI.card("没有装进去的", id: "left-out", leftOut(day)))
            \(UI.card("班级", id: "classes", classes(day)))
            \(if: mayEdit, UI.card("预算", id: "budget", budget(day, values, problems, page)))
            """
        return UI.layout(
            "轻量包", page, breadcrumbs: [Crumb(day.school.name, "/schools/\(day.school.id)"), Crumb("轻量包")],
            isFailed: !problems.isEmpty, content)
    }

    private static func facts(_ day: SchoolDayPack) -> [(String, HTML)] {
        [
            ("预算", HTML(text: "\(day.budget) MB")), ("装了", HTML(text: FileSize.text(day.pack.bytes))),
            ("文件", HTML(text: "\(day.pack.chosen.count) 个，没有装 \(day.pack.leftOut.count) 个")),
            ("怎么选", "先让每个文件都用最小的版本装进去，装不下的从排在后面的开始不装；还有空间，再把排在前面的换成清楚的版本。"),
        ]
    }

    private static func chosen(_ day: SchoolDayPack) -> HTML {
        let table = DataTable<LightPack.Choice>(
            caption: "装进去的文件",
            columns: [
                DataColumn(
                    "资源", value: { .text($0.file.title) },
                    cell: { #"<a href="\#(url: ItemPages.path($0.file.item))">\#($0.file.title)</a>"# }),
                DataColumn("文件", value: { .text($0.file.name) }),
                DataColumn("版本", value: { .text($0.rendition.label + ($0.isReduced ? "（压小）" : "")) }),
                DataColumn("大小", value: { .text(FileSize.text($0.rendition.size)) }),
            ], isExportable: false,
            empty: UI.emptyState("这一天没有要用的资源", "给班级推送以后，这里列出当天要用的文件。"))
        return table.html(
            Page(items: day.pack.chosen, total: day.pack.chosen.count, next: nil), path: "", query: FormValues())
    }

    private static func leftOut(_ day: SchoolDayPack) -> HTML {
        let table = DataTable<LightFile>(
            caption: "没有装进去的文件",
            columns: [
                DataColumn(
                    "资源", value: { .text($0.title) },
                    cell: { #"<a href="\#(url: ItemPages.path($0.item))">\#($0.title)</a>"# }),
                DataColumn("文件", value: { .text($0.name) }),
                DataColumn("最小的版本", value: { .text(FileSize.text($0.ascending.first?.size ?? 0)) }),
                DataColumn("原因", value: { _ in .text("超出 \(day.budget) MB 预算") }),
            ], isExportable: false, empty: "")
        return table.html(
            Page(items: day.pack.leftOut, total: day.pack.leftOut.count, next: nil), path: "", query: FormValues())
    }

    private static func classes(_ day: SchoolDayPack) -> HTML {
        guard !day.lines.isEmpty else { return UI.emptyState("这一天没有推送", "换一天看看。") }
        return #"""
            <ul class="plain-list">\#(each: day.lines, { line in
                #"""
                <li>\#(line.className) \#(line.place.node.title) \#
                <span class="muted">\#(line.when) · \#(line.entries.count) 项资源</span></li>
                """#
            })</ul>
            """#
    }

    private static func budget(
        _ day: SchoolDayPack, _ values: FormValues, _ problems: [FieldProblem], _ page: PageContext
    ) -> HTML {
        let kept = values.has("megabytes") ? values["megabytes"] : String(day.budget)
        let field = UI.textField(
            "megabytes", label: "每天的预算", value: kept, hint: "按学校的线路定，如 4M 的线路一小时约 1800 MB。", required: true,
            suffix: "MB",
            inputmode: "numeric", problems: problems)
        return UI.form(action: path(day.school.id), page: page, submit: "保存", problems: problems, field)
    }
}
