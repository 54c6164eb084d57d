/// What a column of a sender's file can hold.
package protocol ImportTarget: Codable, Hashable, Sendable {
    /// For columns that are not read.
    static var ignored: Self { get }
    /// Whether several columns of one sheet may hold it.
    var mayRepeat: Bool { get }
}

/// How sure a recognition is, best first; `chosen` by a person for this file.
package enum ColumnCertainty: String, Codable, Sendable {
    case chosen, remembered, exact, synonym, contained, unknown

    package var title: String {
        switch self {
        case .chosen: "已选定"
        case .remembered: "已记住"
        case .exact, .synonym: "已识别"
        case .contained: "按近似识别"
        case .unknown: "未识别"
        }
    }
}

/// One column of a sender's file with what it was taken for.
package struct ImportColumn<Target: ImportTarget>: Codable, Sendable, Equatable {
    /// From 0.
    package let column: Int
    /// Group and header as a person reads them: `网络 / 接入带宽(M)`.
    package let header: String
    /// What remembered columns are known by.
    package let key: String
    package var target: Target
    package var certainty: ColumnCertainty
    /// Factor of bare numbers; 1 unless the header names another unit than the house's.
    package let scale: Double
    /// A value of the first data rows, for the person who checks; empty where it must not be kept.
    package private(set) var sample: String

    package func withoutSample() -> ImportColumn {
        var column = self
        column.sample = ""
        return column
    }

    package var letters: String { ColumnLetters.letters(column) }
}

/// One header with everything that it stands over, as a person checks it. Sheets that share a header share its choice.
package struct HeaderChoice<Target: ImportTarget>: Sendable {
    /// Place in the form, from 0.
    package let number: Int
    package let key: String
    package let header: String
    package let target: Target
    package let certainty: ColumnCertainty
    package let sample: String
    /// `港口区 K 列`
    package let places: [String]

    /// Of the form's field.
    package var name: String { "column.\(number)" }

    /// In the order in which the headers first stand.
    package static func choices(of sheets: [(title: String, columns: [ImportColumn<Target>])]) -> [HeaderChoice] {
        var order: [String] = [], found: [String: [(title: String, column: ImportColumn<Target>)]] = [:]
        for (title, columns) in sheets {
            for column in columns {
                if found[column.key] == nil { order.append(column.key) }
                found[column.key, default: []].append((title, column))
            }
        }
        return order.enumerated().compactMap { number, key in
            guard let all = found[key], let first = all.first?.column else { return nil }
            let sample = all.first { !$0.column.sample.isEmpty }?.column.sample ?? ""
            return HeaderChoice(
                number: number, key: key, header: first.header, target: first.target, certainty: first.certainty,
                sample: sample, places: all.map { "\($0.title) \($0.column.letters) 列" })
        }
    }

    /// How far the recognition came, so that the reader knows where to look.
    package static func summary(_ choices: [HeaderChoice]) -> String {
        let unknown = choices.filter { $0.certainty == .unknown }.map(\.header)
        let unsure = choices.filter { $0.certainty == .contained }.map(\.header)
        var words = ["共 \(choices.count) 种列"]
        if !unsure.isEmpty { words.append("按近似识别、请核对：\(unsure.joined(separator: "、"))") }
        if !unknown.isEmpty { words.append("未识别、不导入：\(unknown.joined(separator: "、"))") }
        if unsure.isEmpty && unknown.isEmpty { words.append("全部识别") }
        return words.joined(separator: "；") + "。"
    }

    /// Where the header stands and what stands below it.
    package var hint: String {
        let shown = places.prefix(2).joined(separator: "、") + (places.count > 2 ? " 等" : "")
        return "\(certainty.title)：\(shown)\(sample.isEmpty ? "" : "，如“\(sample)”")"
    }
}

extension Array {
    /// Takes what a person chose, by header key.
    package mutating func choose<Target: ImportTarget>(_ targets: [String: Target])
    where Element == ImportColumn<Target> {
        for index in indices {
            guard let target = targets[self[index].key], target != self[index].target else { continue }
            self[index].target = target
            self[index].certainty = .chosen
        }
    }
}
