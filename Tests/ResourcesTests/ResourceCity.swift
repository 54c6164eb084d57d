import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Resources

/// The city with the catalogue of the fixture, and ways to write for it.
struct ResourceCity: Sendable {
    let city: TestCity
    let school: Organisation
    let border: Organisation

    var database: Database { city.database }

    static let lesson = "SYW31-01-03"

    static var fixture: URL {
        get throws {
            try #require(Bundle.module.url(forResource: "catalogue", withExtension: "csv", subdirectory: "Fixtures"))
        }
    }

    static func run(_ database: TestDatabase, _ body: (ResourceCity) async throws -> Void) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            try await city.platform.resources.installCatalogue(
                at: try fixture.path, name: "目录.csv", year: 2026, by: .system)
            try await body(
                ResourceCity(
                    city: city, school: try await city.organisation(TestCity.experimentalSchool),
                    border: try await city.organisation(TestCity.borderSchool)))
        }
    }

    func node(_ code: String = lesson) async throws -> TextbookNode {
        let found = try await database.read { try TextbookStore($0).node(code: code) }
        return try #require(found)
    }

    /// A draft of the member with a file of its own.
    func draft(
        _ content: ItemContent, on code: String = lesson, by member: TestCity.Member = .wang,
        adapting parent: ID<Item>? = nil
    ) async throws -> ID<Item> {
        let user = try await city.user(member), school = member == .zhao ? border : school
        let files = city.platform.files, path = city.folder + "/draft.txt", node = try await node(code)
        try Data(content.title.utf8).write(to: URL(fileURLWithPath: path))
        let kept = try files.keep(fileAt: path)
        return try await database.write { db in
            var content = content
            content.nodes = [node.id.rawValue]
            let file = try files.record(
                sha256: kept.sha256, size: kept.size, name: "教案.txt", by: user.name, now: .now, on: db)
            return try ItemService(db, by: user, now: .now).create(
                content, at: school, files: [NewItemFile(file: file, name: "教案.txt")], adapting: parent)
        }
    }

    /// The same, handed in and passed by 李校长, and by the bureau for the levels above when it is meant for them.
    func published(_ content: ItemContent, on code: String = lesson) async throws -> ID<Item> {
        let id = try await draft(content, on: code)
        try await review(.wang) { try $0.submit(id) }
        try await pass(id, by: [.li, .bureau])
        return id
    }

    /// Each in turn passes it as long as it waits.
    func pass(_ id: ID<Item>, by members: [TestCity.Member]) async throws {
        for member in members {
            try await review(member) { service in
                guard try service.isWaiting(id) else { return }
                try service.decide(id, at: service.seen(id).item.revision, .passed, remark: "")
            }
        }
    }

    /// A deed of the member on the way of a resource.
    @discardableResult
    func review<T: Sendable>(
        _ member: TestCity.Member, at now: Timestamp = .now, _ body: @escaping @Sendable (ReviewService) throws -> T
    ) async throws -> T {
        let user = try await city.user(member), office = city.platform.resources.office
        return try await database.write { try body(ReviewService($0, by: user, now: now, office: office)) }
    }

    static func content(
        _ title: String = "灯塔教案", _ visibility: ItemVisibility = .school, licence: String = "cc-by",
        audience: [String] = ["teacher"]
    ) -> ItemContent {
        ItemContent(
            title: title, type: "lesson-plan", nodes: [], audience: audience, licence: licence, isStated: true,
            visibility: visibility)
    }
}
