import Kernel

/// A record of a file of a bundle.
struct BundleRecord: Sendable {
    /// As editors number it.
    let line: Int
    let columns: [String: Int]
    let cells: [String]

    subscript(header: String) -> String {
        columns[header].flatMap { cells.indices.contains($0) ? cells[$0] : nil } ?? ""
    }
    var id: String { cells.first ?? "" }
    var isActive: Bool { self["status"] != "tobedeleted" }

    /// Whether the day lies within `beginDate` and `endDate`, the last day not included; open ends hold.
    func holds(on day: LocalDate) -> Bool {
        let begin = self["beginDate"], end = self["endDate"]
        return (begin.isEmpty || begin <= day.iso) && (end.isEmpty || day.iso < end)
    }
}
