import ArgumentParser

struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "The index by which resources are found.", subcommands: [Rebuild.self])

    struct Rebuild: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the index anew; the present one answers until the new one is whole.")
        @OptionGroup var options: DataOptions
        @Flag(help: "For scripts.") var json = false

        func run() async throws {
            try await withPlatform(options) { platform in
                let count = try await platform.resources.searchIndexing.rebuild()
                if json { return try Output.json(["resources": count]) }
                Output.line("\(count) resources in the index")
            }
        }
    }
}
