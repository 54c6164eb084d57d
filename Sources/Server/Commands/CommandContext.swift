import App
import ArgumentParser
import Database
import Demo
import Foundation
import Kernel
import Logging

/// Options that every command takes.
struct DataOptions: ParsableArguments {
    @Option(help: "The folder that holds the database and the files.")
    var data: String?
}

/// What went wrong, told on one line with an exit code of its own instead of a trace.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
}

extension AsyncParsableCommand {
    /// Runs a body with the opened platform and closes it, whatever happens. A new data folder is set up first. Rules that
    /// refuse become a line of text.
    func withPlatform(
        _ options: DataOptions, _ body: (CityPlatform) async throws -> Void
    ) async throws {
        let configuration = try await AppConfiguration.load(.init(dataFolder: options.data))
        let logger = Self.logger(configuration)
        let database = try CityPlatform.openDatabase(configuration, logger: logger)
        let platform = try await Self.platform(configuration, database, logger)
        do {
            try await Installation.setUpIfEmpty(platform)
            try await database.checkSchema(CityPlatform.migrations)
            try await Installation.checkFinished(platform)
            try await platform.verifyKeys()
            try await body(platform)
        } catch {
            await platform.close()
            if let error = error as? DomainError { throw CommandFailure(description: Self.text(of: error)) }
            throw error
        }
        await platform.close()
    }

    static func platform(_ configuration: AppConfiguration, _ database: Database, _ logger: Logger) async throws
        -> CityPlatform
    {
        var options = CityPlatform.Options()
        let isDemo = DemoMarker.exists(in: configuration.dataFolder)
        if isDemo { options.demoAccounts = { try await DemoCast.signInAccounts(database) } }
        if let day = configuration.demoToday {
            guard isDemo else {
                throw CommandFailure(
                    description:
                        "demo.today is set, but \(configuration.dataFolder) holds no demo: real deeds go by the clock")
            }
            let today = Timestamp(startOf: Timestamp.now.day)
            let shift = (Timestamp(startOf: day).milliseconds - today.milliseconds) / 1000
            options.now = { Timestamp.now.adding(seconds: shift) }
        }
        return try CityPlatform(configuration, database: database, options: options, logger: logger)
    }

    static func logger(_ configuration: AppConfiguration) -> Logger {
        var logger = Logger(label: "santong") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = configuration.logLevel
        return logger
    }

    static func text(of error: DomainError) -> String {
        switch error {
        case .notFound: "没有找到。"
        case .forbidden(let text), .conflict(let text), .unavailable(let text), .uncertain(let text): text
        case .invalid(let problems): problems.map(\.message).joined(separator: "；")
        }
    }
}

enum Output {
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        line(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Written at once, so that a script that waits for the line gets it.
    static func line(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    static func note(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
