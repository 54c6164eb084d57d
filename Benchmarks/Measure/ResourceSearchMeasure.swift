import App
import Database
import Directory
import Foundation
import Kernel
import Platform
import Resources

/// Finding one of a million resources. With a connection text in `SANTONG_POSTGRES` it runs on PostgreSQL, in an empty
/// database; else on SQLite.
enum ResourceSearchMeasure {
    /// Words that stand in every tenth title and rarer ones, as teachers name their work.
    private static let common = [
        "教学设计", "课件", "导学案", "练习", "复习", "单元", "第一课时", "第二课时", "公开课", "微课", "阅读", "作文", "实验", "计算", "朗读", "期末",
    ]
    private static let rare = Array(
        "赵州石拱桥海滨小城富饶西沙群岛蟋蟀住宅爬山虎荷花昆虫备忘录司马光观潮猎人景阳冈狼牙壮士闰土济南冬天黄河颂背影苏园林故乡出师表塘月色琵琶行分数认识长方形面积角度量三内和平四边简易程圆锥体绝对值直线勾股定理次函图象单调性光反射电磁铁声音产生传播阿基米德欧姆氧气金属化学质合作用鸟殖发育地球运动红树林秦统一鸦片战争茉莉水墨鱼迷宫"
    ).map(String.init)
    private static let surnames = Array("韦黄陆覃农盘阮苏梁李陈吴邓何林刘杨罗莫潘").map(String.init)
    private static let given = Array("晓兰建华秋菊志强海明春燕国栋玉婷文斌振邦雪梅雨桐立新小芳丹青俊杰").map(String.init)

    private struct Numbers {
        var state: UInt64
        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        /// Small numbers far more often than large ones.
        mutating func skewed(_ bound: Int) -> Int { min(next(bound), next(bound), next(bound)) }
    }

    static func run(count: Int) async throws {
        try await Measure.withFreshPlatform { platform in
            let schools = try await IdentityMeasure.grow(to: 450, platform.database)
            try await Measure.timed("\(count) resources entered") {
                let indexes = try await dropIndexes(platform.database)
                try await enter(count, schools, platform)
                try await make(indexes, platform.database)
            }
            try await Measure.timed("index made") {
                print("\(try await platform.resources.searchIndexing.rebuild()) resources")
            }
            let (city, county) = try await platform.database.read { db in
                let store = OrganisationStore(db)
                return (try store.city()!, try store.find(code: "450603", within: .everything)!)
            }
            for (role, place) in [("city_admin", city), ("county_admin", county), ("teacher", schools[7])] {
                try await IdentityMeasure.open(1, role, role, at: [place], platform.database)
                let token = try await platform.identity.startSession(login: role + "0")
                try await ask("\(role), 2 characters", two, platform, token)
                try await ask("\(role), 4 characters", four, platform, token)
                try await ask("\(role), mixed", mixed, platform, token)
            }
        }
    }

    private static let two = ["课件", "练习", "复习", "荷花", "赵州", "背影", "函数", "圆锥", "光合", "电磁", "微课", "实验"]
    private static let four = ["教学设计", "第一课时", "海滨小城", "昆虫备忘", "勾股定理", "狼牙壮士", "阿基米德", "平四边形"]
    private static let mixed = [
        "韦晓 课件", "荷花 教学设计", "dzt", "kj 苏", "赵洲桥", "语文三年级 荷花", "圆追的体积", "第7小学 练习", "公开课 朗读 jxsj",
    ]

    private static func ask(
        _ name: String, _ texts: [String], _ platform: CityPlatform, _ token: String
    ) async throws {
        let caller = RouteCaller(platform: platform)
        var all = Durations()
        for text in texts {
            let query = "q=" + (text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text)
            var one = Durations()
            for _ in 0..<20 {
                let start = ContinuousClock.now
                try await caller.call(.get, "/resources/search", query: query, token: token)
                one.add(ContinuousClock.now - start)
            }
            all.add(one)
            print("  \(text): median \(Measure.rounded(one.percentile(0.5))) ms")
        }
        all.tell(name)
    }

    /// Rows for the three tables of a stretch of resources.
    private struct Batch: Sendable {
        var items: [[DatabaseValue]] = []
        var authors: [[DatabaseValue]] = []
        var links: [[DatabaseValue]] = []
    }

    private static let batch = 20_000

    /// Straight into the tables: what is measured is the finding. The next rows are made while these are written.
    private static func enter(_ count: Int, _ schools: [Organisation], _ platform: CityPlatform) async throws {
        let people: [String] = try await platform.database.write { db in
            try (0..<5000).map { number in
                let name = surnames[number % 20] + given[number / 20 % given.count] + given[number / 400 % given.count]
                return try PersonStore(db).insert(name: name, at: Timestamp.now).rawValue
            }
        }
        let nodes = try await lessons(platform)
        var rows = try await make(0..<min(batch, count), schools, people, nodes), start = 0
        while start < count {
            start += batch
            let range = min(start, count)..<min(start + batch, count), written = rows
            async let next = make(range, schools, people, nodes)
            try await platform.database.write { db in
                try withoutKeyChecks(db)
                try db.insert(
                    into: """
                        resources_item (id, school_id, state, revision, version, content, title, words, type, type_group,
                            visibility, origin, for_pupils, created_at, changed_at, changed_by, published_at, reason)
                        """, rows: written.items)
                try db.insert(into: "resources_item_author (id, item_id, person_id, position)", rows: written.authors)
                try db.insert(into: "resources_item_node (item_id, node_id)", rows: written.links)
            }
            rows = try await next
        }
    }

    private static let types = ["lesson-plan", "slides", "micro-lesson", "questions", "study-guide"]
    private static let visibilities: [ItemVisibility] = [
        .school, .school, .school, .school, .county, .city, .city, .public,
    ]

    /// The same rows for the same range, but for the ids.
    private static func make(
        _ range: Range<Int>, _ schools: [Organisation], _ people: [String], _ nodes: [String]
    ) async throws -> Batch {
        let now = Timestamp.now, encoder = JSONEncoder()
        var numbers = Numbers(state: UInt64(2026 + range.lowerBound)), batch = Batch()
        for _ in range {
            let id = Identifiers.next(), first = numbers.skewed(rare.count - 5)
            let title =
                rare[first..<(first + 3 + numbers.next(2))].joined() + common[numbers.skewed(common.count)]
                + (numbers.next(2) == 0 ? common[numbers.skewed(common.count)] : "")
            let summary = (0..<8).map { _ in rare[numbers.skewed(rare.count)] + common[numbers.next(common.count)] }
            let type = types[numbers.next(types.count)], node = nodes[numbers.skewed(nodes.count)]
            let visibility = visibilities[numbers.next(visibilities.count)]
            let content = ItemContent(
                title: title, type: type, nodes: [node], summary: summary.joined(separator: "，"),
                visibility: visibility)
            let json = String(decoding: try encoder.encode(content), as: UTF8.self)
            batch.items.append([
                .text(id), schools[numbers.next(schools.count)].id.databaseValue, "published".databaseValue,
                1.databaseValue, 1.databaseValue, .text(json), .text(title), "".databaseValue,
                type.databaseValue, "plan".databaseValue, visibility.databaseValue, "original".databaseValue,
                0.databaseValue, now.databaseValue, now.databaseValue, "measure".databaseValue, now.databaseValue,
                "".databaseValue,
            ])
            batch.authors.append([
                .text(Identifiers.next()), .text(id), .text(people[numbers.next(people.count)]), 0.databaseValue,
            ])
            batch.links.append([.text(id), .text(node)])
        }
        return batch
    }

    // A million rows are written in a third of the time without indexes, which are then made from sorted rows.

    private static let filled = ["resources_item", "resources_item_author", "resources_item_node"]

    /// Takes the indexes off the tables that are filled, but those of keys; returns the statements that make them.
    private static func dropIndexes(_ database: Database) async throws -> [String] {
        try await database.write { db in
            let found: SQL =
                db.dialect == .sqlite
                ? """
                SELECT name, sql FROM sqlite_master
                WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN \(in: filled)
                """
                : """
                SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()
                    AND tablename IN \(in: filled) AND indexname NOT IN (SELECT conname FROM pg_constraint)
                """
            let indexes = try db.rows(found) { (name: try $0.text(0), made: try $0.text(1)) }
            for index in indexes { try db.execute(SQL(stringLiteral: "DROP INDEX \(index.name)")) }
            return indexes.map(\.made)
        }
    }

    private static func make(_ indexes: [String], _ database: Database) async throws {
        for index in indexes { try await database.write { try $0.execute(SQL(stringLiteral: index)) } }
        try await database.write { db in
            guard db.dialect == .postgres else { return }
            for table in filled { try db.execute(SQL(stringLiteral: "ANALYZE \(table)")) }
        }
    }

    /// PostgreSQL calls a function for each key of each row; whoever may turn that off for the transaction does.
    private static func withoutKeyChecks(_ db: Connection) throws {
        guard db.dialect == .postgres else { return }
        // Refused to all but the operator of the database, and then it only takes longer.
        try? db.attempt { try db.execute("SET LOCAL session_replication_role = replica") }
    }

    /// Lessons of 60 volumes.
    private static func lessons(_ platform: CityPlatform) async throws -> [String] {
        try await platform.database.write { db in
            var nodes: [String] = []
            for volume in 0..<60 {
                let book = Identifiers.next(), grade = "P\(volume % 6 + 1)", subject = ["13", "14", "15"][volume % 3]
                try db.execute(
                    """
                    INSERT INTO resources_textbook (id, stage, subject, edition, grade, volume, choice_key, sort_key,
                        is_removed, changed_at)
                    VALUES (\(book), '2', \(subject), 'pep', \(grade), \(String(volume % 2 + 1)), '', \(book), 0, 0)
                    """)
                for position in 1...30 {
                    let id = Identifiers.next(), first = (volume * 30 + position) % (rare.count - 5)
                    let title = rare[first..<(first + 4)].joined()
                    try db.execute(
                        """
                        INSERT INTO resources_node (id, textbook_id, kind, title, position, is_removed, changed_at)
                        VALUES (\(id), \(book), 'lesson', \(title), \(position), 0, 0)
                        """)
                    nodes.append(id)
                }
            }
            return nodes
        }
    }
}
