import App
// Linked for what it replaces: malloc, as in the server.
import CJemalloc
import Database
import Foundation
import Kernel
import Logging
import Platform

/// Figures of `docs/performance.md` that need no server: run with `swift run -c release measure NAME [FILE]`.
@main
struct Measure {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch arguments.first {
        case "group-commit": try await groupCommit()
        case "sheet": try sheet(rows: 200_000)
        case "import": try await importWorkbook(arguments.dropFirst().first ?? "")
        case "recompute": try await recompute(arguments.dropFirst().first ?? "./data")
        case "roster": try await RosterMeasure.run(rows: arguments.dropFirst().first.flatMap { Int($0) } ?? 50_000)
        case "tokens": try await TokenMeasure.run()
        case "sessions": try await IdentityMeasure.sessions()
        case "sign-ins": try await IdentityMeasure.signIns()
        case "people": try await IdentityMeasure.people()
        case "rollover": try await RolloverMeasure.run()
        case "review-desk": try await DeskMeasure.run()
        case "search": try await SearchMeasure.run()
        case "resource-search":
            let count = arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
            try await ResourceSearchMeasure.run(count: count)
        case "oneroster": try await OneRosterMeasure.run()
        case "uploads":
            try await UploadMeasure.run(megabytes: arguments.dropFirst().first.flatMap { Int($0) } ?? 1024)
        default:
            print(
                """
                usage: measure tokens | sessions | sign-ins | people | search | resource-search [COUNT] | review-desk
                    | rollover | oneroster | roster [ROWS] | group-commit | uploads [MB] | sheet | import WORKBOOK
                    | recompute DATA-FOLDER
                """
            )
        }
    }

    /// CPU seconds of this process so far.
    static var cpu: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// The most memory this process has held, in MB.
    static var peakMemory: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_maxrss) / 1024
    }

    static func timed<T>(_ name: String, _ body: () async throws -> T) async rethrows -> T {
        let wall = ContinuousClock.now, cpu = Measure.cpu
        let value = try await body()
        let elapsed = ContinuousClock.now - wall
        print("\(name): \(rounded(elapsed / .seconds(1))) s wall, \(rounded(Measure.cpu - cpu)) s CPU")
        return value
    }

    static func rounded(_ value: Double) -> String { String(format: "%.3f", value) }

    static var logger: Logger {
        var logger = Logger(label: "measure")
        logger.logLevel = .warning
        return logger
    }

    static func temporaryFolder() throws -> String {
        let folder = NSTemporaryDirectory() + "santong-measure-" + Identifiers.next()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    /// 64 callers, each writing one row at a time with `synchronous=FULL`.
    static func groupCommit() async throws {
        var rates: [Double] = []
        for limit in [1, 256, 1, 256] {
            let folder = try temporaryFolder()
            // A left-over in the temporary folder harms nobody.
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let database = try Database(
                .sqlite(path: folder + "/x.sqlite"), readers: 1, groupLimit: limit, logger: logger)
            defer { database.close() }
            _ = try await database.migrate([
                Migration(
                    "measure/0001", ["CREATE TABLE measure_row (id TEXT NOT NULL PRIMARY KEY, number INTEGER NOT NULL)"]
                )
            ])
            let each = limit == 1 ? 60 : 600
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<64 {
                    group.addTask {
                        for number in 0..<each {
                            try await database.write { db in
                                try db.execute(
                                    "INSERT INTO measure_row (id, number) VALUES (\(Identifiers.next()), \(number))")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let rate = Double(64 * each) / ((ContinuousClock.now - start) / .seconds(1))
            rates.append(rate)
            print("group limit \(limit): \(Int(rate)) durable writes/s")
        }
        print("ratio: \(rounded((rates[1] + rates[3]) / (rates[0] + rates[2])))")
    }

    static func sheet(rows: Int) throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }  // as above
        let path = folder + "/large.xlsx"
        let writer = try SheetWriter(path: path, format: .xlsx)
        try writer.addSheet("登记")
        try writer.header(["学校标识码", "学校名称", "乡镇", "班级数", "学生数", "带宽"])
        for index in 0..<rows {
            try writer.row([
                .text("21456\(10_000 + index % 90_000)"), .text("第\(index)小学"), .text("华石镇"), .integer(index % 60),
                .integer(index % 3000), .text("\(index % 100)M"),
            ])
        }
        try writer.finish()
        let before = cpu
        var count = 0
        let file = try SheetFile.open(path: path)
        _ = try file.rows(of: 0) { _ in count += 1 }
        let spent = cpu - before
        print("\(count) rows read: \(Int(Double(count) / spent)) rows/s CPU, peak memory \(Int(peakMemory)) MB")
    }

    static func withFreshPlatform(_ body: (CityPlatform) async throws -> Void) async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }  // as above
        let configuration = try await AppConfiguration.load(.init(dataFolder: folder))
        let database = try CityPlatform.openDatabase(configuration, logger: logger)
        _ = try await database.migrate(CityPlatform.migrations)
        let platform = try CityPlatform(configuration, database: database, logger: logger)
        try await platform.prepare()
        try await body(platform)
        await platform.close()
    }

    static func importWorkbook(_ path: String) async throws {
        try await withFreshPlatform { platform in
            let imports = platform.connectivity.imports
            func run(accept: Bool) async throws {
                _ = try await imports.run(
                    path: path, fileName: "register.xlsx", by: .system, scope: .everything, statisticsOn: nil,
                    accept: accept)
            }
            try await timed("workbook to change set", { try await run(accept: false) })
            try await timed("workbook to change set and accepted", { try await run(accept: true) })
            try await timed("the same again", { try await run(accept: true) })
        }
    }

    static func recompute(_ folder: String) async throws {
        let configuration = try await AppConfiguration.load(.init(dataFolder: folder))
        let database = try CityPlatform.openDatabase(configuration, logger: logger)
        let platform = try CityPlatform(configuration, database: database, logger: logger)
        for day in ["2015-09-30", "2016-09-30", "2017-09-30"] {
            try await timed("all targets of the city on \(day)") {
                _ = try await platform.plan.boards.board(on: LocalDate(iso: day)!)
            }
        }
        await platform.close()
    }
}
