import Contracts
import Database
import Directory
import Kernel
import Web

/// What the plan says of one school: each target's light, the gap in things and yuan, the bandwidth rule that binds it,
/// and the day it will be met at the current pace.
struct PlanSchoolPanel: SchoolPanelSource {
    let database: Database
    let boards: PlanBoardService

    let order = 20

    /// A target that means the school.
    private struct Light: Sendable {
        let target: BoardTarget
        let way: BoardFigures.Way
        let figure: TargetFigure
        let course: TargetCourse
    }

    func panels(
        for school: Organisation, viewer: CurrentUser, on day: LocalDate, page: PageContext
    ) async throws -> [SchoolPanel] {
        guard viewer.may(.planView, at: school.path) else { return [] }
        let context = try await boards.board(on: day)
        let lights = try await lights(of: school, context)
        let plan = UI.linkButton("在行动计划中查看", url: "/plan?organisation=\(school.id)")
        var panels: [SchoolPanel] = []
        if let verdict = context.board.bandwidth(of: school.id) {
            panels.append(
                SchoolPanel(title: "带宽", id: "bandwidth", content: PlanSchoolPanel.bandwidth(verdict, context)))
        }
        let table: HTML =
            lights.isEmpty
            ? UI.emptyState("没有涉及这所学校的目标", "学校的办学类型和城乡类型填好后，这里显示各项目标。")
            : PlanSchoolPanel.table(lights, school)
        return [SchoolPanel(title: "行动计划达标情况", id: "plan", actions: plan, content: table)] + panels
    }

    func dossier(for school: Organisation, viewer: CurrentUser, on day: LocalDate) async throws -> [DossierSection] {
        guard viewer.may(.planView, at: school.path) else { return [] }
        let context = try await boards.board(on: day)
        let rows = try await lights(of: school, context).map { light -> [TableValue] in
            [
                .text(light.target.id), .text(light.target.definition.title), .text(light.figure.status.word),
                .text(light.figure.valueText), .text(light.figure.goalText),
                light.figure.gap.map { .text(FigureText.quantity($0, light.way.indicator.gapUnit)) } ?? .empty,
                light.figure.cost.map { .decimal(Double($0) / 100, places: 0) } ?? .empty,
                .text(light.course.shortText),
            ]
        }
        let header = ["代号", "目标", "状态", "现值", "要求", "缺口", "约需（元）", "按目前进度达标"]
        return [DossierSection(title: "行动计划达标情况", header: header, rows: rows)]
    }

    private func lights(of school: Organisation, _ context: BoardContext) async throws -> [Light] {
        let course = try await database.read { try SnapshotStore($0).course(of: school.id, upTo: context.day) }
        guard let place = context.board.organisation(school.id) else { return [] }
        let figures = BoardFigures(context: context, place: place, selection: BoardSelection())
        let frozen = Dictionary(grouping: course, by: \.target)
        return figures.targets.compactMap { target in
            guard target.isConnected, let way = figures.way(target) else { return nil }
            let figure = figures.figure(target, way, of: place)
            if figure.status == .notApplicable && figure.note == nil { return nil }
            return Light(
                target: target, way: way, figure: figure,
                course: TargetCourse(
                    frozen[target.id] ?? [], target: target, way: way, figure: figure, day: context.day))
        }
    }

    // MARK: Markup

    private static func table(_ lights: [Light], _ school: Organisation) -> HTML {
        let rows: HTML = "\(each: lights, { row($0, school) })"
        return #"""
            <div class="table-wrap" role="region" aria-label="行动计划达标情况" tabindex="0"><table class="stack">
            <caption class="visually-hidden">行动计划达标情况</caption>
            <thead><tr><th scope="col">目标</th><th scope="col">状态</th><th scope="col" class="num">现值</th>\#
            <th scope="col" class="num">要求</th><th scope="col" class="num">缺口</th><th scope="col" class="num">约需</th>\#
            <th scope="col">按目前进度达标</th></tr></thead>
            <tbody>\#(rows)</tbody></table></div>
            """#
    }

    private static func row(_ light: Light, _ school: Organisation) -> HTML {
        let figure = light.figure, target = light.target
        let gap = figure.gap.map { FigureText.quantity($0, light.way.indicator.gapUnit) } ?? "—"
        let cost = figure.gap == nil ? "—" : FigureText.money(figure.cost, price: light.way.indicator.price)
        let url = TargetSchools.sourcePath(target, school.id)
        return #"""
            <tr><th scope="row" data-label="目标">\#
            <a href="\#(url: url)">\#(target.id) \#(target.definition.title)</a></th>\#
            <td data-label="状态">\#(UI.light(figure.status.tone, figure.status.word))</td>\#
            <td class="num" data-label="现值">\#(figure.valueText)</td>\#
            <td class="num" data-label="要求">\#(figure.goalText)</td>\#
            <td class="num" data-label="缺口">\#(gap)</td><td class="num" data-label="约需">\#(cost)</td>\#
            <td data-label="按目前进度达标">\#(light.course.shortText)</td></tr>
            """#
    }

    /// The two lights of the bandwidth and which rule decides.
    private static func bandwidth(_ verdict: BandwidthVerdict, _ context: BoardContext) -> HTML {
        let rows: [(String, HTML)] = [("校均", light(verdict.perSchool)), ("班均", light(verdict.perClass))]
        let needed = context.board.settings.bandwidthLevel
        let state: HTML
        if let level = verdict.level {
            let text = level >= needed ? "达到校校通" : "未达到校校通"
            state = UI.light(level >= needed ? .ok : .bad, text)
        } else {
            state = UI.light(.muted, "无数据")
        }
        let rule = needed > 1 ? "校均和班均都达标才算" : "校均达标即算"
        return UI.summaryList(rows + [("校校通（\(rule)）", state), ("起决定作用的规则", binding(verdict, context))])
    }

    private static func light(_ light: BandwidthVerdict.Light?) -> HTML {
        guard let light else { return "没有适用的要求" }
        let needs = light.needs.map { FigureText.quantity($0, "Mbit/s") } ?? "班级数未知"
        let has = light.has.map { FigureText.quantity($0, "Mbit/s") } ?? "无数据"
        let state = light.passes.map { $0 ? UI.light(.ok, "达标") : UI.light(.bad, "未达标") } ?? UI.light(.muted, "无数据")
        return "\(state) 现有 \(has)，应有 \(needs)（\(light.title)）"
    }

    private static func binding(_ verdict: BandwidthVerdict, _ context: BoardContext) -> HTML {
        guard let binding = verdict.binding else { return "无数据" }
        guard let shortfall = verdict.shortfall, shortfall > 0 else { return "\(binding.title)，已满足" }
        let price = "bandwidth-mbps-year"
        let cost = FigureText.money(context.settings.prices.cost(of: shortfall, key: price), price: price)
        return "\(binding.title)：还差 \(FigureText.quantity(shortfall, "Mbit/s"))，约需\(cost)"
    }
}
