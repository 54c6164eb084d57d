import App
import ArgumentParser
import Database
import Foundation
import Identity
import Kernel
import Platform
import Web

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Accounts, for the operator.",
        subcommands: [Create.self, Reset.self, Token.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make an account and print its one-time password.")
        @OptionGroup var options: DataOptions
        @Option(help: "The person's name.") var name: String
        @Option(help: "The name to sign in with.") var login: String
        @Option(help: "A role, for example city_admin.") var role: String
        @Option(help: "The organisation's code; the city when left out.") var organisation: String?

        func run() async throws {
            try await self.withPlatform(options) { platform in
                let password = try await platform.identity.accounts.createByOperator(
                    name: name, login: login, role: role, organisationCode: organisation)
                Output.line(password)
            }
        }
    }

    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a new one-time password for an account.")
        @OptionGroup var options: DataOptions
        @Argument(help: "The name to sign in with.") var login: String

        func run() async throws {
            try await self.withPlatform(options) { platform in
                Output.line(try await platform.identity.accounts.resetByOperator(login: login))
            }
        }
    }

    struct Token: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a token for the API, good for 90 days.")
        @OptionGroup var options: DataOptions
        @Argument(help: "The name to sign in with.") var login: String

        func run() async throws {
            try await self.withPlatform(options) { platform in
                Output.line(try await platform.identity.issueTokenByOperator(login: login))
            }
        }
    }
}

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy database and files to a folder while the platform runs.")

    @OptionGroup var options: DataOptions
    @Argument(help: "A folder that does not exist yet.") var target: String

    func run() async throws {
        try await withPlatform(options) { platform in
            let manager = FileManager.default
            guard !manager.fileExists(atPath: target) else {
                throw CommandFailure(description: "\(target) exists already")
            }
            try manager.createDirectory(atPath: target, withIntermediateDirectories: true)
            // The database first: every file it names is on disk before its row is.
            try await platform.database.copy(to: target + "/santong.sqlite")
            let contents = try await platform.media.care.copy(to: target + "/files", list: target + "/files.txt")
            for name in ["santong.env", "demo"] {
                let path = platform.configuration.dataFolder + "/" + name
                if manager.fileExists(atPath: path) { try manager.copyItem(atPath: path, toPath: target + "/" + name) }
            }
            let copy = try Database(.sqlite(path: target + "/santong.sqlite"), readers: 1, logger: platform.logger)
            defer { copy.close() }
            let problems = try await copy.integrityProblems()
            guard problems.isEmpty else { throw CommandFailure(description: "the copy is damaged: \(problems[0])") }
            Output.line("backup written to \(target)")
            Output.note("\(contents.count) file contents, listed in files.txt")
            for hash in contents.damaged { Output.note("damaged and left out: \(hash)") }
            Output.note("keep \(platform.configuration.keyFile) in another place: the backup cannot be read without it")
        }
    }
}

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup into an empty data folder.")

    @Argument(help: "The folder of the backup.") var source: String
    @Option(help: "The key file of the installation that the backup is of; it is kept apart from backups.")
    var key: String?
    @OptionGroup var options: DataOptions

    func run() async throws {
        let configuration = try await AppConfiguration.load(.init(dataFolder: options.data))
        let folder = configuration.dataFolder
        let manager = FileManager.default
        let database = folder + "/santong.sqlite"
        guard manager.fileExists(atPath: source + "/santong.sqlite") else {
            throw CommandFailure(description: "\(source) holds no backup")
        }
        guard !manager.fileExists(atPath: database) else {
            throw CommandFailure(description: "\(folder) holds a database already; restore into an empty folder")
        }
        try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if let key, !manager.fileExists(atPath: configuration.keyFile) {
            _ = try KeyFile(path: key).load()
            try manager.copyItem(atPath: key, toPath: configuration.keyFile)
        }
        guard manager.fileExists(atPath: configuration.keyFile) else {
            throw CommandFailure(description: "give the key file of the installation with --key")
        }
        let left = ["santong.sqlite", "files.txt"]
        for name in try manager.contentsOfDirectory(atPath: source) where !left.contains(name) {
            try manager.copyItem(atPath: "\(source)/\(name)", toPath: "\(folder)/\(name)")
        }
        let lost = try missing(folder)
        guard lost.isEmpty else {
            throw CommandFailure(description: "the backup lacks \(lost.count) files of its list, such as \(lost[0])")
        }
        // The database last: a restore that was cut short leaves a folder that is still empty to `serve`.
        try manager.copyItem(atPath: source + "/santong.sqlite", toPath: database)
        try await withPlatform(options) { platform in
            let problems = try await platform.database.integrityProblems()
            let damaged = try await platform.files.damaged(platform.database)
            guard problems.isEmpty, damaged.isEmpty else {
                throw CommandFailure(
                    description: "the backup is damaged: \((problems + damaged).prefix(3).joined(separator: ", "))")
            }
            Output.line("restored into \(folder)")
        }
    }

    /// What the list of the backup names and the folder has not; an older backup may have no list of this kind.
    private func missing(_ folder: String) throws -> [String] {
        guard FileManager.default.fileExists(atPath: source + "/files.txt") else { return [] }
        let lines = try String(contentsOfFile: source + "/files.txt", encoding: .utf8).split(separator: "\n")
        let names = lines.map { String($0.dropFirst(66)) }.filter { $0.hasPrefix("files/") }
        return names.filter { !FileManager.default.fileExists(atPath: folder + "/" + $0) }
    }
}

struct RoutesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes", abstract: "All routes with the access each declares.")

    @Flag(help: "For scripts.") var json = false

    private struct Line: Encodable { let method, path, access, module: String }

    func run() async throws {
        let folder = NSTemporaryDirectory() + "santong-routes-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: folder) }  // a temporary folder; nothing depends on it
        let configuration = try await AppConfiguration.load(.init(dataFolder: folder))
        let logger = Self.logger(configuration)
        let database = try CityPlatform.openDatabase(configuration, logger: logger)
        let platform = try CityPlatform(configuration, database: database, logger: logger)
        let lines = platform.routes.map {
            Line(method: $0.method.rawValue, path: $0.path, access: $0.access.text, module: $0.module)
        }
        await platform.close()
        if json { return try Output.json(lines) }
        for line in lines { Output.line("\(line.method)\t\(line.path)\t\(line.access)\t\(line.module)") }
    }
}

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The audit log.", subcommands: [Verify.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Check the hash chain; exit 1 when it is broken.")
        @OptionGroup var options: DataOptions

        func run() async throws {
            try await self.withPlatform(options) { platform in
                _ = try await AuditChain.extend(platform.database, settled: false)
                let verdict = try await AuditChain.verify(platform.database)
                guard verdict.isSound else {
                    throw CommandFailure(description: "broken at \(verdict.brokenAt ?? 0): \(verdict.reason)")
                }
                Output.line("\(verdict.linked) entries, chain sound")
            }
        }
    }
}

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check configuration, schema, database, files, audit chain and scanner; exit 1 on a fault.")

    @OptionGroup var options: DataOptions
    @Flag(help: "For scripts.") var json = false

    private struct Finding: Encodable { let check: String, ok: Bool, detail: String }

    func run() async throws {
        try await withPlatform(options) { platform in
            var findings = platform.configuration.described.map {
                Finding(check: "configuration \($0.name)", ok: true, detail: $0.value)
            }
            findings.append(Finding(check: "data folder", ok: true, detail: try rights(of: platform.configuration)))
            let drop = platform.configuration.exchangeFolderState
            findings.append(Finding(check: "exchange folder", ok: drop.isSound, detail: drop.words))
            let problems = try await platform.database.integrityProblems()
            findings.append(Finding(check: "database", ok: problems.isEmpty, detail: problems.first ?? "sound"))
            let report = try await platform.media.care.verify(), damaged = report.damaged + report.missing
            findings.append(
                Finding(
                    check: "files", ok: damaged.isEmpty,
                    detail: damaged.isEmpty ? "all there" : damaged.joined(separator: " ")))
            let verdict = try await AuditChain.verify(platform.database)
            findings.append(
                Finding(
                    check: "audit chain", ok: verdict.isSound,
                    detail: verdict.isSound ? "\(verdict.linked) linked, \(verdict.waiting) waiting" : verdict.reason))
            let missing = platform.media.programs.missing
            findings.append(
                Finding(
                    check: "programs", ok: true,
                    detail: missing.isEmpty
                        ? "all there"
                        : "recommended, for previews and players: apt-get install \(missing.joined(separator: " "))"))
            let scanner = await platform.media.scannerState()
            findings.append(Finding(check: "scanner", ok: scanner.isSound, detail: scanner.words))
            let torn = try await platform.connectivity.imports.tornBatches()
            findings.append(
                Finding(
                    check: "imports", ok: torn.isEmpty, detail: torn.isEmpty ? "none torn" : torn.joined(separator: " ")
                ))
            if json {
                try Output.json(findings)
            } else {
                for finding in findings {
                    Output.line("\(finding.ok ? "ok  " : "BAD ")\(finding.check): \(finding.detail)")
                }
            }
            if findings.contains(where: { !$0.ok }) { throw ExitCode(1) }
        }
    }

    /// Who else can pass through the data folder reads the database and the folders of all partners: a warning, no fault.
    private func rights(of configuration: AppConfiguration) throws -> String {
        let attributes = try FileManager.default.attributesOfItem(atPath: configuration.dataFolder)
        let mode = attributes[.posixPermissions] as? Int ?? 0
        return mode & 0o077 == 0 ? "closed to others" : "warning: open to other users of this machine; set mode 0700"
    }
}
