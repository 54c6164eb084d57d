import Contracts
import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Resources

/// Resources that show works or pictures of pupils.
@Suite("Pupils in resources")
struct PupilConsentTests {
    /// Agrees for whomever it holds, for works.
    private struct Consents: PublicationConsent {
        let agreed: Set<ID<Person>>

        func standings(
            of people: [ID<Person>], for purpose: PublicationPurpose, on day: LocalDate, _ db: Connection
        ) throws -> [ID<Person>: ConsentStanding] {
            Dictionary(
                uniqueKeysWithValues: people.map {
                    ($0, agreed.contains($0) && purpose == .works ? .allowed : .refused)
                })
        }
    }

    private struct Scene: Sendable {
        let made: ResourceCity
        let pupils: [ID<Person>]

        func office(_ agreed: [ID<Person>]) -> ReviewOffice {
            let known = made.city.platform.resources.office
            return ReviewOffice(
                calendar: known.calendar, consent: Consents(agreed: Set(agreed)), reviewers: known.reviewers)
        }

        func deed(
            _ member: TestCity.Member, _ office: ReviewOffice,
            _ body: @escaping @Sendable (ReviewService) throws -> Void
        ) async throws {
            let user = try await made.city.user(member)
            try await made.database.write { try body(ReviewService($0, by: user, now: .now, office: office)) }
        }
    }

    /// Two pupils of one name in two classes, and one of another name.
    private func run(_ database: TestDatabase, _ body: (Scene) async throws -> Void) async throws {
        try await ResourceCity.run(database) { made in
            let day = SchoolYear(containing: Timestamp.now.day), crypto = made.city.platform.crypto
            let school = made.school
            let pupils = try await made.database.write { db in
                let service = ClassGroupService(db, by: .system)
                let classes = try (1...2).map { number in
                    try service.open(
                        ClassDraft(stage: .primary, entryYear: day.start - 2, number: number, openedOn: day.firstDay),
                        at: school)
                }
                let enrolments = EnrolmentService(db, crypto, by: .system)
                return [
                    try enrolments.add(NewPupil(name: "韦小宁"), to: classes[0], from: day.firstDay),
                    try enrolments.add(NewPupil(name: "韦小宁"), to: classes[1], from: day.firstDay),
                    try enrolments.add(NewPupil(name: "黄海"), to: classes[1], from: day.firstDay),
                ]
            }
            try await body(Scene(made: made, pupils: pupils))
        }
    }

    @Test("Names are those of the school's pupils, with the class where two have one", arguments: TestDatabase.allCases)
    func names(_ database: TestDatabase) async throws {
        try await run(database) { scene in
            let school = scene.made.school.id, day = Timestamp.now.day
            func found(_ text: String) async throws -> [ID<Person>] {
                try await scene.made.database.read { try PupilNames(text).found(at: school, on: day, $0) }
            }
            let two = try await found("韦小宁（三年级(2)班）、黄海"), none = try await found("")
            #expect(two == [scene.pupils[1], scene.pupils[2]] && none.isEmpty)
            for wrong in ["韦小宁", "没有这个人", "黄海（三年级(1)班）"] {
                await #expect(throws: DomainError.self, "\(wrong)") { _ = try await found(wrong) }
            }
        }
    }

    @Test(
        "Without consent it is not published, and a consent taken back takes it down", arguments: TestDatabase.allCases)
    func consent(_ database: TestDatabase) async throws {
        try await run(database) { scene in
            let made = scene.made, shown = [scene.pupils[0], scene.pupils[2]]
            var content = ResourceCity.content("作文选")
            content.pupilUses = ["works"]
            let id = try await made.draft(content)
            await #expect(throws: DomainError.self) {
                try await scene.deed(.wang, scene.office([])) { try $0.submit(id) }
            }
            try await made.database.write { try ItemPupilStore($0).set(shown, of: id, version: 1) }
            try await scene.deed(.wang, scene.office([])) { try $0.submit(id) }
            do {
                try await scene.deed(.li, scene.office([shown[0]])) {
                    try $0.decide(id, at: $0.seen(id).item.revision, .passed, remark: "")
                }
                Issue.record("published without consent")
            } catch DomainError.invalid(let problems) {
                #expect(problems.map(\.field) == ["decision"])
                #expect(problems.first?.message.contains("黄海（学生作品）") == true)
                #expect(problems.first?.message.contains("韦小宁") == false)
            }
            let all = scene.office(shown)
            try await scene.deed(.li, all) { try $0.decide(id, at: $0.seen(id).item.revision, .passed, remark: "") }
            let leader = try await made.city.user(.leader)
            func state(_ office: ReviewOffice) async throws -> (Item, Bool) {
                try await made.database.read { db in
                    let item = try ItemStore(db).find(id, for: ResourceViewer(leader))
                    return (item, try PupilGate(consent: office.consent, db: db).isOpen(item))
                }
            }
            try await ReviewTending(database: made.database, office: all).run()
            let (open, isOpen) = try await state(all)
            #expect(open.state == .published && isOpen)
            let fewer = scene.office([shown[0]])
            #expect(try await !state(fewer).1)
            try await ReviewTending(database: made.database, office: fewer).run()
            let wang = try await made.city.user(.wang)
            let down = try await made.database.read { try ItemStore($0).find(id, for: ResourceViewer(wang)) }
            #expect(down.state == .takenDown && down.reason.contains("同意"))
            await #expect(throws: DomainError.self) { try await scene.deed(.li, fewer) { try $0.restore(id) } }
            try await scene.deed(.li, all) { try $0.restore(id) }
            #expect(try await state(all).0.state == .published)
        }
    }

    @Test("One resource that cannot be read keeps no other from being taken down", arguments: TestDatabase.allCases)
    func tending(_ database: TestDatabase) async throws {
        try await run(database) { scene in
            let made = scene.made, pupil = scene.pupils[2], now = Timestamp.now
            let ids = try await made.database.write { db in
                try ["坏的", "好的"].map { title in
                    var content = ResourceCity.content(title)
                    content.pupilUses = ["works"]
                    let id = try ItemWritingStore(db).insert(
                        content, at: made.school.id, adapting: nil, by: "", now: now)
                    try ItemPupilStore(db).set([pupil], of: id, version: 1)
                    try db.execute("UPDATE resources_item SET state = 'published', version = 1 WHERE id = \(id)")
                    return id
                }
            }
            try await made.database.write {
                try $0.execute("UPDATE resources_item SET content = '-' WHERE id = \(ids[0])")
            }
            await #expect(throws: (any Error).self) {
                try await ReviewTending(database: made.database, office: scene.office([])).run()
            }
            let states: [String] = try await made.database.read {
                try $0.column("SELECT state FROM resources_item WHERE id IN \(in: ids) ORDER BY id")
            }
            #expect(states == ["published", "taken_down"])
        }
    }

    @Test("The page of a school hides from others what a pupil did not agree to", arguments: TestDatabase.allCases)
    func shelf(_ database: TestDatabase) async throws {
        try await run(database) { scene in
            let made = scene.made, pupil = scene.pupils[2], all = scene.office([pupil])
            var content = ResourceCity.content("作文选", .public)
            content.pupilUses = ["works"]
            let id = try await made.draft(content)
            try await made.database.write { try ItemPupilStore($0).set([pupil], of: id, version: 1) }
            try await scene.deed(.wang, all) { try $0.submit(id) }
            for member in [TestCity.Member.li, .bureau] {
                try await scene.deed(member, all) { service in
                    guard try service.isWaiting(id) else { return }
                    try service.decide(id, at: service.seen(id).item.revision, .passed, remark: "")
                }
            }
            _ = try await made.published(ResourceCity.content("公开的", .public))
            // The platform itself knows of no consent.
            let path = SchoolResourcePages.path(made.school.id), visitor = try await made.city.client(.visitor)
            let page = try await visitor.get(path)
            #expect(page.text.contains("公开的") && !page.text.contains("作文选"))
            #expect(try await made.city.client(.li).get(path).text.contains("作文选"))
        }
    }

    @Test("The pupils follow a new version, and the pupil reads where she is shown", arguments: TestDatabase.allCases)
    func versions(_ database: TestDatabase) async throws {
        try await run(database) { scene in
            let made = scene.made, id = try await made.draft(ResourceCity.content("作文选"))
            try await made.database.write { try ItemPupilStore($0).set([scene.pupils[2]], of: id, version: 1) }
            try await made.review(.wang) { try $0.submit(id) }
            try await made.pass(id, by: [.li])
            let wang = try await made.city.user(.wang)
            let files = try await made.database.read { try ItemStore($0).files(of: id) }
            try await made.database.write { db in
                try ItemService(db, by: wang, now: .now).removeFile(try #require(files.first).id, of: id)
            }
            let second = try await made.database.read { try ItemPupilStore($0).pupils(of: id, version: 2) }
            #expect(second.map(\.person) == [scene.pupils[2]])
            let told = try await made.city.platform.resources.personalData.items(of: scene.pupils[2])
            #expect(told.map(\.label) == ["作文选"] && told.first?.basis == .consent)
        }
    }
}
