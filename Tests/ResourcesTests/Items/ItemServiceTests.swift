import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Resources

/// The way of a resource: draft, review, publication, new version, takedown.
@Suite("Resources")
struct ItemServiceTests {
    private func deed<T: Sendable>(
        _ made: ResourceCity, _ member: TestCity.Member, _ body: @escaping @Sendable (ItemService) throws -> T
    ) async throws -> T {
        let user = try await made.city.user(member)
        return try await made.database.write { try body(ItemService($0, by: user, now: .now)) }
    }

    private func item(_ made: ResourceCity, _ id: ID<Item>, _ member: TestCity.Member) async throws -> Item? {
        let viewer = ResourceViewer(member == .visitor ? nil : try await made.city.user(member))
        return try await made.database.read { db in
            do { return try ItemStore(db).find(id, for: viewer) } catch DomainError.notFound { return nil }
        }
    }

    @Test("Who finds what, by visibility and state", arguments: TestDatabase.allCases)
    func visibility(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let draft = try await made.draft(ResourceCity.content("草稿"))
            for (member, sees): (TestCity.Member, Bool) in [
                (.wang, true), (.li, true), (.bureau, true), (.zhao, false), (.chen, false), (.leader, false),
                (.visitor, false),
            ] {
                let found = try await item(made, draft, member)
                #expect((found != nil) == sees, "draft \(member)")
            }
            // The school belongs to the city itself: nobody of a county sees what is for its unit.
            for (visibility, others): (ItemVisibility, Set<TestCity.Member>) in [
                (.school, []), (.county, []), (.city, [.zhao, .chen]), (.public, [.zhao, .chen, .visitor]),
            ] {
                let id = try await made.published(ResourceCity.content("公布", visibility))
                for member in [TestCity.Member.zhao, .chen, .visitor] {
                    let sees = try await item(made, id, member) != nil
                    #expect(sees == others.contains(member), "\(visibility) \(member)")
                }
                #expect(try await item(made, id, .leader) != nil, "\(visibility)")
            }
        }
    }

    @Test("Pupils find what was meant for them", arguments: TestDatabase.allCases)
    func pupils(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let forTeachers = try await made.published(ResourceCity.content("试卷", .city))
            let forPupils = try await made.published(
                ResourceCity.content("练习", .city, audience: ["teacher", "student"]))
            let wang = try await made.city.user(.wang)
            let grants = wang.grants.map {
                EffectiveGrant(role: "student", organisation: $0.organisation, path: $0.path, permissions: [])
            }
            let pupil = CurrentUser(account: .new(), person: .new(), name: "学生", grants: grants)
            let found = try await made.database.read { db in
                try ItemStore(db).list(.init(), for: ResourceViewer(pupil), after: nil, limit: 10).rows.map(\.id)
            }
            #expect(found == [forPupils])
            #expect(try await item(made, forTeachers, .zhao) != nil)
        }
    }

    @Test("A new version waits beside the one that readers see", arguments: TestDatabase.allCases)
    func versions(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.published(ResourceCity.content("第一版", .city))
            let first = try #require(try await item(made, id, .wang))
            var content = first.content
            content.title = "第二版"
            let changed = content
            try await deed(made, .wang) { try $0.save(id, at: first.revision, changed, with: []) }
            #expect(try await item(made, id, .zhao)?.content.title == "第一版")
            // Who saw the older state is too late.
            await #expect(throws: DomainError.self) {
                try await deed(made, .li) { try $0.save(id, at: first.revision, changed, with: []) }
            }
            let files = try await made.database.read { try ItemStore($0).files(of: id) }
            let old = try #require(files.first)
            try await deed(made, .wang) { service in
                try service.addFiles([NewItemFile(file: old.file, name: "新.txt")], to: id)
                try service.removeFile(old.id, of: id)
            }
            try await made.review(.wang) { try $0.submit(id) }
            let waiting = try #require(try await item(made, id, .li))
            #expect(waiting.state == .published)
            try await made.pass(id, by: [.li])
            // The school's word is not enough to take from the city what it has.
            #expect(try await item(made, id, .zhao)?.content.title == "第一版")
            try await made.pass(id, by: [.bureau])
            let second = try #require(try await item(made, id, .zhao))
            #expect(second.content.title == "第二版" && second.version == 2)
            let kept = try await made.database.read { try ItemStore($0).files(of: id) }
            #expect(kept.filter { $0.belongs(to: 1) }.map(\.name) == ["教案.txt"])
            #expect(kept.filter { $0.belongs(to: 2) }.map(\.name) == ["新.txt"])
            let states = try await made.database.read { try ItemStore($0).versions(of: id).map(\.state) }
            #expect(states == [.published, .superseded])
        }
    }

    @Test("Sent back, taken down, restored; nothing is lost", arguments: TestDatabase.allCases)
    func decisions(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let id = try await made.draft(ResourceCity.content("教案", .city))
            try await made.review(.wang) { try $0.submit(id) }
            let pending = try #require(try await item(made, id, .li))
            #expect(pending.state == .pending)
            // Nobody decides about her own, nor a stranger.
            for member in [TestCity.Member.wang, .zhao, .chen] {
                await #expect(throws: DomainError.self, "\(member)") {
                    try await made.review(member) { try $0.decide(id, at: pending.revision, .passed, remark: "") }
                }
            }
            try await made.review(.li) { try $0.decide(id, at: pending.revision, .returned, remark: "缺目标") }
            let returned = try await made.database.read { try ItemStore($0).open(of: id) }
            #expect(returned?.state == .draft && returned?.remark == "缺目标")
            // What was sent back is not taken again unchanged.
            await #expect(throws: DomainError.self) { try await made.review(.wang) { try $0.submit(id) } }
            var content = pending.content
            content.summary = "目标：读懂灯塔。"
            let mended = content
            try await deed(made, .wang) { service in
                let revision = try ItemStore(service.db).find(id, for: ResourceViewer(service.user)).revision
                try service.save(id, at: revision, mended, with: [])
            }
            try await made.review(.wang) { try $0.submit(id) }
            try await made.pass(id, by: [.li, .bureau])
            try await made.review(.li) { try $0.takeDown(id, reason: "图片有误") }
            #expect(try await item(made, id, .zhao) == nil)
            #expect(try await item(made, id, .wang)?.reason == "图片有误")
            try await made.review(.li) { try $0.restore(id) }
            #expect(try await item(made, id, .zhao)?.state == .published)
        }
    }

    @Test("An adaptation names everybody up the tree and keeps the licence", arguments: TestDatabase.allCases)
    func adaptations(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let first = try await made.published(ResourceCity.content("原作", .city, licence: "cc-by-sa"))
            var content = ResourceCity.content("改作", .city, licence: "cc-by")
            content.origin = "adapted"
            let wrong = content
            await #expect(throws: DomainError.self) {
                _ = try await made.draft(wrong, by: .zhao, adapting: first)
            }
            content.licence = "cc-by-sa"
            let made2 = try await made.draft(content, by: .zhao, adapting: first)
            let (names, unseen) = try await made.database.read { db in
                let store = ItemStore(db), second = try #require(try store.look(for: made2))
                return (
                    try store.ancestors(of: second).map(\.content.title),
                    try store.adaptations(of: first, for: ResourceViewer(nil)).total
                )
            }
            #expect(names == ["原作"])
            #expect(unseen == 0)
            // What may not be adapted, and what she may not see, cannot be begun from.
            let closed = try await made.published(ResourceCity.content("不许改", .city, licence: "cc-by-nd"))
            let hidden = try await made.published(ResourceCity.content("看不到", .school))
            for parent in [closed, hidden] {
                await #expect(throws: DomainError.self) {
                    _ = try await made.draft(content, by: .zhao, adapting: parent)
                }
            }
        }
    }

    @Test("Erasing somebody takes her drafts and leaves what was published", arguments: TestDatabase.allCases)
    func erasure(_ database: TestDatabase) async throws {
        try await ResourceCity.run(database) { made in
            let draft = try await made.draft(ResourceCity.content("草稿"))
            let published = try await made.published(ResourceCity.content("公布", .city))
            let wang = try await made.city.user(.wang), source = made.city.platform.resources.personalData
            #expect(try await source.items(of: wang.person).count == 2)
            func records() async throws -> Int? {
                try await made.database.read {
                    try $0.value("SELECT COUNT(*) FROM platform_file WHERE name = '教案.txt'")
                }
            }
            #expect(try await records() == 2)
            let words = try await source.erase(wang.person, wholly: true, by: "数据安全员")
            #expect(words == ["1 个没有发布的资源草稿"])
            #expect(try await item(made, draft, .bureau) == nil)
            // With it the record of its file, which names her; the content goes with the next sweep.
            #expect(try await records() == 1)
            #expect(try await item(made, published, .zhao) != nil)
            #expect(try await source.erase(wang.person, wholly: true, by: "数据安全员").isEmpty)
            // What she writes with others stays, without her.
            let shared = try await made.draft(ResourceCity.content("合写")), zhao = try await made.city.user(.zhao)
            try await made.database.write {
                try ItemWritingStore($0).setAuthors([wang.person, zhao.person], of: shared)
            }
            #expect(try await source.erase(wang.person, wholly: true, by: "数据安全员") == ["1 个合写草稿里的署名"])
            let left = try await made.database.read { try ItemStore($0).authors(of: shared).map(\.person) }
            #expect(left == [zhao.person])
        }
    }
}
