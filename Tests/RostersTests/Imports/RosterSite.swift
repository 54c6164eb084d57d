import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit

@testable import Rosters

/// A database with two primary schools of the same name in two counties and a junior school, and the import over it.
struct RosterSite: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let folder: String
    let imports: RosterImport
    /// 华石镇中心小学, 防城区
    let primary: Organisation
    /// The same name, 东兴市.
    let namesake: Organisation
    let junior: Organisation

    static let clerk = AuditActor(id: nil, name: "韦老师", address: "")
    static let day = SchoolYear(containing: Timestamp.now.day).firstDay
    static var year: Int { SchoolYear(containing: Timestamp.now.day).start }

    /// Writes a text table and imports it.
    @discardableResult
    func csv(
        _ text: String, as name: String = "花名册.csv", roster: RosterKind? = nil, scope: DataScope? = nil,
        accept: Bool = true
    ) async throws -> RosterOutcome {
        try await run(Array(text.utf8), as: name, roster: roster, scope: scope, accept: accept)
    }

    @discardableResult
    func run(
        _ bytes: [UInt8], as name: String, roster: RosterKind? = nil, scope: DataScope? = nil, accept: Bool = true
    ) async throws -> RosterOutcome {
        let path = "\(folder)/\(Identifiers.next())-\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try await imports.run(
            path: path, fileName: name, roster: roster, by: RosterSite.clerk,
            scope: scope ?? DataScope([primary.path]), accept: accept)
    }

    func lines(_ outcome: RosterOutcome, _ kind: RosterLineKind) async throws -> [RosterLine] {
        let crypto = crypto
        return try await database.read { db in
            try RosterImportStore(db, crypto).lines(of: ID(outcome.batch), kind: kind, limit: 10_000)
        }
    }

    func classes(of school: Organisation? = nil) async throws -> [ClassGroup] {
        let id = (school ?? primary).id
        return try await database.read {
            try ClassGroupStore($0).classes(of: id, on: Timestamp.now.day, within: .everything)
        }
    }

    /// The names in the class that has the number.
    func members(of number: Int) async throws -> [String] {
        guard let group = try await classes().first(where: { $0.number == number }) else { return [] }
        return try await database.read {
            try EnrolmentStore($0).members(of: group.id, on: Timestamp.now.day).map(\.name).sorted()
        }
    }

    func person(_ name: String) async throws -> ID<Person>? {
        try await database.read {
            try $0.value("SELECT id FROM directory_person WHERE name = \(name) ORDER BY id DESC")
        }
    }

    func facts(of name: String) async throws -> PersonFacts? {
        guard let person = try await person(name) else { return nil }
        let crypto = crypto
        return try await database.read { try PersonFactStore($0, crypto).latest(of: person) }
    }

    /// A citizen number of nobody's area, of a boy or girl of the day.
    static func number(_ birth: String, _ sequence: Int, area: String = "450699") -> String {
        let body = area + birth + String(1000 + sequence).dropFirst()
        return body + String(decoding: [CitizenNumber.checkDigit(of: body.utf8)], as: UTF8.self)
    }
}

func withRosterSite(_ database: TestDatabase = .sqlite, _ body: (RosterSite) async throws -> Void) async throws {
    let migrations = PlatformModule.migrations + DirectoryModule.migrations + RostersModule.migrations
    try await database.withDatabase(migrations: migrations) { database, folder in
        let crypto = InternationalCrypto(KeyRing.generate())
        let (primary, namesake, junior) = try await database.write { db in
            try CitySetup.prepare(db)
            let service = OrganisationService(db, by: .system, source: "test")
            func school(_ name: String, _ type: String, _ code: String, below: String) throws -> Organisation {
                guard let parent = try OrganisationStore(db).find(code: below, within: .everything) else {
                    throw DomainError.notFound
                }
                let profile = SchoolProfile(schoolType: type, urbanRural: "121", isCentral: false)
                return try service.add(.init(kind: .school, code: code, name: name, profile: profile), below: parent)
            }
            return (
                try school("华石镇中心小学", "211", "2145990011", below: "450603102"),
                try school("华石镇中心小学", "211", "2145990012", below: "450681100"),
                try school("东兴市第一初级中学", "311", "3145990013", below: "450681100")
            )
        }
        let module = RostersModule(
            database: database, crypto: crypto, files: try FileStore(root: folder + "/files"), workFolder: folder)
        try await body(
            RosterSite(
                database: database, crypto: crypto, folder: folder, imports: module.imports, primary: primary,
                namesake: namesake, junior: junior))
    }
}
