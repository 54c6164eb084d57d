import Foundation
import Kernel
import TestKit
import Testing
import Web

/// Every route as every member of the cast: who may not enter learns nothing, and nothing ends in a fault.
@Suite("路由走查") struct RouteWalkTests {
    /// Real keys of a school that only some may see, so that scope and not a missing record decides.
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

    @Test(arguments: TestDatabase.allCases)
    func `each route lets in exactly those who hold its permission`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            for member in TestCity.Member.allCases {
                let client = try await city.client(member)
                let user = member == .visitor ? nil : try await city.user(member)
                for route in city.platform.routes where route.method == .get {
                    let path = try await path(of: route, city)
                    if path.hasSuffix("/events") { continue }
                    let answer = try await client.get(path == "" ? "/" : path)
                    let what = "\(member) GET \(path) → \(answer.status)"
                    #expect(answer.status < 500, "\(what)")
                    switch route.access {
                    case .public: break
                    case .signedIn:
                        if user == nil { #expect(answer.status == (route.isAPI ? 401 : 303), "\(what)") }
                    case .can(let permission):
                        if let user {
                            if !user.may(permission) { #expect(answer.status == 404, "\(what)") }
                        } else {
                            #expect(answer.status == (route.isAPI ? 401 : 303), "\(what)")
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a record of another county does not exist`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            // 陈主任 administers 防城区, 李校长 one city school; the record is a school of 东兴市.
            for member in [TestCity.Member.chen, .li, .wang] {
                let client = try await city.client(member)
                for route in city.platform.routes where route.method == .get && !route.path.hasSuffix("/events") {
                    guard route.path.contains("/schools/:id") || route.path.contains("/organisations/:id") else {
                        continue
                    }
                    let path = try await path(of: route, city)
                    #expect(try await client.get(path).status == 404, "\(member) GET \(path)")
                }
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
            var held: Set<Permission> = []
            for member in TestCity.Member.allCases where member != .visitor {
                held.formUnion(try await city.user(member).grants.flatMap(\.permissions))
            }
            for route in city.platform.routes {
                if case .can(let permission) = route.access {
                    #expect(held.contains(permission), "\(route.path): \(permission)")
                }
            }
        }
    }
}
