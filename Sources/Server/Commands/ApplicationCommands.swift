import App
import ArgumentParser
import Federation
import Identity
import Kernel

struct ApplicationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "application", abstract: "Applications that sign people in through the platform.",
        subcommands: [Add.self, List.self, Suspend.self, Resume.self, Rotate.self])

    /// Keys as scripts read them; the names are fixed.
    private struct Keys: Encodable {
        let clientID: String
        let clientSecret: String?
        let appKey: String?

        init(_ keys: ApplicationKeys) {
            (clientID, clientSecret, appKey) = (keys.clientID, keys.clientSecret, keys.appKey)
        }

        func print(json: Bool) throws {
            if json { return try Output.json(self) }
            Output.line("client ID      \(clientID)")
            if let clientSecret { Output.line("client secret  \(clientSecret)") }
            if let appKey { Output.line("appKey         \(appKey)") }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register an application without approval and print its keys, which are shown only once.")

        @OptionGroup var options: DataOptions
        @Option(help: "What people read, at most 20 characters.") var name: String
        @Option(help: "openid, cas or gateway; may be repeated.") var `protocol`: [String] = []
        @Option(help: "A machine scope, such as oneroster.roster; may be repeated.") var machine: [String] = []
        @Option(help: "An OpenID Connect redirect URI; may be repeated.") var redirect: [String] = []
        @Option(help: "Where OpenID Connect may lead after sign-out; may be repeated.") var afterLogout: [String] = []
        @Option(help: "A CAS service, or all below it when it ends in /*; may be repeated.") var service: [String] = []
        @Option(help: "Where sign-outs are told.") var logoutURL: String = ""
        @Option(help: "Where the launcher leads.") var launch: String = ""
        @Option(help: "What it may learn of people.") var scope: String = "openid profile edu"
        @Flag(name: .customLong("public"), help: "It can keep no secret.") var isPublic = false
        @Flag(help: "Ask each person before her data is handed over.") var consent = false
        @Option(help: "The code of the organisation that answers for it; the city when left out.") var owner: String?
        @Option(help: "national, province, city, county, school or personal.") var level: String = "city"
        @Flag(help: "For scripts.") var json = false

        func run() async throws {
            guard let level = ApplicationLevel(rawValue: level) else { throw ValidationError("no level '\(level)'") }
            let content = try content()
            try await self.withPlatform(options) { platform in
                let keys = try await platform.federation.applications.register(content, owner: owner, level: level)
                try Keys(keys).print(json: json)
            }
        }

        private func content() throws -> ApplicationContent {
            var content = ApplicationContent()
            content.name = name
            content.protocols = try `protocol`.map { word in
                guard let way = SignOnProtocol(rawValue: word) else { throw ValidationError("no protocol '\(word)'") }
                return way
            }
            content.scopes = try scope.split(separator: " ").map(String.init).map { word in
                guard ApplicationScope(rawValue: word) != nil else { throw ValidationError("no scope '\(word)'") }
                return word
            }
            content.machineScopes = try machine.map { word in
                guard MachineScope(rawValue: word) != nil else { throw ValidationError("no machine scope '\(word)'") }
                return word
            }
            (content.redirects, content.afterLogout, content.services) = (redirect, afterLogout, service)
            (content.logoutURL, content.launchURL) = (logoutURL, launch)
            (content.isPublic, content.asksConsent) = (isPublic, consent)
            (content.contact, content.contactPhone) = ("平台运维", "00000")
            content.audience = Role.allCases.filter { !$0.isExclusive }.map(\.rawValue)
            return content
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "All applications, newest first.")
        @OptionGroup var options: DataOptions
        @Flag(help: "For scripts.") var json = false

        private struct Line: Encodable {
            let clientID, name, owner, level, state: String
            let protocols: [String]
        }

        func run() async throws {
            try await self.withPlatform(options) { platform in
                let lines = try await platform.federation.applications.all().map { record in
                    Line(
                        clientID: record.application.clientID, name: record.application.name, owner: record.ownerName,
                        level: record.application.level.rawValue, state: record.application.state.rawValue,
                        protocols: record.application.protocols.map(\.rawValue).sorted())
                }
                if json { return try Output.json(lines) }
                for line in lines {
                    let protocols = line.protocols.joined(separator: ",")
                    Output.line(
                        "\(line.clientID)\t\(line.state)\t\(line.level)\t\(protocols)\t\(line.owner)\t\(line.name)")
                }
            }
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let no protocol answer an application any more.")
        @OptionGroup var options: DataOptions
        @Argument(help: "The application's client ID.") var clientID: String
        @Option(help: "Why, for the audit log.") var reason: String = "命令行"

        func run() async throws {
            try await self.withPlatform(options) { platform in
                try await platform.federation.applications.suspend(clientID: clientID, reason: reason)
            }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a suspension.")
        @OptionGroup var options: DataOptions
        @Argument(help: "The application's client ID.") var clientID: String

        func run() async throws {
            try await self.withPlatform(options) { platform in
                try await platform.federation.applications.resume(clientID: clientID)
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print new keys of an application; the old ones hold for another 7 days.")
        @OptionGroup var options: DataOptions
        @Argument(help: "The application's client ID.") var clientID: String
        @Flag(help: "For scripts.") var json = false

        func run() async throws {
            try await self.withPlatform(options) { platform in
                try Keys(try await platform.federation.applications.rotate(clientID: clientID)).print(json: json)
            }
        }
    }
}
