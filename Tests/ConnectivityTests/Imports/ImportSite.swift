import Database
import Directory
import Foundation
import Glibc
import Kernel
import Platform
import TestKit
import Testing

@testable import Connectivity

/// A database with the city's places and nothing else, a folder for files, and the import over both.
struct ImportSite: Sendable {
    let database: Database
    let folder: String
    let files: FileStore
    let imports: FacilityImport
    let service: ImportService

    static let day = LocalDate(year: 2015, month: 9, day: 30)!
    static let clerk = AuditActor(id: nil, name: "陈主任", address: "")

    static var workbook: String {
        get throws { try fixture("facility-register-2015.xlsx") }
    }

    static func fixture(_ name: String) throws -> String {
        try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil)).path
    }

    static func bytes(of path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    /// Writes text to a file of the site.
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = folder + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    func csv(_ text: String, as name: String = "港口区.csv", accept: Bool = true, scope: DataScope = .everything)
        async throws
        -> ImportOutcome
    {
        try await run(try file(name, Array(text.utf8)), name: name, accept: accept, scope: scope)
    }

    @discardableResult
    func run(
        _ path: String, name: String = "登记.xlsx", accept: Bool = true, scope: DataScope = .everything
    ) async throws -> ImportOutcome {
        try await imports.run(
            path: path, fileName: name, by: ImportSite.clerk, scope: scope, statisticsOn: ImportSite.day, accept: accept
        )
    }

    func school(_ code: String) async throws -> Organisation? {
        try await database.read { try OrganisationStore($0).find(code: code, within: .everything) }
    }

    func schools() async throws -> [Organisation] {
        try await database.read {
            try OrganisationStore($0).all(within: .everything, kinds: [.school, .teachingPoint])
        }
    }

    func record(_ code: String) async throws -> FacilityRecord {
        let school = try #require(try await school(code))
        return try await database.read { try FacilityStore($0).record(of: school.id, on: ImportSite.day) }
    }

    func place(_ code: String) async throws -> OrganisationPath { try #require(try await school(code)).path }

    func lines(_ outcome: ImportOutcome, _ kind: ImportKind) async throws -> [ImportLine] {
        try await database.read { try ImportStore($0).lines(of: ID(outcome.batch), kinds: [kind], limit: 10_000) }
    }
}

func withImportSite(_ database: TestDatabase = .sqlite, _ body: (ImportSite) async throws -> Void) async throws {
    let migrations = PlatformModule.migrations + DirectoryModule.migrations + ConnectivityModule.migrations
    try await database.withDatabase(migrations: migrations) { database, folder in
        try await database.write { try CitySetup.prepare($0) }
        let files = try FileStore(root: folder + "/files")
        try await body(
            ImportSite(
                database: database, folder: folder, files: files,
                imports: FacilityImport(database: database, files: files),
                service: ImportService(database: database, files: files)))
    }
}

/// Text in the encoding that Chinese spreadsheet programs save text tables in.
func gbk(_ text: String) throws -> [UInt8] {
    let converter = try #require(iconv_open("GBK", "UTF-8"))
    defer { iconv_close(converter) }
    var input = Array(text.utf8).map(CChar.init(bitPattern:)), output = [CChar](repeating: 0, count: input.count * 2)
    var (inputLeft, outputLeft) = (input.count, output.count)
    let status = input.withUnsafeMutableBufferPointer { source in
        output.withUnsafeMutableBufferPointer { target in
            var (from, to) = (source.baseAddress, target.baseAddress)
            return iconv(converter, &from, &inputLeft, &to, &outputLeft)
        }
    }
    try #require(status != -1)
    return output.prefix(output.count - outputLeft).map(UInt8.init(bitPattern:))
}

/// The golden workbook's rows as one text table for the whole city: columns in another order, other header words, the
/// county in a column.
func citySheet() throws -> String {
    let file = try SheetFile.open(path: try ImportSite.workbook)
    let order = [2, 4, 3, 5, 6, 10, 11, 12, 13, 14, 15, 17, 16, 18, 7, 8, 9, 1]
    let headers = [
        "校名", "学校类别", "所属乡镇", "城乡代码", "中心校", "宽带(Mbps)", "出口总带宽", "有无校园网", "教室数", "多媒体教室数", "联网教室", "教师机", "学生机",
        "录播教室", "班数", "学生人数", "教师人数", "学校代码", "所属县区",
    ]
    var lines = [headers.joined(separator: ",")]
    for sheet in file.sheets {
        let county = String(sheet.name.prefix(3))
        try file.rows(of: sheet.index) { row in
            guard row.number > 4, row[column: 2] != nil || row[column: 1] != nil, row[column: 8] != nil else { return }
            lines.append((order.map { row[column: $0]?.text ?? "" } + [county]).joined(separator: ","))
        }
    }
    return lines.joined(separator: "\r\n")
}
