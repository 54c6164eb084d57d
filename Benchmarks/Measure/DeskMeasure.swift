import App
import Database
import Directory
import Foundation
import Kernel
import Platform

/// The desks of reviewers with 100,000 resources waiting at every level.
enum DeskMeasure {
    private static let waiting = 100_000
    private static let levels = ["school", "county", "city"]

    static func run() async throws {
        try await Measure.withFreshPlatform { platform in
            let database = platform.database, schools = try await IdentityMeasure.grow(to: 450, database)
            try await Measure.timed("\(waiting * levels.count) open steps") {
                for level in levels { try await enter(level, schools, database) }
            }
            let caller = RouteCaller(platform: platform)
            for (role, token) in try await IdentityMeasure.administrators(schools, platform) {
                for level in levels where role != "school_admin" || level == "school" {
                    for narrowed in ["", "&area=2-14", "&show=late", "&show=mine"] {
                        let query = "level=\(level)\(narrowed)"
                        try await caller.time("\(role) \(query)", "/resources/reviews", query: query, token: token)
                    }
                }
            }
        }
    }

    /// Straight into the tables: what is measured is the desk.
    private static func enter(_ level: String, _ schools: [Organisation], _ database: Database) async throws {
        let now = Timestamp.now
        for start in stride(from: 0, to: waiting, by: 5_000) {
            let numbers = Array(start..<start + 5_000), items = numbers.map { _ in Identifiers.next() }
            let reviews = numbers.map { _ in Identifiers.next() }
            let content =
                #"{"title":"资源","type":"slides","nodes":[],"summary":"","tags":[],"language":"zh-CN","#
                + #""audience":["teacher"],"licence":"cc-by","origin":"original","source":"","isStated":true,"visibility":"city"}"#
            try await database.write { db in
                try db.insert(
                    into: """
                        resources_item (id, school_id, state, revision, version, content, title, words, type, type_group,
                            visibility, origin, for_pupils, created_at, changed_at, changed_by, reason)
                        """,
                    rows: zip(numbers, items).map { number, id in
                        [
                            .text(id), schools[number % schools.count].id.databaseValue, .text("pending"), .integer(1),
                            .integer(0), .text(content), .text("资源\(number)"), .text(""), .text("slides"),
                            .text("courseware"), .text("school"), .text("original"), .integer(0), now.databaseValue,
                            now.databaseValue, .text(""), .text(""),
                        ]
                    })
                try db.insert(
                    into: """
                        resources_review (id, item_id, version, digest, goal, state, submitted_at, submitted_by, is_checked)
                        """,
                    rows: zip(items, reviews).map { item, review in
                        [
                            .text(review), .text(item), .integer(1), .text(""), .text("city"), .text("open"),
                            now.databaseValue, .text(""), .integer(1),
                        ]
                    })
                try db.insert(
                    into: """
                        resources_review_step (id, review_id, item_id, version, level, state, path, unit_path, area,
                            opened_at, due_on, claimed_name, decided_name, reason)
                        """,
                    rows: numbers.indices.map { index in
                        let number = numbers[index], path = schools[number % schools.count].path
                        let unit = path.lineage.dropFirst().first ?? .city
                        return [
                            .text(Identifiers.next()), .text(reviews[index]), .text(items[index]), .integer(1),
                            .text(level), .text("open"), path.databaseValue, unit.databaseValue,
                            .text("2-\(13 + number % 6)"), now.databaseValue,
                            now.day.adding(days: number % 60 - 30).databaseValue, .text(""), .text(""), .text(""),
                        ]
                    })
            }
        }
    }
}
