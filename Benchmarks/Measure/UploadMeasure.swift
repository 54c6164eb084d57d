import App
import Database
import Foundation
import Kernel
import Platform

/// What taking a large file costs beside copying it with its hash. The sender is curl, a process of its own.
enum UploadMeasure {
    static func run(megabytes: Int) async throws {
        let folder = try Measure.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }  // a left-over harms nobody
        let source = folder + "/lesson.txt"
        try write(source, megabytes: megabytes)
        let copying = try copyCost(from: source, to: folder + "/copy")
        var configuration = try await AppConfiguration.load(.init(dataFolder: folder + "/data", port: 0))
        configuration.runsJobs = false
        let database = try CityPlatform.openDatabase(configuration, logger: Measure.logger)
        _ = try await database.migrate(CityPlatform.migrations)
        let platform = try CityPlatform(configuration, database: database, logger: Measure.logger)
        try await platform.prepare()
        _ = try await platform.identity.accounts.createByOperator(name: "王老师", login: "wang", role: "city_leader")
        try await database.write { try $0.execute("UPDATE identity_account SET must_change_password = 0") }
        let token = try await platform.identity.issueTokenByOperator(login: "wang")
        let (addresses, told) = AsyncStream<String>.makeStream()
        let serving = Task { try await platform.serve { told.yield($0) } }
        var waiting = addresses.makeAsyncIterator()
        guard let address = await waiting.next() else { return }
        let size = megabytes << 20
        _ = try await upload(source, size, address, token)
        let before = Measure.cpu, memory = Measure.peakMemory
        let state = try await upload(source, size, address, token)
        let cost = Measure.cpu - before
        print("copying with SHA-256: \(Measure.rounded(copying)) s CPU for \(megabytes) MB")
        print("upload: \(Measure.rounded(cost)) s CPU, ratio \(Measure.rounded(cost / copying)), \(state)")
        print("peak memory \(Int(Measure.peakMemory)) MB, \(Int(memory)) MB after the first file")
        serving.cancel()
        _ = await serving.result
    }

    /// Lines of text, each different, so that the content is taken and no block is like another.
    private static func write(_ path: String, megabytes: Int) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
        else { throw DomainError.notFound }
        for number in 0..<megabytes {
            let line = String(format: "%015d", number) + "\n"
            try file.write(contentsOf: Data(String(repeating: line, count: (1 << 20) / 16).utf8))
        }
        try file.close()
    }

    private static func copyCost(from source: String, to target: String) throws -> Double {
        guard let input = FileHandle(forReadingAtPath: source),
            FileManager.default.createFile(atPath: target, contents: nil),
            let output = FileHandle(forWritingAtPath: target)
        else { throw DomainError.notFound }
        let before = Measure.cpu, hash = SHA256.running()
        while let piece = try input.read(upToCount: 256 << 10), !piece.isEmpty {
            piece.withUnsafeBytes { hash.update($0) }
            try output.write(contentsOf: piece)
        }
        try output.synchronize()
        _ = hash.digest()
        return Measure.cpu - before
    }

    private static func upload(_ source: String, _ size: Int, _ address: String, _ token: String) async throws -> String
    {
        let common = ["-H", "Authorization: Bearer \(token)", "-H", "Tus-Resumable: 1.0.0"]
        let name = "filename " + Data("lesson.txt".utf8).base64EncodedString()
        let made = try await curl(
            common + [
                "-X", "POST", "-D", "-", "-H", "Upload-Length: \(size)", "-H", "Upload-Metadata: \(name)",
                address + "/uploads",
            ])
        guard
            let line = made.split(whereSeparator: \.isNewline).first(where: { $0.lowercased().hasPrefix("location:") }),
            let path = line.split(separator: " ").last
        else { throw DomainError.unavailable(made) }
        _ = try await curl(
            common + [
                "-X", "PATCH", "-T", source, "-H", "Content-Type: application/offset+octet-stream", "-H",
                "Upload-Offset: 0", address + path,
            ])
        return try await curl(common + [address + path + "/state"])
    }

    private static func curl(_ arguments: [String]) async throws -> String {
        try await SheetRowFeed.onThread {
            let process = Process(), output = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
            process.arguments = ["-sS"] + arguments
            process.standardOutput = output
            try process.run()
            let data = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return String(decoding: data, as: UTF8.self)
        }
    }
}
