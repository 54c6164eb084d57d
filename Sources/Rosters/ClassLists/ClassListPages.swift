import Kernel
import Platform
import Web

/// Lists of classes: what was sent, the upload, and one of them.
enum ClassListPages {
    static let root = "/rosters/class-lists"
    static func path(_ id: ID<ClassList>) -> String { "\(root)/\(id)" }

    private static var crumbs: [Crumb] { RosterImportPages.crumbs + [Crumb("班级名单", root)] }

    private static func tone(_ state: ClassList.State) -> Tone {
        switch state {
        case .compared: .warn
        case .accepted: .ok
        case .undone, .discarded: .muted
        }
    }

    static let history = DataTable<ClassList>(
        caption: "班级名单",
        columns: [
            DataColumn("文件", value: { .text($0.fileName) }) {
                #"<a href="\#(url: path($0.id))">\#($0.fileName)</a>"#
            },
            DataColumn("上传时间", value: { .text($0.createdAt.text) }),
            DataColumn("导入人", value: { .text($0.createdBy) }),
            DataColumn("状态", value: { .text($0.state.title) }) { UI.tag($0.state.title, tone($0.state)) },
            DataColumn("新增", value: { .integer($0.counts[.new] ?? 0) }),
            DataColumn("已有", value: { .integer($0.counts[.known] ?? 0) }),
            DataColumn("退回", value: { .integer($0.counts[.refused] ?? 0) }),
        ], isExportable: false,
        empty: UI.emptyState("还没有导入过班级名单", "上传全国学籍系统导出的班级信息，缺少的班级会新建。"))

    static func list(_ slice: Page<ClassList>, _ request: WebRequest, maySubmit: Bool) -> HTML {
        let button: HTML = maySubmit ? UI.linkButton("导入班级名单", url: root + "/new", style: .primary) : ""
        let content: HTML = """
            \(UI.heading("班级名单", note: "全国学籍系统的“\(ClassList.preset)”，与本平台的班级对照", actions: button))
            \(UI.card(nil, history.html(slice, path: root, query: request.query)))
            """
        return UI.layout("班级名单", request.page, breadcrumbs: RosterImportPages.crumbs + [Crumb("班级名单")], content)
    }

    static func upload(_ page: PageContext, problems: [FieldProblem]) -> HTML {
        let field = UI.fileField(
            "file", label: "班级名单", accept: ".xlsx,.xls,.csv", hint: "学籍系统导出的班级信息，或有年级、班号的表，原样上传。",
            required: true, problems: problems)
        let form = UI.form(
            action: root, page: page, submit: "上传", cancel: root, multipart: true, problems: problems, field)
        return UI.layout(
            "导入班级名单", page, breadcrumbs: crumbs + [Crumb("导入班级名单")], isFailed: !problems.isEmpty,
            UI.heading("导入班级名单", note: "上传后先核对，接受之前不会写入"), UI.card(nil, form))
    }

    static let lines = DataTable<ClassListLine>(
        caption: "班级",
        columns: [
            DataColumn("行号", value: { .integer($0.row) }), DataColumn("班级", value: { .text($0.name) }),
            DataColumn("结果", value: { .text($0.kind.title) }) { line in
                UI.tag(line.kind.title, line.kind == .new ? .ok : line.kind == .known ? .muted : .bad)
            },
            DataColumn("说明", value: { $0.note.isEmpty ? .empty : .text($0.note) }),
        ], empty: UI.emptyState("没有班级", "这一类没有班级。"))

    static func show(_ list: ClassList, _ slice: Page<ClassListLine>, _ request: WebRequest, maySubmit: Bool) -> HTML {
        let path = path(list.id)
        let figures = UI.statistics(
            ClassListLine.Kind.allCases.map { kind in
                let count = list.counts[kind] ?? 0
                return UI.statistic(
                    String(count), label: kind.title, tone: kind == .refused && count > 0 ? .bad : nil,
                    url: path + "?kind=" + kind.rawValue)
            })
        let actions = maySubmit ? buttons(list, request.page) : ""
        let content: HTML = """
            \(UI.heading("班级名单", note: "\(list.fileName) · \(list.createdBy) · \(list.createdAt.text)", actions: actions))
            \(UI.notice(tone(list.state), "<p>\(words(list))</p>"))
            \(figures)
            \(UI.card(nil, lines.html(slice, path: path, query: request.query)))
            """
        return UI.layout("班级名单", request.page, breadcrumbs: crumbs + [Crumb(list.fileName)], content)
    }

    private static func words(_ list: ClassList) -> String {
        switch list.state {
        case .compared where list.counts[.new] ?? 0 == 0: "没有要新建的班级。"
        case .compared: "还没有写入。接受后新建“新增”的班级；“已有”的班级不改。"
        case .accepted: "已新建班级，\(list.decidedBy) 接受。"
        case .undone: "已撤销，新建的班级已去掉。"
        case .discarded: "已放弃，没有写入。"
        }
    }

    private static func buttons(_ list: ClassList, _ page: PageContext) -> HTML {
        let path = path(list.id), new = list.counts[.new] ?? 0
        switch list.state {
        case .compared:
            let accept = UI.postButton(
                "接受", action: path + "/acceptance", page: page, style: .primary, confirm: "接受后新建 \(new) 个班级。")
            let discard = UI.postButton("放弃", action: path + "/discard", page: page, confirm: "放弃这份班级名单？")
            return (new > 0 ? accept : "") + discard
        case .accepted:
            return UI.postButton(
                "撤销", action: path + "/undo", page: page, style: .danger, confirm: "撤销后去掉新建的班级，确定撤销？")
        case .undone, .discarded: return ""
        }
    }
}
