import App
import Database
import Kernel
import Platform

/// Loads a demo into an empty database so that a load that was cut short is known as such and can be started anew.
package enum DemoInstallation {
    private static let setting = "demo.loading"

    /// Whether a demo is being loaded, or was when its process ended.
    package static func isUnfinished(_ database: Database) async -> Bool {
        do {
            return try await database.read { try SettingStore($0).value(DemoInstallation.setting) } == "yes"
        } catch { return false }  // there is no schema yet
    }

    /// Prepares the city and fills it. Until the end the database says that it is unfinished.
    /// - Parameter tell: gets a line for each step.
    package static func load(
        _ size: DemoSize, into platform: CityPlatform, _ tell: @Sendable (String) -> Void
    ) async throws {
        try await mark("yes", platform.database)
        try await platform.prepare()
        try await DemoCity.load(size, into: platform, tell)
        try await mark("no", platform.database)
    }

    /// Empties a database whose demo was cut short, and the folder of its mark. Throws `DomainError.conflict` for any
    /// other database.
    package static func erase(_ database: Database, folder: String) async throws {
        guard await isUnfinished(database) else { throw DomainError.conflict("数据库里不是没有装完的演示数据，没有清空。") }
        try await database.erase(CityPlatform.migrations)
        try DemoMarker.remove(from: folder)
    }

    private static func mark(_ value: String, _ database: Database) async throws {
        try await database.write { db in
            try SettingStore(db).set(DemoInstallation.setting, to: value, by: DemoCity.actor)
        }
    }
}
