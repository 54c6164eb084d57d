import Contracts
import Directory
import Foundation
import HTTPTypes
import Kernel
import TestKit

@testable import Exchange

/// Systems that call, by their tokens.
final class KnownMachines: MachineAccess, @unchecked Sendable {
    private let lock = NSLock()
    private var callers: [String: MachineCaller] = [:]

    func set(_ token: String, _ caller: MachineCaller) { lock.withLock { callers[token] = caller } }

    func caller(token: String) async throws -> MachineCaller? { lock.withLock { callers[token] } }

    func signer(clientID: String) async throws -> (caller: MachineCaller, secrets: [String])? {
        lock.withLock { callers.values.first { $0.clientID == clientID } }.map { ($0, ["secret-of-" + clientID]) }
    }
}

/// A test city with two systems: one of 实验小学, one of 东兴市.
struct ExchangeCity: Sendable {
    let city: TestCity
    let machines: KnownMachines
    let school: Organisation
    let border: Organisation

    static let all: Set<String> = ["scim.read", "scim.write", "exchange.read", "exchange.write", "exchange.sensitive"]

    static func run(_ database: TestDatabase, _ body: (ExchangeCity) async throws -> Void) async throws {
        let machines = KnownMachines()
        try await withTestCity(database, configured: { _, options in options.machines = machines }) { city in
            let school = try await city.organisation(TestCity.experimentalSchool)
            let border = try await city.organisation(TestCity.borderSchool)
            let county = try await city.organisation("450681")
            machines.set("hr", machine("hr", all, [school.path]))
            machines.set("county", machine("county", all, [county.path]))
            machines.set("reader", machine("reader", ["scim.read", "exchange.read"], [school.path]))
            machines.set("nobody", machine("nobody", [], [school.path]))
            try await body(ExchangeCity(city: city, machines: machines, school: school, border: border))
        }
    }

    static func machine(_ name: String, _ scopes: Set<String>, _ places: [OrganisationPath]) -> MachineCaller {
        MachineCaller(
            application: "app-" + name, clientID: name, name: "人事系统" + name, scopes: scopes,
            organisations: DataScope(places))
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String = "", token: String? = "hr",
        headers: [String: String] = [:]
    ) async throws -> (status: Int, body: JSONValue, answer: TestAnswer) {
        var fields = headers
        if let token { fields["authorization"] = "Bearer " + token }
        if method != .get && fields["content-type"] == nil { fields["content-type"] = "application/scim+json" }
        let answer = try await TestClient(city.platform.pipeline).send(
            method, "/scim/v2" + path, fields, Array(body.utf8))
        let value = answer.bytes.isEmpty ? .null : (try? JSONReader.read(answer.bytes)) ?? .null
        return (answer.status, value, answer)
    }
}
