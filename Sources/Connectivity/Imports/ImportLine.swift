import Directory
import Kernel
import Platform

/// What an import would do with a row.
enum ImportKind: String, Codable, Sendable, CaseIterable {
    case new, changed, unchanged, refused

    var title: String {
        switch self {
        case .new: "新增"
        case .changed: "变更"
        case .unchanged: "不变"
        case .refused: "退回"
        }
    }
}

/// One value that a row would change, as a person reads it.
struct ImportChange: Codable, Sendable, Equatable {
    /// Field of the register; `nil` for what belongs to the organisation itself.
    let field: String?
    let label: String
    /// From 0; `nil` when no column tells it.
    let column: Int?
    /// `nil` when nothing was known.
    let old: String?
    let new: String
}

/// What a row means for the school it was matched with.
struct ImportContent: Codable, Sendable, Equatable {
    /// Where a new organisation goes: a town, county or 市直.
    var parent: String?
    var schoolType: String?
    var urbanRural: String?
    var isCentral = false
    var isProfileChanged = false
    /// The code that a known school without one gets.
    var newCode: String?
    /// ISO; the day from which the values hold.
    var day: String
    /// Everything the row tells, changed or not.
    var values: [String: Double] = [:]
    var changes: [ImportChange] = []
    /// What asks for a second look.
    var notes: [String] = []

    /// The values that are to be told.
    var told: [(field: String, value: Double, column: Int?)] {
        changes.compactMap { change in
            guard let field = change.field, let value = values[field] else { return nil }
            return (field, value, change.column)
        }
    }
}

/// A row of an uploaded file with its meaning: one line of the change set.
struct ImportLine: Sendable, Equatable {
    /// Counts through all sheets, from 1.
    var number: Int
    let sheet: String
    let sheetIndex: Int
    /// As Excel numbers it.
    let row: Int
    var kind: ImportKind
    var organisation: OrganisationID?
    let code: String?
    let name: String
    var content: ImportContent
    var problems: [ImportProblem]

    /// As messages name the place: `“港口区”第 5 行`.
    var place: String { ImportLine.place(sheet: sheet, row: row) }

    static func place(sheet: String, row: Int) -> String {
        let name = ChineseText.quoted(sheet)
        return name.isEmpty ? "第 \(row) 行" : "“\(name)”第 \(row) 行"
    }
}
