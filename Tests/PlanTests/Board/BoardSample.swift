import Contracts
import Database
import Directory
import Kernel
import Platform
import Synchronization
import TestKit
import Web

@testable import Plan

/// Figures that a test sets by hand; they count from a day of their own.
final class SampleFigures: IndicatorSource {
    let name = "样例登记"
    let indicators = [
        Indicator(
            id: "school-connected", name: "接入互联网的学校", unit: "", direction: .higherIsBetter, numerator: "已接入学校",
            denominator: "学校", gapUnit: "所", price: "school-line"),
        Indicator(
            id: "access-bandwidth", name: "接入带宽", unit: "Mbit/s", direction: .higherIsBetter, numerator: "接入带宽",
            denominator: "学校", gapUnit: "Mbit/s", price: "bandwidth-mbps-year"),
        Indicator(
            id: "multimedia-classroom-ratio", name: "多媒体教室占普通教室的比例", unit: "", direction: .higherIsBetter,
            numerator: "多媒体教室", denominator: "普通教室", gapUnit: "间", price: "multimedia-room"),
    ]

    private struct State {
        var revision = 0
        var asked = 0
        var entries: [(from: LocalDate, school: OrganisationID, figures: [String: SchoolFigure])] = []
    }
    private let state = Mutex(State())

    /// How often figures were asked for.
    var asked: Int { state.withLock { $0.asked } }

    func set(_ school: OrganisationID, from day: LocalDate, _ figures: [String: SchoolFigure]) {
        state.withLock { state in
            state.entries.append((day, school, figures))
            state.revision += 1
        }
    }

    func revision() async throws -> String { state.withLock { String($0.revision) } }

    func figures(on day: LocalDate) async throws -> [OrganisationID: [String: SchoolFigure]] {
        state.withLock { state in
            state.asked += 1
            var all: [OrganisationID: [String: SchoolFigure]] = [:]
            for entry in state.entries where entry.from <= day { all[entry.school] = entry.figures }
            return all
        }
    }

    func sources(of indicator: String, school: OrganisationID, on day: LocalDate) async throws -> [FigureSource] {
        let known = state.withLock { $0.entries.last { $0.school == school && $0.from <= day } }
        guard let known else { return [] }
        return [
            FigureSource(
                label: "接入带宽", value: "20 Mbit/s", validFrom: known.from, origin: "样例工作簿 第 12 行 K 列",
                recordedBy: "陈主任", recordedAt: Timestamp(milliseconds: 0), path: "")
        ]
    }
}

/// The small city of the tests with bandwidths: 华石镇中心小学 falls short of T12, 防城区第二初级中学 does not.
struct BoardSample: Sendable {
    static let day = LocalDate(year: 2015, month: 9, day: 30)!

    let city: TestCity
    let figures: SampleFigures
    let boards: PlanBoardService
    let central: Organisation
    let border: Organisation

    var routes: BoardRoutes { BoardRoutes(database: city.database, boards: boards) }

    static func with<T>(_ database: TestDatabase, _ body: (BoardSample) async throws -> T) async throws -> T {
        try await withTestCity(database) { city in
            let figures = SampleFigures()
            let central = try await city.organisation(TestCity.centralSchool)
            let border = try await city.organisation(TestCity.borderSchool)
            figures.set(central.id, from: day, bandwidth(20))
            figures.set(try await city.organisation("3145990004").id, from: day, bandwidth(100))
            figures.set(border.id, from: day, bandwidth(0))
            return try await body(
                BoardSample(
                    city: city, figures: figures,
                    boards: PlanBoardService(database: city.database, sources: [figures]), central: central,
                    border: border))
        }
    }

    static func bandwidth(_ access: Double) -> [String: SchoolFigure] {
        [
            "access-bandwidth": .value(access, over: 1), "school-connected": .value(access > 0 ? 1 : 0, over: 1),
            "multimedia-classroom-ratio": .value(3, over: 6),
        ]
    }

    /// A request as the pipeline would hand it over, from a member of the cast.
    func request(
        _ path: String, as member: TestCity.Member, _ query: [(String, String)] = [],
        _ parameters: [String: String] = [:]
    ) async throws -> WebRequest {
        var session: SessionInfo?
        if member != .visitor {
            session = SessionInfo(
                id: "test", user: try await city.user(member), csrfToken: "token", mustChangePassword: false)
        }
        let site = SiteInfo(
            name: "样例平台", owner: "", contact: "", registration: "", isDemo: false, assets: AssetManifest())
        let page = PageContext(
            path: path, user: session?.user, csrfToken: "token", flash: nil, preferences: DisplayPreferences(),
            navigation: [NavigationItem("行动计划", path: "/plan", permission: .planView)], site: site)
        return WebRequest(
            method: .get, path: path, parameters: parameters,
            query: FormValues(query.map { (name: $0.0, value: $0.1) }), headers: WebHeaders(),
            remoteAddress: "127.0.0.1", requestID: "test", session: session, page: page, exporter: NoExporter())
    }

    private static let asked = [("date", day.iso)]

    func plan(as member: TestCity.Member, _ query: [(String, String)] = asked) async throws -> String {
        BoardSample.text(try await routes.plan(try await request("/plan", as: member, query)))
    }

    func target(_ code: String, as member: TestCity.Member, _ query: [(String, String)] = asked) async throws -> String
    {
        let request = try await request("/plan/targets/\(code)", as: member, query, ["code": code])
        return BoardSample.text(try await routes.target(request))
    }

    static func text(_ response: WebResponse) -> String {
        if case .bytes(let bytes) = response.body { String(decoding: bytes, as: UTF8.self) } else { "" }
    }

    /// Publishes figures of the targets to visitors.
    func publish(_ targets: Set<String>) async throws {
        try await city.database.write { db in
            var settings = try PlanSettings.load(db)
            (settings.isPublicOn, settings.publicTargets) = (true, targets)
            try settings.save(by: .system, on: db)
        }
    }
}

private struct NoExporter: TableExporter {
    func write(title: String, header: [String], rows: [[TableValue]], format: TableFormat) throws -> String {
        throw DomainError.unavailable("没有导出")
    }
}
