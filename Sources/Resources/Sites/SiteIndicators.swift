import Contracts
import Database
import Kernel

/// 县级数字教育资源网站: which counties have their own, with something of their own on it.
package struct SiteIndicators: IndicatorSource {
    private let database: Database
    private let mark: KeptMark

    /// - Parameter seconds: how long a change may wait before the figures are computed anew.
    package init(database: Database, seconds: Int64 = 10) {
        self.database = database
        mark = KeptMark(seconds: seconds)
    }

    package static let countySite = "county-site-live"

    package let name = "资源网站"
    package let indicators = [
        Indicator(
            id: SiteIndicators.countySite, name: "县级资源网站", unit: "", direction: .higherIsBetter,
            numerator: "已开通并有自己内容的网站", denominator: "县(市、区)", gapUnit: "个网站", price: nil, subject: .counties)
    ]

    private func counties() async throws -> [SiteStore.County] {
        try await database.read { try SiteStore($0).counties() }
    }

    package func revision() async throws -> String {
        let mark = mark
        return try await database.read { db in
            try mark.value(at: .now) {
                try SiteStore(db).counties().map { "\($0.id)=\($0.liveSince?.iso ?? "")" }.joined(separator: ",")
            }
        }
    }

    /// Nothing before the first site of a county is there: then nobody has told.
    package func figures(on day: LocalDate) async throws -> [OrganisationID: [String: SchoolFigure]] {
        let counties = try await counties()
        func isLive(_ county: SiteStore.County) -> Bool { county.liveSince.map { $0 <= day } ?? false }
        guard counties.contains(where: isLive) else { return [:] }
        return Dictionary(
            counties.map { ($0.id, [SiteIndicators.countySite: .value(isLive($0) ? 1 : 0, over: 1)]) }
        ) { first, _ in first }
    }

    /// Sites have no rows of schools behind them.
    package func sources(
        of indicator: String, school: OrganisationID, on day: LocalDate
    ) async throws -> [FigureSource] { [] }
}
