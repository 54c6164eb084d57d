import ArgumentParser
import Demo
import Logging

struct StandInCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stand-in", abstract: "Play another system, for demos and tests.", subcommands: [Gateway.self])

    struct Gateway: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Play the national platform: people open the city's portal from its page.")

        @Option(help: "The port to listen on; 0 takes a free one.") var port = 8090
        @Option(help: "How it speaks: v1 or v2.") var flavour = NationalPlatform.Flavour.v2
        @Option(help: "Where answers of v2 hold their content: data or top.") var envelope = NationalPlatform.Envelope
            .data
        @Option(help: "What goes wrong; can be changed on its page.") var fault: NationalPlatform.Fault?
        @Option(help: "The address of the city's portal.") var portal = "http://127.0.0.1:8080"
        @Option(help: "Its sysCode.") var code = NationalPlatform.Settings().systemCode
        @Option(help: "The appId under which it knows the city.") var appId = NationalPlatform.Settings().appID
        @Option(help: "The appKey that it gave the city.") var appKey = NationalPlatform.Settings().appKey

        func run() async throws {
            var settings = NationalPlatform.Settings()
            (settings.flavour, settings.envelope, settings.fault) = (flavour, envelope, fault)
            (settings.portal, settings.systemCode, settings.appID, settings.appKey) = (portal, code, appId, appKey)
            var logger = Logger(label: "stand-in") { StreamLogHandler.standardError(label: $0) }
            logger.logLevel = .warning
            let known = settings
            try await StandInServer(NationalPlatform(settings)).serve(port: port, logger: logger) { address in
                Output.line("listening on \(address)")
                Output.note(
                    "enter at \(known.portal)/gateway/counterparts/new: address \(address), flavour \(known.flavour.rawValue),"
                        + " code \(known.systemCode), appId \(known.appID), appKey \(known.appKey)")
            }
        }
    }
}

extension NationalPlatform.Flavour: ExpressibleByArgument {}
extension NationalPlatform.Envelope: ExpressibleByArgument {}
extension NationalPlatform.Fault: ExpressibleByArgument {}
