import Database
import Foundation
import Kernel
import Logging
import Platform
import Web

@testable import Directory

/// The city's places and a handful of schools, in a database of its own.
struct DirectoryWorld: Sendable {
    let database: Database
    let folder: String

    /// 市直
    static let experimentalSchool = "2145990001"
    /// 东兴市 江平镇
    static let borderSchool = "2145990002"
    /// 防城区 华石镇; 石桥教学点 is below it and has no code
    static let centralSchool = "2145990003"
    /// 防城区 水营街道
    static let secondarySchool = "3145990004"
    static let teachingPoint = "石桥教学点"

    /// The day on which tests make their changes, in the past of every run.
    static let day = LocalDate(iso: "2020-09-01")!

    static let crypto = InternationalCrypto(KeyRing.generate())

    func organisation(_ code: String) async throws -> Organisation {
        let found = try await database.read { try OrganisationStore($0).find(code: code, within: .everything) }
        guard let found else { throw DomainError.notFound }
        return found
    }

    func teachingPoint() async throws -> Organisation {
        let rows = try await database.read { db in
            try OrganisationStore(db).search(DirectoryWorld.teachingPoint, within: .everything, limit: 2)
        }
        guard rows.count == 1 else { throw DomainError.notFound }
        return rows[0]
    }

    /// Runs writes of the tree in one transaction.
    func change<T: Sendable>(_ body: @escaping @Sendable (OrganisationService) throws -> T) async throws -> T {
        try await database.write { db in try body(OrganisationService(db, by: DirectoryWorld.actor, source: "test")) }
    }

    static let actor = AuditActor(id: nil, name: "陈主任", address: "")

    /// Somebody with the rights at the place of the code.
    func user(
        at code: String, _ permissions: Set<Permission> = [.schoolView, .organisationView, .organisationEdit]
    ) async throws -> CurrentUser {
        let place = try await organisation(code)
        let grant = EffectiveGrant(role: "test", organisation: place.id, path: place.path, permissions: permissions)
        return CurrentUser(account: .new(), person: .new(), name: "陈主任", grants: [grant])
    }

    func ask(
        _ user: CurrentUser, _ path: String, query: String = "", form: [(String, String)]? = nil,
        panels: [any SchoolPanelSource] = []
    ) async throws -> WebResponse {
        let method: RouteMethod = form == nil ? .get : .post
        let routes = DirectoryModule(
            database: database, crypto: DirectoryWorld.crypto, schoolPanels: panels, exportFolder: folder
        ).routes()
        let asked = path.split(separator: "/").map(String.init)
        for route in routes where route.method == method {
            let segments = route.path.split(separator: "/").map(String.init)
            guard segments.count == asked.count else { continue }
            let pairs = Array(zip(segments, asked))
            guard pairs.allSatisfy({ $0.hasPrefix(":") || $0 == $1 }) else { continue }
            let parameters = pairs.filter { $0.0.hasPrefix(":") }.map { (String($0.0.dropFirst()), $0.1) }
            let request = request(
                user, method, path, Dictionary(parameters) { first, _ in first }, query, form ?? [])
            return try await route.handler(request)
        }
        throw DomainError.notFound
    }

    private func request(
        _ user: CurrentUser, _ method: RouteMethod, _ path: String, _ parameters: [String: String], _ query: String,
        _ form: [(String, String)]
    ) -> WebRequest {
        let site = SiteInfo(
            name: "三通", owner: "", contact: "", registration: "", isDemo: false, assets: AssetManifest())
        let page = PageContext(
            path: path, user: user, csrfToken: "token", flash: nil, preferences: DisplayPreferences(), navigation: [],
            site: site)
        return WebRequest(
            method: method, path: path, parameters: parameters, query: URLCoding.parse(query.utf8) ?? FormValues(),
            form: FormValues(form.map { (name: $0.0, value: $0.1) }), headers: WebHeaders(), remoteAddress: "127.0.0.1",
            requestID: "1",
            session: SessionInfo(id: "1", user: user, csrfToken: "token", mustChangePassword: false), page: page,
            exporter: TextExporter(folder: folder))
    }
}

/// Writes tables as lines, so that a test can read them.
private struct TextExporter: TableExporter {
    let folder: String

    func write(title: String, header: [String], rows: [[TableValue]], format: TableFormat) throws -> String {
        let lines = [header] + rows.map { $0.map(\.text) }
        let path = "\(folder)/\(Identifiers.next()).\(format.fileExtension)"
        let text = lines.map { $0.joined(separator: "\t") }.joined(separator: "\n")
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        return path
    }
}

extension WebResponse {
    var text: String {
        switch body {
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .file(let path, _): (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        case .events: ""
        }
    }
    var filePath: String? {
        if case .file(let path, _) = body { path } else { nil }
    }
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// Builds the world, runs the body, takes it down.
func withDirectory(
    hasSchools: Bool = true, _ body: (DirectoryWorld) async throws -> Void
) async throws {
    let folder = NSTemporaryDirectory() + "santong-test-" + Identifiers.next()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }  // the system clears what is left over
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let database = try Database(
        .sqlite(path: folder + "/santong.sqlite", synchronous: .off), readers: 2, logger: logger)
    defer { database.close() }
    _ = try await database.migrate(PlatformModule.migrations + DirectoryModule.migrations)
    let world = DirectoryWorld(database: database, folder: folder)
    if hasSchools { try await world.addSchools() }
    try await body(world)
}

extension DirectoryWorld {
    fileprivate func addSchools() async throws {
        try await database.write { db in
            try CitySetup.prepare(db)
            let service = OrganisationService(db, by: .system, source: "test")
            func add(
                _ code: String?, _ name: String, _ type: String, _ place: String, isCentral: Bool = false,
                below parent: Organisation?
            ) throws -> Organisation {
                let profile = SchoolProfile(schoolType: type, urbanRural: place, isCentral: isCentral)
                let kind: OrganisationKind = type == "218" ? .teachingPoint : .school
                return try service.add(.init(kind: kind, code: code, name: name, profile: profile), below: parent)
            }
            let store = OrganisationStore(db)
            func place(_ code: String) throws -> Organisation? { try store.find(code: code, within: .everything) }
            _ = try add(DirectoryWorld.experimentalSchool, "防城港市实验小学", "211", "111", below: try place("450601"))
            _ = try add(DirectoryWorld.borderSchool, "江平镇第一小学", "211", "121", below: try place("450681101"))
            let central = try add(
                DirectoryWorld.centralSchool, "华石镇中心小学", "211", "121", isCentral: true,
                below: try place("450603102"))
            _ = try add(nil, DirectoryWorld.teachingPoint, "218", "220", below: central)
            _ = try add(DirectoryWorld.secondarySchool, "防城区第二初级中学", "311", "112", below: try place("450603001"))
        }
    }
}

extension OrganisationService {
    /// The tree as the transaction sees it.
    func all() throws -> [Organisation] { try OrganisationStore(db).all(within: .everything) }
    func find(_ id: OrganisationID) throws -> Organisation { try OrganisationStore(db).find(id, within: .everything) }
}

/// The field of the only problem; for errors that are expected.
func problemField(_ body: () async throws -> Void) async -> String? {
    do {
        try await body()
        return nil
    } catch DomainError.invalid(let problems) {
        return problems.map(\.field).joined(separator: ",")
    } catch {
        return "other: \(error)"
    }
}

/// Whether the body was refused as a conflict; other errors pass on.
func isConflict(_ body: () async throws -> Void) async throws -> Bool {
    do {
        try await body()
        return false
    } catch DomainError.conflict {
        return true
    }
}
