import Kernel
import Platform
import Web

/// The change set: one table for each kind of line.
extension ImportPages {
    static func change(
        _ batch: ImportBatch, _ kind: ImportKind, _ lines: Page<ImportLine>, _ request: WebRequest
    ) -> HTML {
        let tabs = UI.tabs(
            ImportKind.allCases.map { other in
                let title = "\(other.title) \(batch.counts[other])"
                return (title, path(batch.id) + "?kind=" + other.rawValue, other == kind)
            }, label: "变更集")
        let download: HTML =
            kind == .refused && batch.counts.refused > 0
            ? UI.linkButton("下载退回的行", url: path(batch.id) + "/refused") : ""
        let query = request.query.replacing("kind", with: kind.rawValue)
        let table = table(kind, batch).html(lines, path: path(batch.id), query: query)
        return UI.card(kind.title + "的行", id: "changes", actions: download, tabs + table)
    }

    static func table(_ kind: ImportKind, _ batch: ImportBatch) -> DataTable<ImportLine> {
        let what = kind == .refused ? "退回原因" : kind == .unchanged ? "说明" : "内容"
        return DataTable(
            caption: kind.title + "的行",
            columns: [
                DataColumn("学校", value: { .text($0.name) }, cell: school),
                DataColumn("标识码", value: { $0.code.map { .text($0) } ?? .empty }),
                DataColumn("工作表", value: { .text(ChineseText.quoted($0.sheet)) }),
                DataColumn("行号", value: { .integer($0.row) }),
                DataColumn(what, value: { .text(sentences($0).joined(separator: "；")) }, cell: details),
            ], empty: UI.emptyState("没有\(kind.title)的行", "其他各行见上面的分页。"))
    }

    private static func school(_ line: ImportLine) -> HTML {
        let name = line.name.isEmpty ? "（没有名称）" : line.name
        guard let id = line.organisation, line.kind != .refused else { return HTML(text: name) }
        return #"<a href="\#(url: "/schools/\(id)")">\#(name)</a>"#
    }

    /// What a line says, in words; also for exports.
    private static func sentences(_ line: ImportLine) -> [String] {
        if line.kind == .refused {
            return line.problems.map { problem in
                problem.column.map { "\(ColumnLetters.letters($0))\(line.row)：\(problem.message)" } ?? problem.message
            }
        }
        let changes = line.content.changes.map { change in
            change.old.map { "\(change.label) \($0) → \(change.new)" } ?? "\(change.label) \(change.new)"
        }
        return changes + line.content.notes
    }

    private static func details(_ line: ImportLine) -> HTML {
        switch line.kind {
        case .unchanged: return HTML(text: sentences(line).joined(separator: "；"))
        case .refused: return #"<ul>\#(each: sentences(line), { "<li>\($0)</li>" })</ul>"#
        case .new:
            let text = line.content.changes.map { "\($0.label) \($0.new)" }.joined(separator: "，")
            return UI.details("\(line.content.changes.count) 项", "<p>\(text)</p>")
        case .changed:
            let changes = line.content.changes
            let notes: HTML = "\(each: line.content.notes, { "<li>\(UI.tag("请核对", .warn)) \($0)</li>" })"
            return "<ul>\(each: changes, item)\(notes)</ul>"
        }
    }

    private static func item(_ change: ImportChange) -> HTML {
        guard let old = change.old else { return "<li>\(change.label)：<ins>\(change.new)</ins></li>" }
        return "<li>\(change.label)：<del>\(old)</del> → <ins>\(change.new)</ins></li>"
    }
}
