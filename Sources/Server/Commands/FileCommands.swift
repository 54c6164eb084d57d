import App
import ArgumentParser
import Kernel

struct FilesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "files", abstract: "Look after stored files.",
        subcommands: [Orphans.self, Sweep.self, Verify.self])

    struct Orphans: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List contents older than a day that no record names; removes nothing.")
        @OptionGroup var options: DataOptions

        func run() async throws {
            try await self.withPlatform(options) { platform in
                let orphans = try await platform.media.care.orphans()
                for blob in orphans { Output.line("\(blob.sha256)\t\(blob.size)\t\(blob.storedAt.text)") }
                Output.note("\(orphans.count) orphans, \(orphans.reduce(0) { $0 + $1.size }) bytes")
            }
        }
    }

    struct Sweep: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove the contents that `files orphans` lists. Look at that list first.")
        @OptionGroup var options: DataOptions

        func run() async throws {
            try await self.withPlatform(options) { platform in
                let gone = try await platform.media.care.sweep()
                for blob in gone { Output.line("\(blob.sha256)\t\(blob.size)\t\(blob.storedAt.text)") }
                Output.note("\(gone.count) removed, \(gone.reduce(0) { $0 + $1.size }) bytes")
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read every stored content and compare it with its hash; exit 1 when one is damaged or missing.")
        @OptionGroup var options: DataOptions
        @Flag(help: "For scripts.") var json = false

        func run() async throws {
            try await self.withPlatform(options) { platform in
                let report = try await platform.media.care.verify()
                if json {
                    try Output.json(report)
                } else {
                    Output.line("\(report.sound) sound, \(report.bytes) bytes")
                    for hash in report.damaged { Output.line("damaged\t\(hash)") }
                    for hash in report.missing { Output.line("missing\t\(hash)") }
                }
                if !report.isClean { throw ExitCode(1) }
            }
        }
    }
}
