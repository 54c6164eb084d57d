import App
import ArgumentParser
import Database
import Demo
import Foundation
import Kernel
import Logging

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Serve the platform.")

    @OptionGroup var options: DataOptions
    @Option(help: "The address to listen on.") var host: String?
    @Option(help: "The port to listen on; 0 takes a free one.") var port: Int?
    @Option(help: "What an empty data folder is filled with: small, city or none.") var demo: DemoSize = .none

    func run() async throws {
        let configuration = try await AppConfiguration.load(.init(dataFolder: options.data, host: host, port: port))
        let logger = Self.logger(configuration)
        let database = try CityPlatform.openDatabase(configuration, logger: logger)
        let (platform, _) = try await Installation.open(database, configuration, demo: demo, logger)
        let setup = try await platform.identity.firstAdministratorLink()
        try await platform.serve { address in
            Output.line("listening on \(address)")
            if let setup {
                Output.note(
                    "first administrator: open \(configuration.publicURL ?? address)\(setup) once, within 24 hours")
            }
        }
    }
}

struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Run jobs, events and the audit chain without serving pages.")

    @OptionGroup var options: DataOptions

    func run() async throws {
        try await withPlatform(options) { try await $0.work() }
    }
}

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the database schema up to date.")

    @OptionGroup var options: DataOptions

    func run() async throws {
        let configuration = try await AppConfiguration.load(.init(dataFolder: options.data))
        let logger = Self.logger(configuration)
        let database = try CityPlatform.openDatabase(configuration, logger: logger)
        let applied = try await database.migrate(CityPlatform.migrations)
        let platform = try await Self.platform(configuration, database, logger)
        try await Installation.setUpIfEmpty(platform)
        await platform.close()
        Output.line(applied.isEmpty ? "schema is up to date" : applied.map { "applied \($0)" }.joined(separator: "\n"))
    }
}

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Fill an empty data folder with a fictional city, or list its accounts.",
        subcommands: [Small.self, City.self, Accounts.self])

    struct Small: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "4 counties and about 40 schools, in seconds.")
        @OptionGroup var options: DataOptions
        func run() async throws { try await Installation.loadDemo(.small, options) }
    }

    struct City: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "About 400 schools with years of history and 200,000 pupils.")
        @OptionGroup var options: DataOptions
        func run() async throws { try await Installation.loadDemo(.city, options) }
    }

    struct Accounts: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The cast's accounts of a loaded demo.")
        @OptionGroup var options: DataOptions
        @Flag(help: "For scripts.") var json = false

        func run() async throws {
            try await self.withPlatform(options) { platform in
                guard DemoMarker.exists(in: platform.configuration.dataFolder) else {
                    throw CommandFailure(description: "no demo is loaded in \(platform.configuration.dataFolder)")
                }
                let accounts = try await DemoCast.accounts(platform.database)
                if json { return try Output.json(accounts) }
                for account in accounts {
                    Output.line("\(account.username)\t\(account.password)\t\(account.role)\t\(account.organisation)")
                }
            }
        }
    }
}

extension DemoSize: ExpressibleByArgument {}

enum Installation {
    /// Gives a new database its schema, the city's tree and the shipped target sets; leaves any other as it is.
    static func setUpIfEmpty(_ platform: CityPlatform) async throws {
        guard try await isEmpty(platform.database) else { return }
        _ = try await platform.database.migrate(CityPlatform.migrations)
        try await platform.prepare()
    }

    /// Refuses a database whose demo is still being loaded, or was when its process ended.
    static func checkFinished(_ platform: CityPlatform) async throws {
        guard await DemoInstallation.isUnfinished(platform.database) else { return }
        throw CommandFailure(
            description: """
                the demo in \(platform.configuration.dataFolder) is not complete; `santong serve` or `santong demo` with a \
                size waits for the process that loads it, or starts anew
                """)
    }

    /// Whether nothing has been set up yet.
    static func isEmpty(_ database: Database) async throws -> Bool {
        do {
            return try await database.read { try $0.value("SELECT COUNT(*) FROM directory_organisation", as: Int.self) }
                == 0
        } catch { return true }
    }

    /// The platform over a database, which is set up first when it is empty or its demo was cut short. One process does
    /// so at a time.
    /// - Parameter size: what an empty database is filled with.
    static func open(
        _ database: Database, _ configuration: AppConfiguration, demo size: DemoSize, _ logger: Logger
    ) async throws -> (platform: CityPlatform, isFresh: Bool) {
        let folder = configuration.dataFolder
        let lock = try FolderLock(folder) { Output.note("waiting for the process that sets up \(folder)") }
        defer { lock.release() }
        if await DemoInstallation.isUnfinished(database) {
            Output.note("the demo in \(folder) was cut short; starting anew")
            try await DemoInstallation.erase(database, folder: folder)
        }
        let isFresh = try await isEmpty(database)
        if isFresh { _ = try await database.migrate(CityPlatform.migrations) }
        try await database.checkSchema(CityPlatform.migrations)
        if isFresh && size != .none { try DemoMarker.write(to: folder) }
        let platform = try await ServeCommand.platform(configuration, database, logger)
        guard isFresh else { return (platform, false) }
        if size == .none {
            try await platform.prepare()
        } else {
            try await DemoInstallation.load(size, into: platform) { Output.note($0) }
        }
        return (platform, true)
    }

    static func loadDemo(_ size: DemoSize, _ options: DataOptions) async throws {
        let configuration = try await AppConfiguration.load(.init(dataFolder: options.data))
        let logger = DemoCommand.logger(configuration)
        let database = try CityPlatform.openDatabase(configuration, logger: logger)
        let (platform, isFresh) = try await open(database, configuration, demo: size, logger)
        await platform.close()
        guard isFresh else {
            throw CommandFailure(
                description: "\(configuration.dataFolder) is not empty; a demo is only loaded into an empty folder")
        }
    }
}
