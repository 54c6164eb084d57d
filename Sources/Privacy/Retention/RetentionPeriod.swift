import Foundation
import Kernel

/// 保存期限 of one kind of records. The list is data: `Data/retention.csv`. What the roster holds has none: it is kept
/// for good.
package struct RetentionPeriod: Sendable {
    package let kind: String
    package let label: String
    package let days: Int
    /// Why so long.
    package let basis: String

    package static let all: [RetentionPeriod] = {
        guard let url = Bundle.module.url(forResource: "retention", withExtension: "csv", subdirectory: "Data"),
            let data = try? Data(contentsOf: url)
        else { fatalError("the list of retention periods is missing from the build") }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst()
            .map { line in
                let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                guard cells.count == 4, let days = Int(cells[2]) else { fatalError("retention period: \(line)") }
                return RetentionPeriod(kind: cells[0], label: cells[1], days: days, basis: cells[3])
            }
    }()

    package static func of(_ kind: String) -> RetentionPeriod? { all.first { $0.kind == kind } }

    /// Records that ended before this have been kept long enough.
    package func cutoff(at now: Timestamp) -> Timestamp { now.adding(days: Int64(-days)) }
}
