import Database
import Directory
import Foundation
import Kernel
import Platform
import Resources
import TestKit
import Testing

extension WalkRecords {
    /// A catalogue of the city with one lesson, and a draft for it of a teacher of the school.
    static func resources(of school: Organisation, in city: TestCity) async throws -> [String: String] {
        let sent = try await (try await city.client(.bureau)).upload(
            "/textbooks/catalogues", from: "/textbooks/catalogues/new", field: "file", fileName: "目录.csv",
            Array("学段,学科,版本,年级,册次,单元,课,节点代码\n小学,语文,示例版,三年级,上册,第一单元,第一课,A-1\n".utf8),
            [("year", String(SchoolYear(containing: Timestamp.now.day).start))])
        let location = try #require(sent.location, "\(sent.text.suffix(800))")
        let catalogue = String(try #require(location.split(separator: "/").last))
        let bureau = try await city.client(.bureau), page = try await bureau.get(location)
        _ = try await bureau.post(
            location + "/acceptance", from: location, [("digest", try #require(page.hidden("digest")))])
        let zhao = try await city.user(.zhao), files = city.platform.files, now = Timestamp.now
        let path = city.folder + "/walk.srt"
        try Data("1\n00:00:01,000 --> 00:00:02,000\n\(mark)\n".utf8).write(to: URL(fileURLWithPath: path))
        let kept = try files.keep(fileAt: path)
        let search = Identifiers.next()
        let (node, item, file) = try await city.database.write { db in
            let node = try #require(try TextbookStore(db).node(code: "A-1"))
            let stored = try files.record(
                sha256: kept.sha256, size: kept.size, name: mark + ".srt", by: zhao.name, now: now, on: db)
            let item = try ItemService(db, by: zhao, now: now).create(
                ItemContent(title: mark + "教案", type: "lesson-plan", nodes: [node.id.rawValue]), at: school,
                files: [NewItemFile(file: stored, name: mark + ".srt")])
            let file: String? = try db.value("SELECT id FROM resources_item_file LIMIT 1")
            try db.execute(
                """
                INSERT INTO resources_saved_search (id, person_id, name, address, created_at)
                VALUES (\(search), \(zhao.person), \(mark), 'q=1', \(now))
                """)
            return (node, item, file)
        }
        let finding = try await finding(of: item, in: city)
        let (call, one) = try await (call(of: school, for: node.id, in: city), report(of: item, in: city))
        let (task, sample) = try await (yearTask(in: city), sample(of: item, in: city))
        let runner = JobRunner(
            database: city.database, handlers: city.platform.media.jobs, logger: TestDatabase.logger)
        while try await runner.runOne() {}
        let made = [
            "derived": "captions.vtt", "catalogues": catalogue, "textbooks": node.textbook.rawValue,
            "textbook-nodes": node.id.rawValue, "resources": item.rawValue, "attachments": try #require(file),
            "findings": finding, "calls": call, "cases": one,
            "searches": search, "sitemaps": "0", "tasks": task, "samples": sample,
            "archives": try await archive(of: zhao, in: city), "parts": "1",
        ]
        return made.merging(try await lesson(of: school, for: node.id, with: item, in: city)) { first, _ in first }
            .merging(try await site(in: city)) { first, _ in first }
    }

    /// A pack that 赵老师 sent to a class of hers.
    private static func lesson(
        of school: Organisation, for node: ID<TextbookNode>, with item: ID<Item>, in city: TestCity
    ) async throws -> [String: String] {
        let push = Identifiers.next(), lesson = Identifiers.next(), group = Identifiers.next(), now = Timestamp.now
        let zhao = try await city.user(.zhao)
        try await city.database.write { db in
            try db.execute(
                """
                INSERT INTO directory_class_group (id, school_id, stage, entry_year, years, number, alias, opened_on,
                    created_at, revision)
                VALUES (\(group), \(school.id), '2', 2020, 6, 98, \(mark), '2020-09-01', 0, 1)
                """)
            try db.execute(
                """
                INSERT INTO resources_push (id, node_id, sender_id, organisation_id, grade, revision, sent_at, last_day)
                VALUES (\(push), \(node), \(zhao.person), \(school.id), '', 1, \(now), \(now.day))
                """)
            try db.execute(
                "INSERT INTO resources_push_entry (push_id, item_id, position) VALUES (\(push), \(item), 1)")
            try db.execute(
                """
                INSERT INTO resources_lesson (id, push_id, node_id, class_id, school_id, day, period)
                VALUES (\(lesson), \(push), \(node), \(group), \(school.id), \(now.day), 1)
                """)
        }
        return ["pushes": push, "lessons": lesson]
    }

    /// The site of the county, not yet published, with a piece of news and a collection.
    private static func site(in city: TestCity) async throws -> [String: String] {
        let county = try await city.organisation("450681").id, now = Timestamp.now
        let news = Identifiers.next(), collection = Identifiers.next()
        try await city.database.write { db in
            try db.execute(
                """
                INSERT INTO resources_site (organisation_id, name, introduction, slots, state, revision, changed_at,
                    changed_by)
                VALUES (\(county), \(mark), '', 'news', 'draft', 1, \(now), '')
                """)
            try db.execute(
                """
                INSERT INTO resources_site_news (id, organisation_id, title, body, valid_from, state, revision, changed_at,
                    changed_by)
                VALUES (\(news), \(county), \(mark), \(mark), \(now.day), 'draft', 1, \(now), '')
                """)
            try db.execute(
                """
                INSERT INTO resources_collection (id, organisation_id, kind, title, summary, state, revision, changed_at,
                    changed_by)
                VALUES (\(collection), \(county), 'local', \(mark), '', 'draft', 1, \(now), '')
                """)
        }
        return ["sites": "450681", "news": news, "collections": collection]
    }

    private static func call(
        of school: Organisation, for node: ID<TextbookNode>, in city: TestCity
    ) async throws -> String {
        let id = Identifiers.next(), day = Timestamp.now.day.adding(days: 30)
        try await city.database.write { db in
            try db.execute(
                """
                INSERT INTO resources_call (id, organisation_id, node_id, wanted, note, due_on, state, revision, opened_at,
                    opened_by)
                VALUES (\(id), \(school.id), \(node), 'plan', \(mark), \(day), 'open', 1, \(Timestamp.now), '')
                """)
        }
        return id
    }

    /// What 东兴市 wants of its schools.
    private static func yearTask(in city: TestCity) async throws -> String {
        let id = Identifiers.next(), now = Timestamp.now, county = try await city.organisation("450681")
        try await city.database.write { db in
            try db.execute(
                """
                INSERT INTO resources_year_task (id, organisation_id, year, title, note, due_on, state, revision,
                    opened_at, opened_by, reminded)
                VALUES (\(id), \(county.id), \(SchoolYear(containing: now.day).start), \(mark), '', \(now.day), 'open',
                    1, \(now), '', 0)
                """)
            try db.execute(
                """
                INSERT INTO resources_year_task_line (task_id, position, area, type_group, wanted)
                VALUES (\(id), 0, '', '', 2)
                """)
        }
        return id
    }

    /// A large archive, which is its author's alone.
    private static func archive(of author: CurrentUser, in city: TestCity) async throws -> String {
        let id = Identifiers.next()
        try await city.database.write { db in
            try db.execute(
                """
                INSERT INTO resources_archive_order (id, person_id, author, state, created_at)
                VALUES (\(id), \(author.person), \(mark), 'ready', \(Timestamp.now))
                """)
        }
        return id
    }

    /// As if it had been published and drawn.
    private static func sample(of item: ID<Item>, in city: TestCity) async throws -> String {
        let id = Identifiers.next(), county = try await city.organisation("450681"), today = Timestamp.now.day
        try await city.database.write { db in
            try db.execute(
                """
                INSERT INTO resources_sample (id, unit_id, unit_path, month, item_id, version, reach, due_on, state,
                    decided_name, note)
                VALUES (\(id), \(county.id), \(county.path), '2026-01', \(item), 1, 'school', \(today), 'open', '', '')
                """)
        }
        return id
    }

    private static func report(of item: ID<Item>, in city: TestCity) async throws -> String {
        let id = Identifiers.next(), now = Timestamp.now
        try await city.database.write { db in
            try db.execute(
                """
                INSERT INTO resources_case (id, item_id, kind, ground, told, asked_name, state, level, opened_at, due_on,
                    decided_name, answer)
                VALUES (\(id), \(item), 'report', 'other', \(mark), '访客', 'open', 'school', \(now), \(now.day), '', '')
                """)
        }
        return id
    }

    /// That the draft is like itself.
    private static func finding(of item: ID<Item>, in city: TestCity) async throws -> String {
        let review = Identifiers.next(), finding = Identifiers.next()
        try await city.database.write { db in
            try db.execute(
                """
                INSERT INTO resources_review (id, item_id, version, digest, goal, state, submitted_at, submitted_by,
                    is_checked)
                VALUES (\(review), \(item), 1, '', 'school', 'withdrawn', \(Timestamp.now), '', 1)
                """)
            try db.execute(
                """
                INSERT INTO resources_review_finding (id, review_id, kind, grade, place, excerpt, sha256, other_item_id,
                    other_sha256, percent)
                VALUES (\(finding), \(review), 'same', 'suspect', \(mark), \(mark), '', \(item), '', 100)
                """)
        }
        return finding
    }
}
