import Database
import Kernel

/// Where a value of the register came from.
package enum FacilitySource: String, Column, Sendable, CaseIterable {
    case form, workbook, api, demo
    /// counted, never told
    case roster

    package var title: String {
        switch self {
        case .form: "学校填报"
        case .workbook: "工作簿导入"
        case .api: "接口"
        case .demo: "演示数据"
        case .roster: "花名册"
        }
    }
}

/// One told value (登记值) with its origin.
package struct FacilityValue: Sendable {
    package enum State: Sendable, Equatable {
        /// In force from its day on.
        case current
        /// Another value was told for the same day.
        case superseded
        /// Told by an import that was undone.
        case undone

        package var title: String {
            switch self {
            case .current: "有效"
            case .superseded: "已更正"
            case .undone: "已撤销"
            }
        }
    }

    package let id: String
    package let organisation: OrganisationID
    package let field: String
    package let value: Double
    package let validFrom: LocalDate
    package let source: FacilitySource
    package let batch: String?
    /// `防城区(定稿)!K12`, or empty.
    package let place: String
    /// Why a surprising figure is right, in the words of whoever told it; mostly empty.
    package let note: String
    package let recordedAt: Timestamp
    package let recordedBy: String
    package let isSuperseded: Bool
    package let isUndone: Bool

    static let columns: SQL =
        """
        v.id, v.organisation_id, v.field, v.value, v.valid_from, v.source, v.batch_id, v.place, v.note, v.recorded_at,
        v.recorded_by, v.superseded_by, v.undone_at
        """

    init(_ row: borrowing Row) throws {
        (id, organisation, field, value) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (validFrom, source, batch, place) = (try row.get(4), try row.get(5), try row.get(6), try row.get(7))
        (note, recordedAt, recordedBy) = (try row.get(8), try row.get(9), try row.get(10))
        (isSuperseded, isUndone) = (!row.isNull(11), !row.isNull(12))
    }

    package var state: State { isUndone ? .undone : isSuperseded ? .superseded : .current }

    /// `工作簿 防城区(定稿)!K12`; where there is no cell, `学校填报`.
    package var origin: String { source == .workbook && !place.isEmpty ? "工作簿 \(place)" : source.title }

    /// The figure with its unit, as a person reads it.
    package var text: String { FacilityField.named(field)?.textWithUnit(value) ?? FacilityField.plain(value) }
    package var label: String { FacilityField.named(field)?.shortLabel ?? field }
}

/// A value about to be told.
package struct FacilityChange: Sendable, Equatable {
    package let organisation: OrganisationID
    package let field: String
    package let value: Double
    package let validFrom: LocalDate
    package let place: String
    package let note: String

    package init(
        organisation: OrganisationID, field: String, value: Double, validFrom: LocalDate, place: String = "",
        note: String = ""
    ) {
        (self.organisation, self.field, self.value) = (organisation, field, value)
        (self.validFrom, self.place, self.note) = (validFrom, place, note)
    }
}
