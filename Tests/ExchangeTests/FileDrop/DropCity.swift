import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit

@testable import Exchange

/// A test city with a partner that answers for the pupils and staff of 实验小学, and ways to put files into its folder.
struct DropCity: Sendable {
    let city: TestCity
    let school: Organisation
    let partner: Partner

    var drop: FileDrop { city.platform.exchange.fileDrop }
    var database: Database { city.database }
    private var folder: String { city.platform.configuration.exchangeFolder + "/" + partner.code }

    static let roster = "姓名,性别,班级,出生日期\n韦小明,男,三(1)班,2017-08-10\n黄小红,女,三(1)班,2017-08-11\n"

    static func run(
        _ database: TestDatabase, _ settings: [(String, String)] = [], _ body: (DropCity) async throws -> Void
    ) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let school = try await city.organisation(TestCity.experimentalSchool)
            let form = [
                ("name", "宿舍系统"), ("code", "dorm"), ("organisation", school.id.rawValue), ("owners", "roll"),
                ("owners", "teacher"), ("reason", "40"),
            ]
            let service = PartnerService(
                database: city.database, folders: DropFolders(root: city.platform.configuration.exchangeFolder),
                now: { .now })
            let partner = try await service.add(
                PartnerForm(.init((form + settings).map { (name: $0.0, value: $0.1) })), for: city.user(.bureau),
                by: .system)
            try await body(DropCity(city: city, school: school, partner: partner))
        }
    }

    /// The name of a file of the school.
    func name(_ moment: String = "20260901083000", _ dataset: String = "students", _ format: String = "csv") -> String {
        "\(dataset)_\(TestCity.experimentalSchool)_\(moment).\(format)"
    }

    func write(_ text: String, as name: String, _ side: DropFolders.Side = .inward) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(side.rawValue)/\(name)"))
    }

    func read(_ name: String, _ side: DropFolders.Side = .inward) -> String? {
        FileManager.default.contents(atPath: "\(folder)/\(side.rawValue)/\(name)").map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    func path(_ name: String) -> String { "\(folder)/in/\(name)" }

    /// Puts a file in as a partner does: the content, its sum, then the marker.
    func put(_ text: String, as name: String, sum: String? = nil) throws {
        try write(text, as: name)
        try write(sum ?? Hex.encode(SM3.hash(text)), as: name + DropName.sum)
        try write("", as: name + DropName.marker)
    }

    /// The names in a folder, in their order.
    func names(_ side: DropFolders.Side = .inward) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(side.rawValue)").sorted()
    }

    /// The ledger, the earliest first.
    func files() async throws -> [DropFile] {
        let partner = partner.id
        return try await database.read {
            try DropStore($0).list(of: partner, within: .everything, after: nil, limit: 100).rows.reversed()
        }
    }

    /// How many people are pupils of the school.
    func pupils() async throws -> Int {
        let school = school.id
        return try await database.read {
            try $0.value("SELECT COUNT(*) FROM directory_enrolment WHERE school_id = \(school) AND valid_to IS NULL")
                ?? 0
        }
    }

    func count(_ table: SQL) async throws -> Int {
        try await database.read { try $0.value("SELECT COUNT(*) FROM \(table)") ?? 0 }
    }

    /// Runs the waiting jobs.
    func work() async throws {
        let runner = JobRunner(database: database, handlers: city.platform.jobs, logger: TestDatabase.logger)
        while try await runner.runOne() {}
    }
}
