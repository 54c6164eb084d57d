import Kernel

/// What each choice of a switch means for the city today: one line a target, one value a choice.
struct SettingComparison: Sendable {
    struct Line: Sendable {
        let target: String
        let title: String
        /// By reading or view, as shown: `86.47%，达标`.
        let values: [String: String]
    }

    let day: LocalDate
    /// By switch: `I1`, `I8`, `I10`, `I11`.
    let lines: [String: [Line]]
    /// I2: schools that count as 校校通 by each rule, of those with data; `nil` without any.
    let levels: (perSchool: Int, both: Int, schools: Int)?

    /// `nil` while there is no city.
    init?(_ context: BoardContext) {
        guard let city = context.city else { return nil }
        day = context.day
        var lines: [String: [Line]] = [:]
        for target in context.targets where target.isConnected {
            let states = context.board.readings(of: city.id, target: target.id)
            for name in [MultimediaReading.switch, ComputerReading.switch, TeacherBase.switch] {
                let view = context.settings.areaView
                let shown = states.filter { $0.reading.switch == name && ($0.view == nil || $0.view == view) }
                guard shown.count > 1 else { continue }
                let values = shown.map { ($0.reading.id, SettingComparison.text($0, context, target.id)) }
                lines[name, default: []].append(Line(target, values))
            }
            if target.evaluation.dependsOnArea, let official = target.evaluation.official(context.board.settings) {
                let shown = states.filter { $0.reading.id == official.id && $0.view != nil }
                let values = shown.map { ($0.view?.rawValue ?? "", SettingComparison.text($0, context, target.id)) }
                lines[AreaView.switch, default: []].append(Line(target, values))
            }
        }
        self.lines = lines
        let reached = context.organisations.filter(\.kind.isSchool).compactMap {
            context.board.bandwidth(of: $0.id)?.level
        }
        levels =
            reached.isEmpty
            ? nil : (reached.filter { $0 >= 1 }.count, reached.filter { $0 >= 2 }.count, reached.count)
    }

    private static func text(_ item: PlanBoard.ReadingState, _ context: BoardContext, _ target: String) -> String {
        let indicator = context.board.indicator(of: target, reading: item.reading.id)
        let figure = TargetFigure(item.state, item.reading, indicator)
        let (value, state) = (figure.valueText, figure.status.word)
        return value == state ? state : "\(value)，\(state)"
    }
}

extension SettingComparison.Line {
    fileprivate init(_ target: BoardTarget, _ values: [(String, String)]) {
        self.init(
            target: target.id, title: target.definition.title,
            values: Dictionary(values) { first, _ in first })
    }
}
