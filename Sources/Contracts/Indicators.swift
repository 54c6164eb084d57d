import Kernel

/// An indicator (指标), offered by the context that owns the records it is computed from.
package struct Indicator: Sendable {
    package enum Direction: String, Sendable {
        /// More is better: bandwidth, share of rooms. The gap is missing numerator.
        case higherIsBetter
        /// Less is better: pupils per computer. The gap is missing denominator.
        case lowerIsBetter
    }

    /// Whose figures they are.
    package enum Subject: String, Sendable {
        /// Schools and teaching points, the usual case.
        case schools
        /// The counties themselves: what each of them has or has not. 市直 is none.
        case counties
    }

    /// `egress-per-class`; fixed for ever, since target sets name it.
    package let id: String
    /// Chinese, as on the page.
    package let name: String
    /// Of the value numerator/denominator: `Mbit/s 每班`, `人/台`; empty for a share.
    package let unit: String
    package let direction: Direction
    package let numerator: String
    package let denominator: String
    /// What a gap is counted in: `Mbit/s`, `间`, `台`, `所`.
    package let gapUnit: String
    /// The price list entry that turns a gap into yuan; `nil` when it has no price.
    package let price: String?
    package let subject: Subject

    package init(
        id: String, name: String, unit: String, direction: Direction, numerator: String, denominator: String,
        gapUnit: String, price: String?, subject: Subject = .schools
    ) {
        (self.id, self.name, self.unit, self.direction) = (id, name, unit, direction)
        (self.numerator, self.denominator, self.gapUnit, self.price) = (numerator, denominator, gapUnit, price)
        self.subject = subject
    }
}

/// One school's figure for one indicator on a day; a county's where the indicator is about counties.
package enum SchoolFigure: Sendable, Equatable {
    /// Numerator and denominator; a ratio of many schools is the ratio of their sums.
    case value(Double, over: Double)
    /// The school stands outside this ratio; the reason names it in lists: `未接入`, `未分学段`.
    case outside(String)
    /// Nobody has told yet. Never counted as good or bad.
    case noData
}

/// One record that a school's figure was computed from, for the way down from a figure to its rows.
package struct FigureSource: Sendable {
    package let label: String
    package let value: String
    package let validFrom: LocalDate
    /// `防城区工作簿 第 12 行 K 列`, `学校填报` …
    package let origin: String
    package let recordedBy: String
    package let recordedAt: Timestamp
    /// Where the record can be seen; empty when nowhere.
    package let path: String

    package init(
        label: String, value: String, validFrom: LocalDate, origin: String, recordedBy: String, recordedAt: Timestamp,
        path: String
    ) {
        (self.label, self.value, self.validFrom, self.origin) = (label, value, validFrom, origin)
        (self.recordedBy, self.recordedAt, self.path) = (recordedBy, recordedAt, path)
    }
}

/// The offer of a context that owns records: its indicators and every school's figures on a day.
package protocol IndicatorSource: Sendable {
    /// Chinese name of the module: `校校通登记`.
    var name: String { get }
    var indicators: [Indicator] { get }
    /// Changes whenever any figure may have changed; cheap enough to ask on each page.
    func revision() async throws -> String
    /// By school (or county, see `Indicator.Subject`), by indicator id. One that is missing has no data at all.
    func figures(on day: LocalDate) async throws -> [OrganisationID: [String: SchoolFigure]]
    /// The records behind one school's figure.
    func sources(of indicator: String, school: OrganisationID, on day: LocalDate) async throws -> [FigureSource]
}
