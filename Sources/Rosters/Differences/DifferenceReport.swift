import Foundation
import Kernel

/// 差异报告: who is in the other system only, here only, or told differently. Nothing is changed by it.
struct DifferenceReport: Codable, Sendable, Equatable {
    enum Kind: String, Codable, Sendable, CaseIterable {
        /// in the other system only
        case there
        /// here only
        case here
        case differs
        /// a person has to look who it is
        case doubtful

        var title: String {
            switch self {
            case .there: "仅对方有"
            case .here: "仅本平台有"
            case .differs: "内容不同"
            case .doubtful: "分不清是谁"
            }
        }
    }

    struct Line: Codable, Sendable, Equatable {
        let kind: Kind
        /// Of the file; `nil` for somebody who is not in it.
        let row: Int?
        let name: String
        /// Masked 学籍号 or document.
        let number: String
        /// School and class here.
        let place: String
        /// Data that differ; sensitive ones without their values.
        let fields: [Field]

        var json: String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }

        init(kind: Kind, row: Int?, name: String, number: String, place: String, fields: [Field]) {
            (self.kind, self.row, self.name, self.number) = (kind, row, name, number)
            (self.place, self.fields) = (place, fields)
        }

        init(json: String) throws { self = try JSONDecoder().decode(Line.self, from: Data(json.utf8)) }
    }

    struct Field: Codable, Sendable, Equatable {
        let label: String
        let there: String
        let here: String

        var text: String { "\(label)：\(there.isEmpty ? "（空）" : there)，本平台 \(here.isEmpty ? "（空）" : here)" }
    }

    let lines: [Line]
    /// Rows of the file.
    let rowCount: Int

    /// Reports that were made before lines were kept one by one.
    init(json: String) throws { self = try JSONDecoder().decode(DifferenceReport.self, from: Data(json.utf8)) }
}
