import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Resources

/// Which lessons a place has something for.
@Suite("Coverage of lessons")
struct CoverageTests {
    @Test("Counts and grades as each place finds them", arguments: TestDatabase.allCases)
    func board(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            _ = try await made.published(ResourceCity.content("本校的"))
            var slides = ResourceCity.content("全市的", .city)
            slides.type = "slides"
            _ = try await made.published(slides)
            _ = try await made.draft(ResourceCity.content("草稿", .city), on: "SYW31-01-02")
            let filter = TextbookStore.Filter(["stage": "2", "subject": "13", "edition": "示例版", "grade": "P3"])
            let (lessons, facts) = try await made.database.read { db in
                (try TextbookStore(db).lessons(filter, limit: 1000), try CoverageStore(db).facts(filter))
            }
            func lesson(_ place: OrganisationPath) -> NodeCoverage? {
                NodeCoverage.board(lessons, facts, at: place).first { $0.place.node.code == ResourceCity.lesson }
            }
            let own = try #require(lesson(made.school.path)), other = try #require(lesson(made.border.path))
            #expect([own.school, own.county, own.city] == [2, 1, 1] && own.grade == .good)
            #expect([other.school, other.county, other.city] == [0, 0, 1] && other.grade == .weak)
            #expect(other.missing == "教学设计类")
            // A county and the city count what is open to them: one school's own plan covers neither.
            for place in [OrganisationPath.city, try #require(made.school.path.unit)] {
                let wide = try #require(lesson(place))
                #expect([wide.school, wide.county, wide.city] == [1, 1, 1] && wide.grade == .weak, "\(place)")
            }
            let none = NodeCoverage.board(lessons, facts, at: made.school.path).filter { $0.grade == .none }
            #expect(none.count == lessons.count - 1)

            let wang = try await made.city.client(.wang), root = CoveragePages.root
            let query = "?stage=2&subject=13&edition=%E7%A4%BA%E4%BE%8B%E7%89%88&grade=P3"
            let good = try await wang.get(root + query + "&grade_of=good&format=csv").text.split(
                whereSeparator: \.isNewline)
            #expect(good.count == 2 && good[1].contains("灯塔下的路"))
            let visitor = try await made.city.client(.visitor)
            #expect(try await visitor.get(root).status == 303)
        }
    }
}
