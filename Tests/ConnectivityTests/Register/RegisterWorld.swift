import Database
import Directory
import Foundation
import Kernel
import Logging
import Platform
import Web

@testable import Connectivity

/// Two counties with three schools and an empty register, in a database of its own.
struct RegisterWorld: Sendable {
    let database: Database
    let folder: String
    let city: Organisation
    let county: Organisation
    /// 防城区
    let school: Organisation
    let neighbour: Organisation
    /// 上思县
    let stranger: Organisation

    static let day = LocalDate(iso: "2015-09-30")!
    static let later = LocalDate(iso: "2016-03-31")!
    static let actor = AuditActor(id: nil, name: "李校长", address: "")

    func tell(
        _ values: [FacilityField: Double], of school: Organisation? = nil, on day: LocalDate = day,
        source: FacilitySource = .workbook, batch: String? = nil, by author: String = "陈主任", at now: Timestamp = .now
    ) async throws -> Int {
        let id = (school ?? self.school).id
        let changes = values.sorted { $0.key.id < $1.key.id }.map {
            FacilityChange(
                organisation: id, field: $0.key.id, value: $0.value, validFrom: day,
                place: source == .workbook ? "防城区(定稿)!K12" : "")
        }
        return try await database.write { db in
            try FacilityStore(db).tell(changes, source: source, batch: batch, by: author, now: now)
        }
    }

    func record(of school: Organisation? = nil, on day: LocalDate = Timestamp.now.day) async throws -> FacilityRecord {
        let id = (school ?? self.school).id
        return try await database.read { try FacilityStore($0).record(of: id, on: day) }
    }

    func history() async throws -> [FacilityValue] {
        let id = school.id
        return try await database.read { try FacilityStore($0).history(of: id, limit: 100) }
    }

    /// Somebody with the register's rights at a place.
    func user(
        at place: Organisation,
        _ permissions: Set<Permission> = [.registerView, .registerEdit, .rosterComplete]
    ) -> CurrentUser {
        let grant = EffectiveGrant(role: "test", organisation: place.id, path: place.path, permissions: permissions)
        return CurrentUser(account: .new(), person: .new(), name: "李校长", grants: [grant])
    }

    func ask(_ user: CurrentUser, _ path: String, query: String = "") async throws -> WebResponse {
        try await ask(user, .get, path, query: query)
    }

    func ask(
        _ user: CurrentUser, _ method: RouteMethod, _ path: String, query: String = "",
        form: [(name: String, value: String)] = [], json: String = ""
    ) async throws -> WebResponse {
        let register = FacilityRegister(database: database)
        let routes =
            FacilityRoutes(database: database, register: register).routes().all
            + FacilityInterface(database: database, service: register.service).routes().all
        let asked = path.split(separator: "/").map(String.init)
        for route in routes where route.method == method {
            let segments = route.path.split(separator: "/").map(String.init)
            let pairs = Array(zip(segments, asked))
            guard segments.count == asked.count, pairs.allSatisfy({ $0.hasPrefix(":") || $0 == $1 }) else { continue }
            let parameters = pairs.filter { $0.0.hasPrefix(":") }.map { (String($0.0.dropFirst()), $0.1) }
            let site = SiteInfo(
                name: "三通", owner: "", contact: "", registration: "", isDemo: false, assets: AssetManifest())
            let page = PageContext(
                path: path, user: user, csrfToken: "token", flash: nil, preferences: DisplayPreferences(),
                navigation: [], site: site)
            return try await route.handler(
                WebRequest(
                    method: method, path: path, parameters: Dictionary(parameters) { first, _ in first },
                    query: URLCoding.parse(query.utf8) ?? FormValues(), form: FormValues(form), body: Array(json.utf8),
                    headers: WebHeaders(), remoteAddress: "127.0.0.1", requestID: "1",
                    session: SessionInfo(id: "1", user: user, csrfToken: "token", mustChangePassword: false),
                    page: page, exporter: LineExporter(folder: folder)))
        }
        throw DomainError.notFound
    }
}

/// Writes tables as lines, so that a test can read them.
struct LineExporter: TableExporter {
    let folder: String

    func write(title: String, header: [String], rows: [[TableValue]], format: TableFormat) throws -> String {
        let lines = [header] + rows.map { $0.map(\.text) }
        let path = "\(folder)/\(Identifiers.next()).\(format.fileExtension)"
        try lines.map { $0.joined(separator: "\t") }.joined(separator: "\n")
            .write(toFile: path, atomically: false, encoding: .utf8)
        return path
    }
}

extension WebResponse {
    var shownText: String {
        switch body {
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .file(let path, _): (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        case .events: ""
        }
    }

    /// Name and value of every input and the chosen option of every select of a page, as a browser would send them.
    var formFields: [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        let text = shownText
        for piece in text.components(separatedBy: "<input ").dropFirst() {
            let tag = String(piece.prefix { $0 != ">" })
            guard let name = RegisterWorld.attribute("name", of: tag), !tag.contains("checkbox") else { continue }
            fields.append((name, RegisterWorld.attribute("value", of: tag) ?? ""))
        }
        for piece in text.components(separatedBy: "<select ").dropFirst() {
            let select = piece.components(separatedBy: "</select>")[0]
            guard let name = RegisterWorld.attribute("name", of: select) else { continue }
            let options = select.components(separatedBy: "<option ").dropFirst()
            let chosen = options.first { $0.prefix { $0 != ">" }.contains(" selected") } ?? options.first
            fields.append((name, chosen.flatMap { RegisterWorld.attribute("value", of: $0) } ?? ""))
        }
        return fields
    }
}

extension RegisterWorld {
    static func attribute(_ name: String, of tag: String) -> String? {
        guard let start = tag.range(of: " \(name)=\"") ?? tag.range(of: "\(name)=\"") else { return nil }
        let value = tag[start.upperBound...].prefix { $0 != "\"" }
        return value.replacingOccurrences(of: "&amp;", with: "&")
    }

    /// Builds the world, runs the body, takes it down.
    static func run(_ body: (RegisterWorld) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "santong-test-" + Identifiers.next()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // the system clears what is left over
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let database = try Database(
            .sqlite(path: folder + "/santong.sqlite", synchronous: .off), readers: 2, logger: logger)
        defer { database.close() }
        _ = try await database.migrate(
            PlatformModule.migrations + DirectoryModule.migrations + ConnectivityModule.migrations)
        try await body(try await database.write { db in try RegisterWorld(database, folder, db) })
    }

    private init(_ database: Database, _ folder: String, _ db: Connection) throws {
        (self.database, self.folder) = (database, folder)
        let tree = OrganisationService(db, by: .system, source: "setup")
        func add(_ kind: OrganisationKind, _ code: String, _ name: String, below parent: Organisation?) throws
            -> Organisation
        {
            let profile = SchoolProfile(schoolType: "211", urbanRural: "220", isCentral: false)
            let draft = OrganisationService.Draft(
                kind: kind, code: code, name: name, profile: kind.isSchool ? profile : nil)
            return try tree.add(draft, below: parent)
        }
        city = try add(.city, "450600", "防城港市", below: nil)
        county = try add(.county, "450603", "防城区", below: city)
        let other = try add(.county, "450621", "上思县", below: city)
        school = try add(.school, "2145060301", "那良镇中心小学", below: county)
        neighbour = try add(.school, "2145060302", "大菉镇中心小学", below: county)
        stranger = try add(.school, "2145062101", "思阳镇中心小学", below: other)
    }
}
