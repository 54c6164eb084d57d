import Kernel
import Web

/// Two texts of a plan side by side, clause by clause.
enum PlanDifferencePages {
    static func versions(
        _ plan: ActionPlan, _ old: PlanVersion, _ new: PlanVersion, _ differences: [ClauseDifference],
        _ page: PageContext
    ) -> HTML {
        let title = "第 \(old.number) 版与第 \(new.number) 版对比"
        let crumbs = [
            PlanDocumentPages.planCrumb, PlanDocumentPages.crumb, Crumb(plan.title, PlanDocumentPages.path(plan.id)),
            Crumb("版本对比"),
        ]
        return show(title, note: plan.title, crumbs, differences, page)
    }

    static func draft(
        _ draft: PlanDocumentDraft, _ version: PlanVersion, _ differences: [ClauseDifference], _ page: PageContext
    ) -> HTML {
        let crumbs = [
            PlanDocumentPages.planCrumb, PlanDocumentPages.crumb, Crumb("草稿", PlanDraftPages.path(draft.id)),
            Crumb("版本对比"),
        ]
        return show("草稿与第 \(version.number) 版对比", note: draft.title, crumbs, differences, page)
    }

    private static func show(
        _ title: String, note: String, _ crumbs: [Crumb], _ differences: [ClauseDifference], _ page: PageContext
    ) -> HTML {
        let kinds: [ClauseDifference.Kind] = [.changed, .added, .removed, .moved, .unchanged]
        let figures = kinds.map { kind in
            UI.statistic(String(differences.filter { $0.kind == kind }.count), label: kind.title)
        }
        let same = differences.allSatisfy { $0.kind == .unchanged }
        let content: HTML = """
            \(UI.heading(title, note: note))
            \(UI.statistics(figures))
            \(if: same, UI.notice(.ok, "<p>两个版本逐条相同。</p>"))
            <div class="plan">\(each: differences, difference)</div>
            """
        return UI.layout(title, page, breadcrumbs: crumbs, wide: true, content)
    }

    private static func difference(_ difference: ClauseDifference) -> HTML {
        let path = difference.new?.path ?? difference.old?.path ?? ""
        let moved: HTML = difference.kind == .moved ? "<p>原为 \(difference.old?.path)</p>" : ""
        let name = difference.new?.heading ?? difference.new?.text ?? ""
        let text: HTML =
            difference.kind == .unchanged
            ? "<p>\(path)　\(name.prefix(30))\(name.count > 30 ? "…" : "")</p>" : changes(difference)
        return #"""
            <div class="clause"><div class="clause-text">\#(text)</div>\#
            <div class="rail"><p>\#(UI.tag(difference.kind.title, difference.kind.tone)) \#(path)</p>\#
            \#(moved)</div></div>
            """#
    }

    private static func changes(_ difference: ClauseDifference) -> HTML {
        var text: HTML = "<p>"
        for segment in difference.segments {
            for (index, line) in segment.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                if index > 0 { text += "<br>" }
                if line.isEmpty { continue }
                switch segment.kind {
                case .same: text += "\(line)"
                case .added: text += "<ins>\(line)</ins>"
                case .removed: text += "<del>\(line)</del>"
                }
            }
        }
        return text + "</p>"
    }
}

extension ClauseDifference.Kind {
    fileprivate var title: String {
        switch self {
        case .unchanged: "不变"
        case .changed: "变更"
        case .added: "新增"
        case .removed: "删去"
        case .moved: "移动"
        }
    }

    fileprivate var tone: Tone {
        switch self {
        case .unchanged: .muted
        case .changed, .moved: .info
        case .added: .ok
        case .removed: .warn
        }
    }
}
