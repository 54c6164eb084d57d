import Contracts
import Database
import Directory
import Kernel
import Platform
import Web

/// `/privacy/minors`: the yearly report on the data of minors, as a page and as a file.
struct MinorsReportRoutes: Sendable {
    let database: Database
    let census: ConsentCensus
    let receivers: [any DataReceiverSource]
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        routes.get(MinorsReportPages.path, access: .can(.lookReview), show)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .lookReview), now = now(), today = now.day, census = census
        let years = MinorsReport.firstYear...max(MinorsReport.firstYear, today.year)
        let asked = request.query.text("year").flatMap { Int($0) } ?? today.year
        let year = min(max(asked, years.lowerBound), years.upperBound)
        let (start, end) = MinorsReport.span(of: year)
        var told: [DataReceiver] = []
        for source in receivers { told += try await source.receivers(within: scope, from: start, until: end) }
        let receivers = told
        let report = try await database.read(isLong: true) {
            try MinorsReport(year, within: scope, at: now, census, toldTo: receivers, $0)
        }
        if let format = TableFormat(query: request.query) {
            let actor = AuditActor(user, address: request.remoteAddress), place = scope.roots.first ?? .city
            try await database.write { db in
                try AuditLog.record("privacy.minors_report_exported", "\(year)", by: actor, at: place, on: db)
            }
            return try MinorsReportPages.table.download(
                report.lines, as: format, name: "未成年人个人信息保护报告\(year)", with: request.exporter)
        }
        return .html(MinorsReportPages.show(report, years, request.page, request.query))
    }
}
