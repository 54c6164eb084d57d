import Database
import Directory
import Kernel
import Platform
import Web

/// `/statistics`: pupils, classes and staff of a place on a day, and the schools behind each figure.
struct RollStatisticsRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let exportFolder: String

    func routes() -> Routes {
        var routes = Routes(module: "affairs")
        routes.get(RollStatisticsPages.root, access: .can(.statisticsView), show)
        routes.get(RollStatisticsPages.root + "/schools", access: .can(.statisticsView), schools)
        return routes
    }

    private func statistics(_ request: WebRequest) async throws -> RollStatistics {
        let scope = try request.user.scope(of: .statisticsView), today = Timestamp.now.day, crypto = crypto
        let day = min(request.query.text("on").flatMap { LocalDate(iso: $0) } ?? today, today)
        var place: OrganisationID?
        if let text = request.query.text("at") {
            place = OrganisationID(checking: text)
            if place == nil { throw DomainError.notFound }
        }
        let wanted = place
        return try await database.read(snapshot: true, isLong: true) { db in
            try RollStatistics(at: wanted, on: day, within: scope, db, crypto)
        }
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, statistics = try await statistics(request)
        guard TableFormat(query: request.query) == .xlsx else {
            return .html(RollStatisticsPages.show(statistics, user, request.page, request.query))
        }
        try await note(statistics, "全部", request)
        let path = try RollStatisticsWorkbook.write(statistics, in: exportFolder)
        return .download(
            path: path, name: "\(statistics.title)学籍统计 \(statistics.day.iso).xlsx",
            contentType: TableFormat.xlsx.contentType, temporary: true)
    }

    /// The schools behind one figure.
    @Sendable private func schools(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, statistics = try await statistics(request)
        let figure = statistics.figures.figure(request.query["figure"] ?? "") ?? .pupils
        let model = RollStatisticsPages.Behind(statistics: statistics, figure: figure)
        if let format = TableFormat(query: request.query) {
            try await note(statistics, figure.key, request)
            return try RollStatisticsPages.table(model, user).download(
                model.rows, as: format, name: "\(statistics.title)\(statistics.day.iso)", with: request.exporter)
        }
        return .html(RollStatisticsPages.behind(model, user, request.page, request.query))
    }

    private func note(_ statistics: RollStatistics, _ what: String, _ request: WebRequest) async throws {
        let actor = AuditActor(try request.user, address: request.remoteAddress)
        let path = statistics.place?.path ?? .city
        try await database.write { db in
            try AuditLog.record(
                "statistics.exported", statistics.place?.id.rawValue ?? "", by: actor, at: path,
                "\(statistics.title)，\(statistics.day.iso)，\(what)", now: .now, on: db)
        }
    }
}

/// The statistics as a workbook: a sheet a table.
enum RollStatisticsWorkbook {
    /// - Returns: the path of a new file that the caller removes.
    /// - Throws: `DomainError.unavailable` when it cannot be written.
    static func write(_ statistics: RollStatistics, in folder: String) throws -> String {
        let path = "\(folder)/\(Identifiers.next()).xlsx"
        do {
            let writer = try SheetWriter(path: path, format: .xlsx)
            if !statistics.units.isEmpty {
                try writer.addSheet("各单位")
                try writer.header(["单位"] + RollStatisticsPages.unitFigures.map(\.title))
                for unit in statistics.units {
                    let cells = RollStatisticsPages.unitFigures.map { entry -> SheetValue in
                        SheetValue.of(.integer(statistics.figures.sum(entry.figure, of: unit.schools)))
                    }
                    try writer.row([SheetValue.of(.text(unit.organisation.name))] + cells)
                }
            }
            for table in statistics.tables where !table.lines.isEmpty {
                try writer.addSheet(table.title)
                try writer.header(table.header)
                for line in table.lines {
                    try writer.row([SheetValue.of(.text(line.title))] + line.cells.map { SheetValue.of($0.value) })
                }
            }
            try writer.finish()
        } catch let error as SheetWriteError {
            throw DomainError.unavailable(error.message)
        }
        return path
    }
}
