import App
import ArgumentParser
import Directory
import Exchange
import Foundation
import Kernel

struct ExchangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange", abstract: "Rosters for other systems, and from them.",
        subcommands: [OneRosterBundle.self, OneRosterCheck.self])

    struct OneRosterBundle: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "oneroster-csv", abstract: "Write a OneRoster 1.2 CSV bundle.")

        @OptionGroup var options: DataOptions
        @Argument(help: "The archive to write.") var path: String
        @Option(help: "Only what has changed since the day; everything when left out.") var since: String?
        @Option(help: "The code of the organisation whose people it holds; the city when left out.")
        var organisation: String?
        @Flag(help: "With sex, birth date and the like.") var demographics = false

        func run() async throws {
            let day = try since.map { text in
                guard let day = LocalDate(iso: text) else { throw ValidationError("no day '\(text)'") }
                return day
            }
            try await self.withPlatform(options) { platform in
                let order = BundleExport.Order(
                    scope: try await ExchangeCommand.scope(organisation, platform),
                    since: day.map(Timestamp.init(startOf:)), hasDemographics: demographics)
                let counts = try await platform.exchange.bundles.write(order, to: path, at: .now, by: .system)
                for (name, count) in counts.sorted(by: { $0.key < $1.key }) { Output.line("\(name)\t\(count)") }
            }
        }
    }

    struct OneRosterCheck: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "oneroster-check",
            abstract: "Hold an unpacked OneRoster 1.2 CSV bundle against the standard and tell what it would bring.")

        @OptionGroup var options: DataOptions
        @Argument(help: "The folder with manifest.csv.") var folder: String
        @Option(help: "The code of the organisation it is compared with; the city when left out.")
        var organisation: String?

        func run() async throws {
            let check = try await BundleCheck.of(BundleSource(folder: folder))
            for problem in check.problems {
                let place = [problem.file, problem.line.map(String.init), problem.column].compactMap { $0 }
                Output.line(place.joined(separator: ":") + "\t" + problem.message)
            }
            guard check.problems.isEmpty else { throw ExitCode.failure }
            try await self.withPlatform(options) { platform in
                let scope = try await ExchangeCommand.scope(organisation, platform)
                for one in try await platform.exchange.difference(check, within: scope, at: .now) {
                    Output.line(
                        "\(one.file)\tnew \(one.new)\tknown \(one.known)\tmissing \(one.missing)\tended \(one.ended)")
                }
            }
        }
    }

    private static func scope(_ code: String?, _ platform: CityPlatform) async throws -> DataScope {
        guard let code else { return .everything }
        let found = try await platform.database.read { try OrganisationStore($0).find(code: code, within: .everything) }
        guard let found else { throw ValidationError("no organisation '\(code)'") }
        return DataScope([found.path])
    }
}
