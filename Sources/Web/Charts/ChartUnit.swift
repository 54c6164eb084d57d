/// What a chart counts in. The unit `%` takes shares (`0.8647`) and shows them as percent; every other unit takes and
/// shows the number itself.
package struct ChartUnit: Sendable, Equatable, ExpressibleByStringLiteral {
    package let name: String

    package init(_ name: String) { self.name = name }
    package init(stringLiteral value: String) { name = value }

    package static let percent = ChartUnit("%")

    var isPercent: Bool { name == "%" }

    /// With unit: `86.47%`, `40 Mbps`, `12间`.
    func text(_ value: Double) -> String {
        if isPercent { return NumberText.fixed(value, places: 2, shift: 2) + "%" }
        let gap = name.utf8.first.map { $0 < 0x80 } == true ? " " : ""
        return NumberText.trimmed(value, places: 2) + gap + name
    }

    /// With unit and without needless zeros, for targets: `85%`.
    func short(_ value: Double) -> String {
        isPercent ? NumberText.trimmed(value, places: 2, shift: 2) + "%" : text(value)
    }

    /// With unit, or 无数据.
    func text(_ value: Double?) -> String { value.map { text($0) } ?? "无数据" }

    /// For an axis, without the unit's name except `%`.
    func tick(_ value: Double) -> String {
        isPercent ? short(value) : NumberText.trimmed(value, places: 6)
    }

    /// Round values for an axis that holds the given ones and zero. Shares up to 1 always get 0 to 100 %.
    func ticks(for values: [Double]) -> [Double] {
        let finite = values.filter(\.isFinite)
        let high = finite.max() ?? 0
        return AxisTicks.round(from: min(0, finite.min() ?? 0), to: isPercent ? max(1, high) : high)
    }
}
