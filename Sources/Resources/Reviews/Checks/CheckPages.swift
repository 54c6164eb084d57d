import Kernel
import Platform
import Web

/// The page of the word list, and two like contents side by side.
enum CheckPages {
    static let words = ReviewPages.root + "/words"

    struct Words: Sendable {
        let text: String
        let version: Int
        let changedAt: Timestamp?
        let changedBy: String
    }

    static func words(_ view: Words, _ problems: [FieldProblem], _ warning: String?, _ page: PageContext) -> HTML {
        let note = view.changedAt.map { "第 \(view.version) 版，\($0.text) \(view.changedBy)" } ?? "随附的示例，请换成本市的词表"
        let field = UI.textArea(
            "words", label: "词表", value: view.text,
            hint: "一行一个：类别,词,程度。程度写“拦截”或“疑似”：标题和简介里有拦截的词不能提交，疑似的给作者和审核员看。#开头的行不算。",
            rows: 20, required: true, problems: problems)
        let form = UI.form(
            action: words, page: page, submit: "保存", cancel: ReviewPages.root, problems: problems,
            UI.hidden("version", String(view.version)) + field)
        let content: HTML = """
            \(UI.heading("检查词表", note: note))
            \(warning.map { UI.notice(.warn, HTML(text: $0)) })
            \(UI.card(nil, form))
            """
        return UI.layout(
            "检查词表", page, breadcrumbs: [Crumb("资源审核", ReviewPages.root), Crumb("检查词表")],
            isFailed: !problems.isEmpty || warning != nil, content)
    }

    struct Comparison: Sendable {
        let item: Item
        let other: Item
        let finding: ReviewFinding
        /// Of the two files.
        let names: [String]
        let sides: [ContentInsides]
    }

    static func compare(_ view: Comparison, _ page: PageContext) -> HTML {
        let own = view.item.content.title, other = view.other.content.title
        let content: HTML = """
            \(UI.heading("并排对照", note: "\(view.finding.kind.title)，\(view.finding.percent)% 相同"))
            \(body(view))
            """
        let crumbs = [Crumb("资源库", ItemPages.root), Crumb(own, ItemPages.path(view.item.id)), Crumb("并排对照")]
        return UI.layout("\(own) 与 \(other)", page, breadcrumbs: crumbs, wide: true, content)
    }

    private struct Line: Sendable {
        let own: String
        let other: String
        let isSame: Bool
    }

    private static func body(_ view: Comparison) -> HTML {
        let heads = zip([view.item, view.other], view.names).map { item, name in
            "\(item.content.title)（\(item.schoolName)）：\(name)"
        }
        let lines: [Line]
        switch view.finding.kind {
        case .page, .frame: lines = pictures(view)
        case .text: lines = texts(view)
        default:
            return UI.card(nil, "<p>两个文件的内容完全相同。</p><p>\(heads[0])</p><p>\(heads[1])</p>")
        }
        let table = DataTable<Line>(
            caption: "对照",
            columns: [
                DataColumn(heads[0], value: { .text($0.own) }), DataColumn(heads[1], value: { .text($0.other) }),
                DataColumn("对照", value: { .text($0.isSame ? "相同" : "") }),
            ], isExportable: false, empty: UI.emptyState("现在读不出内容", "下载两个文件对照。"))
        return UI.card(
            nil, table.html(Page(items: lines, total: lines.count, next: nil), path: "", query: FormValues()))
    }

    private static func pictures(_ view: Comparison) -> [Line] {
        let isPage = view.finding.kind == .page, unit = isPage ? "第 %d 页" : "第 %d 个画面"
        func name(_ index: Int) -> String { unit.replacing("%d", with: String(index + 1)) }
        let hashes = view.sides.map { PictureSketch(isPage ? $0.pages : $0.frames) }
        return hashes[0].pairs(with: hashes[1]).map { Line(own: name($0.own), other: name($0.other), isSame: true) }
    }

    /// Lines of one text beside the lines of the other in which most of the same runs stand.
    private static func texts(_ view: Comparison) -> [Line] {
        let sides = view.sides.map { side in
            side.text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.isEmpty }.prefix(longest)
        }
        let others = sides[1].map { (text: $0, runs: Set(ChineseText.bigrams(of: $0))) }
        return sides[0].map { line in
            let runs = Set(ChineseText.bigrams(of: line))
            let best = others.max { $0.runs.intersection(runs).count < $1.runs.intersection(runs).count }
            let share = best.map { Double($0.runs.intersection(runs).count) / Double(max(1, runs.count)) } ?? 0
            return Line(own: line, other: share >= 0.5 ? best?.text ?? "" : "", isSame: best?.text == line)
        }
    }

    /// Lines that are set side by side.
    private static let longest = 200
}
