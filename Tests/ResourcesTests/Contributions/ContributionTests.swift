import Directory
import Kernel
import TestKit
import Testing

@testable import Database
@testable import Resources

/// What counts, for whom, and who is named.
@Suite("Board of contributions") struct ContributionTests {
    private var period: ContributionPeriod {
        ContributionPeriod(year: SchoolYear(containing: Timestamp.now.day), half: nil)
    }

    private func counts(_ made: ResourceCity, _ school: Organisation) async throws -> ContributionCounts {
        let period = period
        return try await made.database.read { db in
            let lines = try ContributionStore(db).schools(within: DataScope([school.path]), period)
            return lines.first { $0.school == school.id }?.counts ?? ContributionCounts()
        }
    }

    @Test("Equal figures share a place, and the places after it are left out")
    func ranks() {
        #expect(Ranking.places([9, 7, 7, 3, 3, 3, 1]) == [1, 2, 2, 4, 4, 4, 7])
        #expect(Ranking.places([]) == [] && Ranking.places([0, 0]) == [1, 1])
    }

    @Test("A school year has two halves without a gap")
    func halves() {
        let year = SchoolYear(start: 2026)
        let days = [nil, .first, .second].map { ContributionPeriod(year: year, half: $0).days }
        #expect(days[0].from == days[1].from && days[1].to == days[2].from && days[0].to == days[2].to)
        #expect(days[0].to == SchoolYear(start: 2027).firstDay)
    }

    @Test("Each is counted once, and not while it is down", arguments: TestDatabase.allCases)
    func counting(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let own = try await made.published(ResourceCity.content("本校的")),
                city = try await made.published(
                    ResourceCity.content("全市的", .city))
            var found = try await counts(made, made.school)
            #expect(found[.published] == 2 && found[.county] == 1 && found[.city] == 1 && found[.adapted] == 0)
            // A new version of what was published is no new contribution.
            let node = try await made.node(), wang = try await made.city.user(.wang)
            try await made.database.write { db in
                var content = ResourceCity.content("本校的，改过")
                content.nodes = [node.id.rawValue]
                let item = try ItemStore(db).find(own, for: ResourceViewer(wang))
                try ItemService(db, by: wang, now: .now).save(own, at: item.revision, content, with: [])
            }
            try await made.review(.wang) { try $0.submit(own) }
            try await made.pass(own, by: [.li])
            #expect(try await counts(made, made.school)[.published] == 2)
            // Made from it by another school, and by herself.
            for (member, school) in [(TestCity.Member.zhao, made.border), (.wang, made.school)] {
                var content = ResourceCity.content("改编自全市的", .school)
                content.origin = "adapted"
                let id = try await made.draft(content, by: member, adapting: city)
                try await made.review(member) { try $0.submit(id) }
                try await made.pass(id, by: member == .zhao ? [.dongxing] : [.li])
                #expect(try await counts(made, school)[.published] > 0)
            }
            found = try await counts(made, made.school)
            #expect(found[.published] == 3 && found[.adapted] == 1)
            try await made.review(.bureau) { try $0.takeDown(city, reason: "有错") }
            found = try await counts(made, made.school)
            #expect(found[.published] == 2 && found[.city] == 0 && found[.adapted] == 0)
            try await made.review(.bureau) { try $0.restore(city) }
            found = try await counts(made, made.school)
            #expect(found[.published] == 3 && found[.city] == 1 && found[.adapted] == 1)
        }
    }

    @Test(
        "What was published before is counted by the migration as if it had been written down",
        arguments: TestDatabase.allCases)
    func before(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let city = try await made.published(ResourceCity.content("全市的", .city))
            let rows: SQL =
                "SELECT item_id || kind || by_item_id || area || type_group FROM resources_contribution ORDER BY 1"
            let known: [String] = try await made.database.read { try $0.column(rows) }
            #expect(known.count == 3 && known.allSatisfy { $0.hasPrefix(city.rawValue) && $0.hasSuffix("2-13plan") })
            let again: [String] = try await made.database.write { db in
                try db.execute("DELETE FROM resources_contribution")
                for statement in ContributionSchema.statements where statement.hasPrefix("INSERT") {
                    try db.execute(SQL(trusted: statement))
                }
                return try db.column(rows)
            }
            #expect(again == known)
            // The numbers of schools are made soon after.
            try await made.database.write { db in
                try db.execute("DELETE FROM resources_contribution_sum")
                try db.execute("INSERT INTO resources_contribution_stale (school_id) VALUES (\(made.school.id))")
            }
            #expect(try await counts(made, made.school)[.published] == 0)
            try await made.database.write { db in while try ContributionSums(db).catchUp() {} }
            #expect(try await counts(made, made.school)[.published] == 1)
        }
    }

    @Test(
        "Schools and people stand by rank; the figures open; a name stays away when asked",
        arguments: TestDatabase.allCases)
    func pages(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            _ = try await made.published(ResourceCity.content("灯塔教案", .city))
            _ = try await made.published(ResourceCity.content("本校的教案"))
            let bureau = try await made.city.client(.bureau), wang = try await made.city.client(.wang)
            let zhao = try await made.city.client(.zhao), root = ContributionPages.root
            let schools = try await bureau.get(root + "?by=school")
            #expect(schools.text.contains(made.school.name) && schools.text.contains(made.border.name))
            #expect(try await bureau.get(root).text.contains("东兴市"))
            let own = try await wang.get(root)
            #expect(own.text.contains("wang(示例)") && own.text.contains("不公开姓名"), "\(own.text.suffix(900))")
            // Every figure opens; what is not open to the viewer is counted without its title.
            let rows = "\(root)/rows?kind=published&place=\(made.school.id)"
            #expect(try await wang.get(rows).text.contains("本校的教案"))
            let others = try await bureau.get(rows)
            #expect(others.text.contains("灯塔教案"))
            // Another school sees the figures of schools and nobody of this one.
            #expect(try await zhao.get(root + "?place=\(made.school.id)").status == 404)
            #expect(try await zhao.get(rows).status == 404)
            let person = try await made.city.user(.wang).person, people = "?by=person&place=\(made.school.id)"
            _ = try await wang.post(root + "/naming", from: root, [("named", "0")])
            #expect(try await wang.get(root).text.contains("wang(示例)"), "she sees herself")
            let leader = try await made.city.client(.leader)
            let unnamed = try await leader.get(root + people)
            #expect(!unnamed.text.contains("wang(示例)") && unnamed.text.contains(ContributionBoard.unnamed))
            #expect(try await leader.get(rows + "&person=\(person)").status == 404)
            #expect(try await wang.get(rows + "&person=\(person)").text.contains("本校的教案"))
            #expect(try await bureau.get(root + people).text.contains("wang(示例)"))
            _ = try await wang.post(root + "/naming", from: root, [("named", "1")])
            #expect(try await leader.get(root + people).text.contains("wang(示例)"))
            let file = try await bureau.get(root + "?by=school&format=csv")
            #expect(file.status == 200 && file.text.contains(made.school.name))
        }
    }

    @Test("Rows go on where the last page ended", arguments: TestDatabase.allCases)
    func slices(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            for number in 1...3 { _ = try await made.published(ResourceCity.content("教案 \(number)")) }
            let viewer = ResourceViewer(try await made.city.user(.li)), period = period, school = made.school
            let (all, first, rest, total) = try await made.database.read { db in
                let store = ContributionStore(db)
                var filter = ContributionStore.Filter(period: period)
                filter.scope = DataScope([school.path])
                let all = try store.rows(filter, for: viewer, after: nil, limit: 10)
                let first = try store.rows(filter, for: viewer, after: nil, limit: 2)
                let last = try #require(first.last)
                let rest = try store.rows(
                    filter, for: viewer, after: (last.at.milliseconds, last.item.rawValue, ""), limit: 2)
                filter.area = "2"
                return (all, first, rest, try store.count(filter))
            }
            #expect(all.count == 3 && first + rest == all && total == 3)
            #expect(Set(all.map(\.title)) == ["教案 1", "教案 2", "教案 3"])
        }
    }

    @Test("Rows of one moment come once each; a choice made twice is one", arguments: TestDatabase.allCases)
    func moments(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            for number in 1...4 { _ = try await made.published(ResourceCity.content("教案 \(number)")) }
            let viewer = ResourceViewer(try await made.city.user(.li)), period = period, city = OrganisationPath.city
            let person = try await made.city.user(.wang).person
            try await made.database.write { db in
                let at: Int64? = try db.value("SELECT MAX(at) FROM resources_contribution")
                try db.execute("UPDATE resources_contribution SET at = \(at)")
                try ContributionStore(db).setUnnamed(true, person, now: .now)
                try ContributionStore(db).setUnnamed(true, person, now: .now)
            }
            let (found, choices): ([ID<Item>], Int?) = try await made.database.read { db in
                let store = ContributionStore(db)
                var filter = ContributionStore.Filter(period: period), found: [ID<Item>] = []
                filter.scope = DataScope([city])
                var after: (at: Int64, item: String, by: String)?
                while let last = try store.rows(filter, for: viewer, after: after, limit: 1).last {
                    found.append(last.item)
                    after = (last.at.milliseconds, last.item.rawValue, last.by?.rawValue ?? "")
                    guard found.count < 9 else { break }
                }
                return (found, try db.value("SELECT COUNT(*) FROM resources_unnamed"))
            }
            #expect(found.count == 4 && Set(found).count == 4 && choices == 1)
        }
    }
}
