import App
import ArgumentParser
import Federation
import Kernel
import Platform

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "The keys of sealed fields, and those that sign what applications are told.",
        subcommands: [Status.self, Rotate.self, Reseal.self, Retire.self, RotateSigning.self])

    /// How many values of each sealed column wait for the current key.
    private struct Count: Encodable {
        let column: String
        let waiting: Int
    }

    private static func counts(_ platform: CityPlatform) async throws -> [Count] {
        let resealing = Resealing(database: platform.database, crypto: platform.crypto)
        var counts: [Count] = []
        for column in CityPlatform.sealedColumns {
            counts.append(Count(column: column.name, waiting: try await resealing.waiting(column)))
        }
        return counts
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "How many sealed values are still under an older key.")
        @OptionGroup var options: DataOptions
        @Flag(help: "For scripts.") var json = false

        func run() async throws {
            try await self.withPlatform(options) { platform in
                let counts = try await KeysCommand.counts(platform)
                if json { return try Output.json(counts) }
                for count in counts { Output.line("\(count.column): \(count.waiting)") }
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a new key for sealed fields. Restart every server and worker, then run `keys reseal`.")
        @OptionGroup var options: DataOptions

        func run() async throws {
            try await self.withPlatform(options) { platform in
                let ring = try KeyFile(path: platform.configuration.keyFile).rotate()
                try await platform.noteKeys("rotated to \(ring.current.id)")
                Output.line(
                    "key \(ring.current.id) is current; restart the servers and workers, then run: santong keys reseal")
            }
        }
    }

    struct Reseal: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Seal everything that is under an older key anew, while the platform runs.")
        @OptionGroup var options: DataOptions

        func run() async throws {
            try await self.withPlatform(options) { platform in
                let resealing = Resealing(database: platform.database, crypto: platform.crypto)
                for column in CityPlatform.sealedColumns {
                    Output.line("\(column.name): \(try await resealing.run(column))")
                }
                try await platform.noteKeys("resealed")
            }
        }
    }

    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget the older keys. Refused while anything is sealed under one.")
        @OptionGroup var options: DataOptions

        func run() async throws {
            try await self.withPlatform(options) { platform in
                let waiting = try await KeysCommand.counts(platform).reduce(0) { $0 + $1.waiting }
                guard waiting == 0 else {
                    throw CommandFailure(
                        description: "\(waiting) values are under an older key; run `santong keys reseal` first")
                }
                let ring = try KeyFile(path: platform.configuration.keyFile).retireOld()
                try await platform.noteKeys("only key \(ring.current.id) is left")
                Output.line("only key \(ring.current.id) is left")
            }
        }
    }

    struct RotateSigning: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-signing",
            abstract:
                "Publish a new signing key that takes over in an hour; the old one stays known while it is needed.")

        @OptionGroup var options: DataOptions
        @Option(help: "Seconds until the new key signs: 0 to 604800.") var lead: Int64 = 3600
        @Flag(help: "A key may be known to others: replace all at once and refuse what they signed.")
        var compromised = false
        @Flag(help: "For scripts.") var json = false

        private struct Report: Encodable {
            let kid: String
            let signsFrom: String
        }

        func validate() throws {
            guard (0...604_800).contains(lead) else { throw ValidationError("--lead is 0 to 604800 seconds") }
        }

        func run() async throws {
            try await self.withPlatform(options) { platform in
                let keys = platform.federation.signingKeys
                let report: Report
                if compromised {
                    report = Report(
                        kid: try await keys.replaceCompromised(by: .system), signsFrom: Timestamp.now.rfc3339)
                } else {
                    let made = try await keys.rotate(lead: lead, by: .system)
                    report = Report(kid: made.id, signsFrom: made.signsFrom.rfc3339)
                }
                if json { return try Output.json(report) }
                Output.line("\(report.kid) signs from \(report.signsFrom)")
            }
        }
    }
}
