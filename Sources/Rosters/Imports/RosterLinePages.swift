import Directory
import Kernel
import Platform
import Web

/// The change set of a roster: one table for each kind of line.
enum RosterLinePages {
    static func change(
        _ batch: RosterBatch, _ kind: RosterLineKind, _ lines: Page<RosterLine>, _ request: WebRequest, maySubmit: Bool
    ) -> HTML {
        let path = RosterImportPages.path(batch.id)
        let tabs = UI.tabs(
            RosterLineKind.allCases.map { other in
                ("\(other.title) \(batch.counts[other])", path + "?kind=" + other.rawValue, other == kind)
            }, label: "变更集")
        let queue: HTML =
            kind == .doubtful && batch.counts[.doubtful] > 0 ? UI.linkButton("去核对", url: "/rosters/duplicates") : ""
        let download: HTML =
            maySubmit && batch.hasFile && batch.counts[.refused] + batch.counts.cells > 0
            ? UI.linkButton("下载退回的行", url: path + "/refused") : ""
        let query = request.query.replacing("kind", with: kind.rawValue)
        return UI.card(
            kind.title + "的行", id: "changes", actions: queue + download,
            tabs + table(kind).html(lines, path: path, query: query))
    }

    static func table(_ kind: RosterLineKind) -> DataTable<RosterLine> {
        let what =
            switch kind {
            case .refused: "退回原因"
            case .doubtful, .unchanged: "说明"
            case .new, .changed: "内容"
            }
        return DataTable(
            caption: kind.title + "的行",
            columns: [
                DataColumn("姓名", value: { .text($0.name.isEmpty ? "（没有姓名）" : $0.name) }),
                DataColumn("学校和班级", value: { .text($0.place) }),
                DataColumn("工作表", value: { .text(ChineseText.quoted($0.sheet)) }),
                DataColumn("行号", value: { .integer($0.row) }),
                DataColumn(what, value: { .text(sentences($0).joined(separator: "；")) }, cell: details),
            ], empty: UI.emptyState("没有\(kind.title)的行", "其他各行见上面的分页。"))
    }

    /// What a line says, in words; also for exports.
    private static func sentences(_ line: RosterLine) -> [String] {
        let content = line.content
        let changes =
            line.kind == .new
            ? ["\(content.values.count + content.numbers.count) 项信息"]
                + (content.guardians.isEmpty ? [] : ["家长 " + content.guardians.map(\.name).joined(separator: "、")])
            : content.changes.map { change in
                change.old.map { "\(change.label) \($0) → \(change.new)" } ?? "\(change.label) \(change.new)"
            }
        return changes + content.problems.map { place($0, line) } + content.notes.map { place($0, line) }
    }

    private static func place(_ problem: ImportProblem, _ line: RosterLine) -> String {
        problem.column.map { "\(ColumnLetters.letters($0))\(line.row)：\(problem.message)" } ?? problem.message
    }

    private static func details(_ line: RosterLine) -> HTML {
        let content = line.content
        let problems: HTML =
            "\(each: content.problems, { "<li>\(UI.tag("不写入", .bad)) \(place($0, line))</li>" })"
        let notes: HTML = "\(each: content.notes, { "<li>\(UI.tag("请核对", .warn)) \(place($0, line))</li>" })"
        switch line.kind {
        case .refused: return "<ul>\(each: content.problems, { "<li>\(place($0, line))</li>" })\(notes)</ul>"
        case .unchanged, .doubtful: return "<ul>\(notes)</ul>"
        case .new:
            let words = sentences(line).prefix(content.guardians.isEmpty ? 1 : 2).joined(separator: "，")
            return "<ul><li>\(words)</li>\(notes)</ul>"
        case .changed: return "<ul>\(each: content.changes, item)\(problems)\(notes)</ul>"
        }
    }

    private static func item(_ change: RosterChange) -> HTML {
        guard let old = change.old else { return "<li>\(change.label)：<ins>\(change.new)</ins></li>" }
        return "<li>\(change.label)：<del>\(old)</del> → <ins>\(change.new)</ins></li>"
    }
}
