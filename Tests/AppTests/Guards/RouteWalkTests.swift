import Database
import Directory
import Foundation
import Identity
import Kernel
import TestKit
import Testing
import Web

/// Every route as every role, inside and outside its scope: who may not enter learns nothing, and nothing ends in a fault.
@Suite("路由走查") struct RouteWalkTests {
    /// Somebody who walks.
    struct Walker: Sendable {
        let name: String
        let client: TestClient
        let user: CurrentUser
        /// As every form of hers carries it.
        let token: String

        init(_ name: String, _ login: String, _ city: TestCity) async throws {
            self.name = name
            let session = try await city.platform.identity.startSession(login: login)
            guard let info = try await city.platform.identity.authenticate(session) else { throw DomainError.notFound }
            client = TestClient(city.platform.pipeline, session: session)
            (user, token) = (info.user, info.csrfToken)
        }

        /// Calls the route as its page or program would.
        func call(_ route: Route, _ path: String) async throws -> TestAnswer {
            if route.method == .get { return try await client.get(path) }
            let fields: [(name: String, value: String)] = [
                ("_csrf", token), ("reason", "走查"), ("revision", "1"), ("name", "走查"), ("state", "archived"),
            ]
            switch route.body {
            case .json:
                let body = #"{"validFrom":"2015-09-30","values":{"ordinary_rooms":1}}"#
                return try await send(route, path, "application/json", body)
            case .upload:
                let parts = fields.map { field in
                    "--b\r\nContent-Disposition: form-data; name=\"\(field.name)\"\r\n\r\n\(field.value)\r\n"
                }
                return try await send(route, path, "multipart/form-data; boundary=b", parts.joined() + "--b--\r\n")
            default:
                return try await send(route, path, "application/x-www-form-urlencoded", FormValues(fields).encoded)
            }
        }

        private func send(_ route: Route, _ path: String, _ type: String, _ body: String) async throws -> TestAnswer {
            try await client.send(
                .init(rawValue: route.method.rawValue)!, path, ["content-type": type], Array(body.utf8))
        }
    }

    /// One account for each role that can be given, none of which reaches 东兴市 unless its place is the whole city:
    /// 防城区 for the roles of counties, 实验小学 for those of schools.
    static func walkers(_ city: TestCity) async throws -> [Walker] {
        var walkers: [Walker] = []
        for (index, role) in Role.allCases.enumerated() {
            let kinds = role.kinds
            let code =
                kinds.contains(.county) ? "450603" : kinds.contains(.school) ? TestCity.experimentalSchool : "450600"
            let place = try await city.organisation(code), login = "walker\(index)"
            try await city.database.write { db in
                let new = NewAccount(
                    name: role.title, login: login, role: role, organisation: place.id, from: Timestamp.now.day)
                _ = try AccountService(db, by: .system).create(new, passwordHash: "!", mustChange: false)
            }
            walkers.append(try await Walker(role.rawValue, login, city))
        }
        return walkers
    }

    private static func isStream(_ route: Route) -> Bool { route.path.hasSuffix("/events") }

    @Test func `every address that names a record has one to be walked with`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let records = try await WalkRecords(in: city)
            for route in city.platform.routes {
                #expect(records.path(of: route) != nil, "\(route.path): give WalkRecords a record of this kind")
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `each route lets in exactly those who hold its permission`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let records = try await WalkRecords(in: city)
            for walker in try await RouteWalkTests.walkers(city) {
                for route in city.platform.routes where !RouteWalkTests.isStream(route) {
                    guard case .can(let permission) = route.access else { continue }
                    let isHeld = walker.user.may(permission)
                    if isHeld && route.method != .get { continue }
                    let path = try #require(records.path(of: route)), answer = try await walker.call(route, path)
                    let what = "\(walker.name) \(route.method.rawValue) \(path) → \(answer.status)"
                    #expect(answer.status < 500, "\(what)")
                    if !isHeld { #expect(answer.status == 404, "\(what)") }
                    if isHeld && !WalkRecords.isOwned(route) && !RouteWalkTests.ofCity.contains(route.path) {
                        #expect(answer.status < 400, "\(what)")
                    }
                }
            }
        }
    }

    /// Lists that only the city's own may see, though counties and schools hold the permission for what is theirs.
    private static let ofCity: Set<String> = ["/gateway/counterparts", "/gateway/counterparts/new"]

    @Test(arguments: TestDatabase.allCases)
    func `the city sees the records that the walk is made with`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let records = try await WalkRecords(in: city), bureau = try await Walker("bureau", "bureau", city)
            // They have no earlier version, no refused rows and no target, and opening is for whom the application is meant.
            let without = [
                "/plan/documents/drafts/:id/difference", "/register/imports/:id/refused", "/gateway/open/:application",
                "/plan/target-sets/:id/targets/:code", "/plan/target-sets/:id/targets/:code/edit",
                // Uploads are their sender's alone.
                "/uploads/:id", "/uploads/:id/state",
                // Only whoever asked for a file fetches it.
                "/rosters/exports/:id/file",
                // It is neither published nor taken down.
                "/resources/:id/report", "/resources/:id/appeal", "/resources/:id/collections",
                // Only whoever sent a folder sees it.
                "/resources/folders/:id",
                // Nothing of it is open to everybody.
                "/embed/resources/:id", "/sites/:code/feed.atom", "/sites/:code/news/feed.atom",
                "/collections/:id/feed.atom", "/schools/:id/resources/feed.atom",
                // Only the author fetches her archive.
                "/resources/mine/archives/:id/parts/:part",
                // Only a guardian answers for her child.
                "/children/:id/consents",
                // Only a guardian sees the lessons of her child.
                "/children/:id/lessons",
            ]
            for route in city.platform.routes where route.method == .get && !without.contains(route.path) {
                if RouteWalkTests.isStream(route) || !WalkRecords.isOwned(route) { continue }
                if case .can(let permission) = route.access, !bureau.user.may(permission) { continue }
                let path = try #require(records.path(of: route)), answer = try await bureau.call(route, path)
                #expect(answer.status < 400, "\(path) → \(answer.status)")
            }
            let archive = "/rosters/exports/\(records["exports"])/file"
            #expect(try await city.client(.dongxing).get(archive).bytes.starts(with: [0x50, 0x4B]))
            #expect(try await bureau.client.get(archive).status == 404)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a record of another county or school does not exist, neither to read nor to write`(
        on database: TestDatabase
    ) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let records = try await WalkRecords(in: city)
            let place = try await city.organisation(TestCity.borderSchool).path
            for walker in try await RouteWalkTests.walkers(city) {
                if walker.user.grants.contains(where: { $0.path.contains(place) }) { continue }
                for route in city.platform.routes where WalkRecords.isOwned(route) {
                    let path = try #require(records.path(of: route)), answer = try await walker.call(route, path)
                    #expect(answer.status == 404, "\(walker.name) \(route.method.rawValue) \(path) → \(answer.status)")
                    #expect(!answer.text.contains(WalkRecords.mark), "\(walker.name) \(path)")
                }
            }
        }
    }

    /// What ends somebody's rights.
    enum Ending: CaseIterable, Sendable { case suspended, ended, notBegun, schoolClosed }

    @Test(arguments: TestDatabase.allCases, Ending.allCases)
    func `rights end with the role, the account and the school, at the next request`(
        on database: TestDatabase, _ ending: Ending
    ) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let li = try await Walker("li", "li", city)
            #expect(try await li.client.get("/accounts").status == 200)
            let today = Timestamp.now.day
            let school = try await city.organisation(TestCity.experimentalSchool).id, account = li.user.account
            try await city.database.write { db in
                switch ending {
                case .suspended:
                    let record = try AccountStore(db).find(account, within: .everything, at: .now)
                    try AccountService(db, by: .system).suspend(record)
                case .ended:
                    try db.execute("UPDATE identity_grant SET valid_to = \(today) WHERE account_id = \(account)")
                case .notBegun:
                    try db.execute(
                        "UPDATE identity_grant SET valid_from = \(today.adding(days: 1)) WHERE account_id = \(account)")
                case .schoolClosed:
                    try db.execute("UPDATE directory_organisation SET closed_on = \(today) WHERE id = \(school)")
                }
            }
            let isOut = ending == .suspended
            for route in city.platform.routes where !RouteWalkTests.isStream(route) && !route.path.contains(":") {
                guard case .can = route.access, route.method == .get else { continue }
                let answer = try await li.call(route, route.path)
                let expected = isOut ? (route.isForPrograms ? 401 : 303) : 404
                #expect(answer.status == expected, "\(ending) \(route.path) → \(answer.status)")
            }
            #expect(try await li.client.get("/account").status == (isOut ? 303 : 200))
        }
    }

    private func path(of route: Route, _ city: TestCity) async throws -> String {
        let school = try await city.organisation(TestCity.borderSchool)
        return route.path.split(separator: "/").map { segment in
            switch segment {
            case ":id" where route.path.contains("/schools/") || route.path.contains("/organisations/"):
                school.id.rawValue
            case ":code": "T12"
            case _ where segment.hasPrefix(":"): Identifiers.next()
            default: String(segment)
            }
        }.reduce("") { $0 + "/" + $1 }
    }

    @Test func `visitors are sent to sign in`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let records = try await WalkRecords(in: city), client = try await city.client(.visitor)
            for route in city.platform.routes where route.method == .get {
                let path = try #require(records.path(of: route)), answer = try await client.get(path)
                #expect(answer.status < 500, "\(path)")
                if case .public = route.access { continue }
                #expect(answer.status == (route.isForPrograms ? 401 : 303), "\(path) → \(answer.status)")
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `no write is taken without the page's token`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            for member in [TestCity.Member.visitor, .bureau, .wang, .system] {
                let client = try await city.client(member)
                // Doors of machines have no page and do nothing by the power of a session; they say no in their own way.
                for route in city.platform.routes where route.method != .get && route.body != .machine {
                    // Only tells what the protocol can do.
                    if route.method == .options { continue }
                    let path = try await path(of: route, city)
                    let isUpload = if case .upload = route.body { true } else { false }
                    let type =
                        route.body == .json
                        ? "application/json"
                        : isUpload ? "multipart/form-data; boundary=b" : "application/x-www-form-urlencoded"
                    let body =
                        route.body == .json ? "{" : isUpload ? "--b--\r\n" : "_csrf=forged&_key=\(Identifiers.next())"
                    let answer = try await client.send(
                        .init(rawValue: route.method.rawValue)!, path, ["content-type": type], Array(body.utf8))
                    #expect(
                        (300..<500).contains(answer.status),
                        "\(member) \(route.method.rawValue) \(path) → \(answer.status)")
                    if answer.status == 303 {
                        #expect(answer.location?.hasPrefix("/sign-in") ?? false, "\(path) → \(answer.location ?? "")")
                    }
                }
            }
        }
    }

    @Test func `every permission that a route asks for is held by some role`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let held = Role.allCases.reduce(into: Set<Permission>()) { $0.formUnion($1.permissions) }
            for route in city.platform.routes {
                if case .can(let permission) = route.access {
                    #expect(held.contains(permission), "\(route.path): \(permission)")
                }
            }
        }
    }
}
