import Foundation
import Kernel
import Synchronization
import TestKit

@testable import Web

/// A pipeline around a few routes, with one signed-in user and a memory of forms in place of the database.
enum Kit {
    static let token = "session-token"
    static let csrf = "csrf-token-of-the-session"

    static func pipeline(_ routes: Routes, isSecure: Bool = false, repeats: MemoryRepeats = MemoryRepeats()) throws
        -> WebPipeline
    {
        let folder = NSTemporaryDirectory() + "web-tests-" + Identifiers.next()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let publicFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../Public").standardized.path
        let services = WebServices(
            authenticate: { $0 == token ? session : nil }, repeats: repeats,
            site: SiteInfo(
                name: "平台", owner: "教育局", contact: "", registration: "", isDemo: false,
                assets: try AssetManifest(folder: publicFolder)),
            navigation: [], exporter: NoExporter(), uploadFolder: folder, isSecure: isSecure, trustsProxy: false)
        return WebPipeline(routes: routes.all, services: services, metrics: WebMetrics(), logger: TestDatabase.logger)
    }

    private static let session = SessionInfo(
        id: "session", user: CurrentUser(account: .new(), person: .new(), name: "李校长", grants: []), csrfToken: csrf,
        mustChangePassword: false)

    static func form(_ pairs: [(String, String)]) -> [UInt8] {
        Array(FormValues(pairs.map { (name: $0.0, value: $0.1) }).encoded.utf8)
    }

    static let formType = ["content-type": "application/x-www-form-urlencoded"]
}

struct NoExporter: TableExporter {
    func write(title: String, header: [String], rows: [[TableValue]], format: TableFormat) throws -> String {
        throw DomainError.notFound
    }
}

final class MemoryRepeats: RepeatGuard {
    private struct Entry { let scope: String, answer: (location: String, flash: String)? }
    private let entries = Mutex<[String: Entry]>([:])

    func claim(_ key: String, scope: String) async throws -> RepeatClaim {
        entries.withLock { entries in
            guard let entry = entries[key] else {
                entries[key] = Entry(scope: scope, answer: nil)
                return .fresh
            }
            if entry.scope != scope { return .foreign }
            return entry.answer.map { .answered(location: $0.location, flash: $0.flash) } ?? .inProgress
        }
    }

    func answer(_ key: String, location: String, flash: String) async throws {
        entries.withLock { $0[key] = Entry(scope: $0[key]?.scope ?? "", answer: (location, flash)) }
    }

    func perform(_ key: String, _ deed: @Sendable () async throws -> WebResponse) async throws -> WebResponse {
        try await deed()
    }

    func leaveOpen(_ key: String) async {}

    func release(_ key: String) async throws { _ = entries.withLock { $0.removeValue(forKey: key) } }
}

final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func increment() { count.withLock { $0 += 1 } }
}
