import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Resources

/// What is suggested for a lesson, and what a class gets of a pack.
@Suite("Packs of lessons")
struct PackTests {
    @Test("Numbers beside them order the chosen ones, each once")
    func order() {
        let (a, b, c) = (ID<Item>("a"), ID<Item>("b"), ID<Item>("c"))
        #expect(Pack.ordered([a, b, c], by: [c: 1, a: 2]) == [c, a, b])
        #expect(Pack.ordered([a, b, a, b], by: [:]) == [a, b])
        #expect(Pack.ordered([], by: [a: 1]) == [])
        // The same number keeps the order of the page.
        #expect(Pack.ordered([b, a], by: [a: 3, b: 3]) == [b, a])
    }

    @Test("Grades of classes as textbooks name them, two in one room, and four years of 初中")
    func grades() {
        func codes(_ stage: ClassStage, _ years: Int, _ entries: [Int]) -> [String] {
            PushGrade.codes(stage, years: years, entries: entries, on: LessonCity.monday)
        }
        #expect(codes(.primary, 6, [2024]) == ["P3"])
        #expect(codes(.primary, 6, [2024, 2023]) == ["P3", "P4"])
        #expect(codes(.primary, 6, [2019]) == [], "past its years")
        #expect(codes(.junior, 3, [2026]) == ["J1"])
        #expect(codes(.junior, 4, [2026, 2025, 2023]) == ["P6", "J1", "J3"])
    }

    @Test("A resource is open to a class as the viewer of its school finds it")
    func reach() {
        let school = OrganisationPath("0001/0002/0003/0004/"), sibling = OrganisationPath("0001/0002/0003/0005/")
        let far = OrganisationPath("0001/0006/0007/0008/"), point = OrganisationPath("0001/0002/0003/0004/0009/")
        func isOpen(_ reach: ItemVisibility, _ maker: OrganisationPath, _ place: OrganisationPath) -> Bool {
            ItemReach.isOpen(reach, of: maker, to: place)
        }
        #expect(isOpen(.school, school, school) && isOpen(.school, school, point) && isOpen(.school, point, school))
        #expect(!isOpen(.school, school, sibling) && !isOpen(.school, school, far))
        #expect(isOpen(.county, school, sibling) && !isOpen(.county, school, far))
        #expect(isOpen(.city, school, far) && isOpen(.public, school, far))
    }

    @Test(
        "Selected ones first, of each group the best; other schools' own are not offered",
        arguments: TestDatabase.allCases)
    func suggestion(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let own = try await made.made.published(ResourceCity.content("校内教案"))
            let chosen = try await made.made.published(ResourceCity.content("全市教案", .city))
            let third = try await made.made.published(ResourceCity.content("又一份教案"))
            var slides = ResourceCity.content("课件")
            slides.type = "slides"
            let courseware = try await made.made.published(slides)
            _ = try await made.made.draft(ResourceCity.content("草稿"))
            let node = try await made.made.node().id, consent = made.office.consent
            let (mine, theirs) = try await made.database.read { db in
                (
                    try PackStore(db).candidates(for: node, ResourceViewer(atPlaces: [made.made.school.path]), consent),
                    try PackStore(db).candidates(for: node, ResourceViewer(atPlaces: [made.made.border.path]), consent)
                )
            }
            #expect(mine.map(\.item.id) == [chosen, courseware, third, own])
            #expect(Pack.suggestion(from: mine) == [chosen, courseware, third])
            #expect(theirs.map(\.item.id) == [chosen])
        }
    }

    @Test(
        "What was taken down or is no longer open leaves every pack at once, and it is said",
        arguments: TestDatabase.allCases)
    func gone(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let item = try await made.made.published(ResourceCity.content("教案"))
            let kept = try await made.made.published(
                ResourceCity.content("给学生的", audience: ["teacher", "student"]))
            let lesson = try await made.sent([item, kept])
            #expect(try await made.line(lesson).entries.map(\.item.id) == [item, kept])
            #expect(try await made.line(lesson, seesAll: false).entries.map(\.item.id) == [kept])
            try await made.made.review(.li) { try $0.takeDown(item, reason: "换新") }
            let line = try await made.line(lesson)
            #expect(line.entries.map(\.item.id) == [kept] && line.missing == 1)
            let wang = try await made.city.client(.wang), page = try await wang.get(LessonPages.path(lesson.id)).text
            #expect(page.contains("有 1 项资源已下架或不再开放") && page.contains("给学生的"))
        }
    }
}
