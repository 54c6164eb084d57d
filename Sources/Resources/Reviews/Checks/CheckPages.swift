import Kernel
import Media
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
        /// Hers and the other.
        let sides: [Side]
    }

    /// One of two files that are like each other.
    struct Side: Sendable {
        let item: Item
        /// `nil` when the resource has it no more.
        let file: ItemFile?
        /// What can be shown of it.
        let media: MediaView?
        var insides = ContentInsides()

        fileprivate var head: String { "\(item.content.title)（\(item.schoolName)）：\(file?.name ?? "")" }

        /// One of its pages or pictures, with its name below.
        fileprivate func still(_ index: Int, _ name: String) -> HTML {
            guard let file, let media else { return HTML(text: name) }
            let base = ItemPages.path(file, of: item.id) + "/derived"
            let picture = MediaFigures(media, name: file.name, base: base, id: file.id.rawValue).still(
                index, spacing: insides.spacing, label: "\(item.content.title)，\(name)")
            return "\(picture)\(name)"
        }
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
        let own: HTML
        let other: HTML
        let isSame: Bool
    }

    private static func body(_ view: Comparison) -> HTML {
        let heads = view.sides.map(\.head), lines: [Line], note: HTML
        switch view.finding.kind {
        case .page, .frame: (lines, note) = pictures(view)
        case .text: (lines, note) = (texts(view), "")
        default:
            return UI.card(nil, "<p>两个文件的内容完全相同。</p><p>\(heads[0])</p><p>\(heads[1])</p>")
        }
        let table = DataTable<Line>(
            caption: "对照",
            columns: [
                DataColumn(heads[0]) { $0.own }, DataColumn(heads[1]) { $0.other },
                DataColumn("对照", value: { .text($0.isSame ? "相同" : "") }),
            ], isExportable: false, empty: UI.emptyState("现在读不出内容", "下载两个文件对照。"))
        let rows = table.html(Page(items: lines, total: lines.count, next: nil), path: "", query: FormValues())
        return UI.card(nil, note + rows)
    }

    /// Pages or moments of one beside those of the other that look the same.
    private static func pictures(_ view: Comparison) -> ([Line], HTML) {
        let isPage = view.finding.kind == .page, sides = view.sides
        func name(_ index: Int, _ side: Side) -> String {
            let second = index * side.insides.spacing
            return isPage ? "第 \(index + 1) 页" : "\(second / 60) 分 \(second % 60) 秒"
        }
        let hashes = sides.map { PictureSketch(isPage ? $0.insides.pages : $0.insides.frames) }
        let pairs = hashes[0].pairs(with: hashes[1])
        let lines = pairs.prefix(mostPictures).map { pair in
            Line(
                own: sides[0].still(pair.own, name(pair.own, sides[0])),
                other: sides[1].still(pair.other, name(pair.other, sides[1])), isSame: true)
        }
        guard !pairs.isEmpty else { return ([], "") }
        let unit = isPage ? "页" : "个画面", all = hashes.map(\.hashes.count)
        let rest = pairs.count > lines.count ? "，这里列出前 \(lines.count) 对" : ""
        return (lines, "<p>左边共 \(all[0]) \(unit)，右边共 \(all[1]) \(unit)，\(pairs.count) 对看起来相同\(rest)。</p>")
    }

    /// Pairs of pictures on one page.
    private static let mostPictures = 100

    /// Lines of one text beside the lines of the other in which most of the same runs stand.
    private static func texts(_ view: Comparison) -> [Line] {
        let sides = view.sides.map { side in
            side.insides.text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.isEmpty }.prefix(longest)
        }
        let others = sides[1].map { (text: $0, runs: Set(ChineseText.bigrams(of: $0))) }
        return sides[0].map { line in
            let runs = Set(ChineseText.bigrams(of: line))
            let best = others.max { $0.runs.intersection(runs).count < $1.runs.intersection(runs).count }
            let share = best.map { Double($0.runs.intersection(runs).count) / Double(max(1, runs.count)) } ?? 0
            let other = share >= 0.5 ? best?.text ?? "" : ""
            return Line(own: HTML(text: line), other: HTML(text: other), isSame: best?.text == line)
        }
    }

    /// Lines that are set side by side.
    private static let longest = 200
}
