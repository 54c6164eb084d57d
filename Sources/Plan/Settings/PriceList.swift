/// What a missing thing costs, by the names that indicators give (`Indicator.price`). In fen.
package struct PriceList: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        /// As `Indicator.price` spells it; fixed for ever.
        package let id: String
        package let title: String
        /// What one of it is: `台`, `间`.
        package let unit: String
        /// The city's price for the time being (本市暂定), in fen.
        package let standard: Int64
    }

    /// The things that gaps are counted in. The prices are estimates to begin with; no plan gives any.
    package static let entries = [
        Entry(id: "school-line", title: "学校接入线路（初装）", unit: "所", standard: 500_000),
        Entry(id: "bandwidth-mbps-year", title: "带宽（每年）", unit: "Mbit/s", standard: 6_000),
        Entry(id: "campus-network", title: "校园网", unit: "所", standard: 8_000_000),
        Entry(id: "multimedia-room", title: "多媒体教室", unit: "间", standard: 2_500_000),
        Entry(id: "computer", title: "计算机", unit: "台", standard: 400_000),
        Entry(id: "recording-room", title: "自动录播教室", unit: "间", standard: 30_000_000),
    ]
    package static let standard = PriceList(
        fen: Dictionary(uniqueKeysWithValues: entries.map { ($0.id, $0.standard) }))

    /// The highest price that may be entered: one thousand million yuan.
    static let highest: Int64 = 100_000_000_000

    package var fen: [String: Int64]

    package init(fen: [String: Int64]) { self.fen = fen }

    /// `nil` for what has no price.
    package subscript(id: String) -> Int64? { fen[id] }
}

/// Money as it is typed and shown: yuan with up to two places, kept in whole fen.
enum YuanText {
    /// `nil` unless the text is a plain number with at most two places; thousands may be grouped.
    static func fen(_ text: String) -> Int64? {
        let digits = text.filter { $0 != "," && $0 != "，" && !$0.isWhitespace }
        let halves = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = halves.first, !first.isEmpty, first.utf8.count <= 12 else { return nil }
        let places = halves.count > 1 ? String(halves[1]) : ""
        guard places.utf8.count <= 2, halves.count == 1 || !places.isEmpty else { return nil }
        guard (first + places).utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(first + places + String(repeating: "0", count: 2 - places.utf8.count))
    }

    static func text(_ fen: Int64) -> String {
        let rest = fen % 100
        return rest == 0 ? String(fen / 100) : "\(fen / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
