import Kernel
import Web

/// The text of another plan, shown beside the city's.
struct PlanBeside: Sendable {
    let plan: ActionPlan
    let text: PlanText

    /// 防城区, or the layer of a plan of the city's own.
    var publisher: String { plan.owner.organisation == nil ? plan.layer.title : plan.owner.name }
}

/// A second plan beside the city's: the choice in the bar, and its text with the targets that hang on it.
enum PlanBesidePages {
    static let name = "text"
    private static let anchor = "beside"

    /// Nothing to choose from, nothing to show.
    static func select(_ question: PlanPages.Question) -> HTML {
        let texts = question.texts
        guard !texts.isEmpty else { return "" }
        let options = texts.map { plan in
            let owner = plan.owner.organisation == nil ? plan.layer.title : plan.owner.name
            return SelectOption(plan.id.rawValue, "\(owner)：\(plan.title)")
        }
        return UI.select(
            name, label: "对照文本", options: [SelectOption("", "不对照")] + options,
            selected: question.beside?.plan.id.rawValue ?? "")
    }

    /// The city's text alone, or both; on a narrow window one below the other.
    static func pair(_ article: HTML, _ lines: PlanPages.Lines, _ question: PlanPages.Question) -> HTML {
        guard let beside = question.beside else { return article }
        return #"""
            <p class="plan-jump"><a href="#\#(anchor)">对照：\#(beside.text.title)</a></p>\#
            <div class="plan-pair">\#(article)\#(section(beside, lines, question))</div>
            """#
    }

    private static func section(_ beside: PlanBeside, _ lines: PlanPages.Lines, _ question: PlanPages.Question) -> HTML
    {
        let note = "\(beside.publisher)，\(beside.text.from.year)—\(beside.text.to.year)年，第\(beside.text.version)版"
        let byClause = Dictionary(grouping: lines) { $0.target.clause ?? "" }
        let clauses = PlanPages.clauses(beside.text, byClause, question, anchoredBy: anchor + "-")
        let text = clauses.isEmpty ? UI.emptyState("没有符合条件的目标", "放宽上面的条件再查询。") : clauses
        return #"""
            <section class="plan plan-beside" id="\#(anchor)" aria-label="\#(beside.text.title)">\#
            <h2>\#(beside.text.title)</h2><p class="muted">\#(note)</p>\#(text)</section>
            """#
    }
}
