import Configuration
import Database
import Federation
import Foundation
import Kernel
import Logging
import Media
import Platform

/// All settings of a process, read once at start and checked as a whole. Each may stand in the environment
/// (`SANTONG_PORT`) or in the file `santong.env` of the data folder (`SANTONG_PORT=8080`); the command line wins.
package struct AppConfiguration: Sendable {
    package var dataFolder: String
    /// Below it each partner of the file exchange has its folders; `exchange` in the data folder unless told otherwise.
    package var exchangeFolder: String
    package var host: String
    package var port: Int
    /// libpq connection string; without one the data lives in SQLite inside the data folder.
    package var postgres: String?
    /// Where browsers reach the platform, `https://edu.example.gov.cn`. Decides about secure cookies.
    package var publicURL: String?
    package var trustsProxy: Bool
    /// The file with the keys of sealed fields, `santong.key` in the data folder unless told otherwise. All processes of
    /// one installation need the same.
    package var keyFile: String
    /// The folder with styles, scripts and icons.
    package var publicFolder: String
    package var siteName: String
    package var siteOwner: String
    package var siteContact: String
    package var siteRegistration: String
    /// `international` or `commercial` (SM3/SM4).
    package var crypto: CryptoSuite
    package var logLevel: Logger.Level
    package var readers: Int
    /// Whether this process also runs jobs; replicas may leave them to `santong worker`.
    package var runsJobs: Bool
    /// How long a client may take for the head of a request.
    package var headSeconds: Int
    /// How long the body of a request may stand still or trickle.
    package var bodySeconds: Int
    /// Which addresses requests to other systems may reach.
    package var outbound: OutboundPolicy
    /// A PEM file of certificate authorities trusted besides those of the system.
    package var outboundAuthorities: String?
    /// Uploads, their scanner, and where files are kept.
    package var media: MediaSettings
    /// The city's 服务号; without one nobody signs in by WeChat.
    package var wechat: WeChatSettings?
    /// The day by which a demo judges deeds that have their months, in place of today; refused where real data are.
    package var demoToday: LocalDate?

    /// What the command line said; `nil` leaves the choice to environment and file.
    package struct Overrides: Sendable {
        package var dataFolder: String?
        package var host: String?
        package var port: Int?
        package init(dataFolder: String? = nil, host: String? = nil, port: Int? = nil) {
            (self.dataFolder, self.host, self.port) = (dataFolder, host, port)
        }
    }

    /// Every complaint at once, in words an operator understands.
    package struct Invalid: Error, CustomStringConvertible {
        package let problems: [String]
        package var description: String { problems.map { "configuration: \($0)" }.joined(separator: "\n") }
    }

    package static func load(_ overrides: Overrides = Overrides()) async throws -> AppConfiguration {
        let environment = EnvironmentVariablesProvider()
        let folder =
            overrides.dataFolder
            ?? ConfigReader(provider: environment).string(forKey: "santong.data", default: "./data")
        let file = try await EnvironmentVariablesProvider(
            environmentFilePath: .init(folder + "/santong.env"), allowMissing: true)
        let reader = ConfigReader(providers: [environment, file]).scoped(to: "santong")
        var problems: [String] = []
        func number(_ key: ConfigKey, _ fallback: Int, _ range: ClosedRange<Int>) -> Int {
            guard let text = reader.string(forKey: key) else { return fallback }
            guard let value = Int(text), range.contains(value) else {
                problems.append(
                    "\(key) must be a number from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
                return fallback
            }
            return value
        }
        func choice<Value>(_ key: ConfigKey, _ fallback: Value, _ make: (String) -> Value?) -> Value {
            guard let text = reader.string(forKey: key) else { return fallback }
            guard let value = make(text) else {
                problems.append("\(key) cannot be '\(text)'")
                return fallback
            }
            return value
        }
        let publicURL = reader.string(forKey: "public.url")
        if let publicURL, !publicURL.hasPrefix("https://"), !publicURL.hasPrefix("http://") {
            problems.append("public.url must begin with https:// or http://")
        }
        var outbound = choice("outbound.allowed", OutboundPolicy()) { OutboundPolicy(allowed: $0) }
        outbound.allowsPrivate = choice("outbound.private", false) { Bool($0) }
        let wechat = AppConfiguration.wechat(reader, &problems)
        let media = AppConfiguration.media(reader, &problems)
        let configuration = AppConfiguration(
            dataFolder: folder, exchangeFolder: reader.string(forKey: "exchange.folder", default: folder + "/exchange"),
            host: overrides.host ?? reader.string(forKey: "host", default: "127.0.0.1"),
            port: overrides.port ?? number("port", 8080, 0...65_535), postgres: reader.string(forKey: "postgres"),
            publicURL: publicURL, trustsProxy: choice("trust.proxy", false) { Bool($0) },
            keyFile: reader.string(forKey: "key.file", default: folder + "/santong.key"),
            publicFolder: reader.string(forKey: "public.folder", default: AppConfiguration.standardPublicFolder()),
            siteName: reader.string(forKey: "site.name", default: "防城港市教育信息化公共服务平台"),
            siteOwner: reader.string(forKey: "site.owner", default: "防城港市教育局"),
            siteContact: reader.string(forKey: "site.contact", default: ""),
            siteRegistration: reader.string(forKey: "site.registration", default: ""),
            crypto: choice("crypto", .international) { CryptoSuite(rawValue: $0) },
            logLevel: choice("log.level", .info) { Logger.Level(rawValue: $0) },
            readers: number("readers", 4, 1...64), runsJobs: choice("jobs", true) { Bool($0) },
            headSeconds: number("head.seconds", 15, 1...600), bodySeconds: number("body.seconds", 30, 1...600),
            outbound: outbound, outboundAuthorities: reader.string(forKey: "outbound.ca"),
            media: media, wechat: wechat,
            demoToday: choice("demo.today", nil) { LocalDate(iso: $0).map(Optional.some) })
        if !(0...65_535).contains(configuration.port) {
            problems.append("port must be a number from 0 to 65535, not '\(configuration.port)'")
        }
        if !FileManager.default.fileExists(atPath: configuration.publicFolder + "/css/app.css") {
            problems.append("public.folder '\(configuration.publicFolder)' has no css/app.css")
        }
        if let problem = DropRoot.problem(configuration.exchangeFolder, data: folder) { problems.append(problem) }
        if let file = configuration.outboundAuthorities, !FileManager.default.isReadableFile(atPath: file) {
            problems.append("outbound.ca '\(file)' cannot be read")
        }
        if !problems.isEmpty { throw Invalid(problems: problems) }
        return configuration
    }

    private static func wechat(_ reader: ConfigReader, _ problems: inout [String]) -> WeChatSettings? {
        let appID = reader.string(forKey: "wechat.app.id"), secret = reader.string(forKey: "wechat.app.secret")
        guard appID != nil || secret != nil else { return nil }
        let settings = WeChatSettings(
            appID: appID ?? "", appSecret: secret ?? "",
            openURL: reader.string(forKey: "wechat.open.url", default: WeChatSettings.standardOpenURL),
            apiURL: reader.string(forKey: "wechat.api.url", default: WeChatSettings.standardAPIURL))
        if settings == nil {
            problems.append(
                "wechat.app.id, wechat.app.secret, wechat.open.url or wechat.api.url is missing or malformed")
        }
        return settings
    }

    /// Beside the package when run from it, otherwise beside the binary.
    private static func standardPublicFolder() -> String {
        let binary = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let candidates = [
            "Public", binary.appendingPathComponent("Public").path,
            binary.appendingPathComponent("../../../Public").standardized.path,
        ]
        return candidates.first { FileManager.default.fileExists(atPath: $0 + "/css/app.css") } ?? "Public"
    }

    package var database: DatabaseLocation {
        postgres.map { .postgres(conninfo: $0) } ?? .sqlite(path: dataFolder + "/santong.sqlite")
    }

    /// For `doctor`: how the folders of exchange partners lie, and whether that will do.
    package var exchangeFolderState: (isSound: Bool, words: String) {
        if let problem = DropRoot.problem(exchangeFolder, data: dataFolder) { return (false, problem) }
        guard DropRoot.isWithinData(exchangeFolder, data: dataFolder) else { return (true, "a folder of its own") }
        return (
            true,
            "warning: in the data folder; set exchange.folder to a place of its own before others get access to it"
        )
    }

    /// For `doctor`: everything but secrets.
    package var described: [(name: String, value: String)] {
        [
            ("data", dataFolder), ("exchange.folder", exchangeFolder), ("host", host), ("port", String(port)),
            ("database", postgres == nil ? "SQLite" : "PostgreSQL"), ("public.url", publicURL ?? "—"),
            ("trust.proxy", String(trustsProxy)), ("public.folder", publicFolder), ("crypto", crypto.rawValue),
            ("log.level", logLevel.rawValue), ("readers", String(readers)), ("jobs", String(runsJobs)),
            ("head.seconds", String(headSeconds)), ("body.seconds", String(bodySeconds)),
            ("outbound.private", String(outbound.allowsPrivate)), ("outbound.ca", outboundAuthorities ?? "—"),
            ("wechat.app.id", wechat?.appID ?? "—"), ("demo.today", demoToday?.iso ?? "—"),
            ("upload.mb", String(media.fileBytes >> 20)), ("clamd", media.scanner == nil ? "—" : "set"),
            ("s3.bucket", media.bucket.map { "\($0.endpoint)/\($0.bucket)" } ?? "—"),
        ]
    }
}
