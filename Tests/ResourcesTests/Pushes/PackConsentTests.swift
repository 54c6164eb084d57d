import Contracts
import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Resources

/// What shows pupils leaves the packs when one of them no longer agrees.
@Suite("Consents in packs")
struct PackConsentTests {
    private struct Refusal: PublicationConsent {
        func standings(
            of people: [ID<Person>], for purpose: PublicationPurpose, on day: LocalDate, _ db: Connection
        ) throws -> [ID<Person>: ConsentStanding] {
            Dictionary(people.map { ($0, .refused) }) { first, _ in first }
        }
    }

    @Test("Taken back, it is neither offered nor sent, neither shown nor counted", arguments: TestDatabase.allCases)
    func takenBack(_ database: TestDatabase) async throws {
        try await LessonCity.run(database) { made in
            let item = try await made.made.published(ResourceCity.content("韦小宁的画")),
                lesson = try await made.sent([item])
            let person = try await made.city.user(.wang).person, wang = try await made.city.user(.wang)
            try await made.database.write { db in
                guard let known = try ItemStore(db).look(for: item) else { throw DomainError.notFound }
                var content = known.content
                content.pupilUses = [PupilUse.works.rawValue]
                try db.execute("UPDATE resources_item SET content = \(content.json) WHERE id = \(item)")
                try ItemPupilStore(db).set([person], of: item, version: known.version)
            }
            let office = LessonOffice(
                schoolDays: made.office.schoolDays, consent: Refusal(), now: made.office.now)
            let known = made.city.platform.resources.office
            let review = ReviewOffice(calendar: known.calendar, consent: Refusal(), reviewers: known.reviewers)
            let node = try await made.made.node().id, now = made.clock.now, place = made.made.school.path
            let (offered, line) = try await made.database.read { db in
                (
                    try PackStore(db).candidates(for: node, ResourceViewer(atPlaces: [place]), Refusal()),
                    try LessonLines(db, review).lines(of: [lesson], seesAll: true).first
                )
            }
            #expect(offered.isEmpty)
            #expect(line?.entries.isEmpty == true && line?.missing == 1)
            await #expect(throws: DomainError.self) {
                _ = try await made.database.write {
                    try OpeningService($0, by: wang, now: now, office: office).open(item, in: lesson.id)
                }
            }
            let target = made.target(made.own, period: 2)
            await #expect(throws: DomainError.self) {
                _ = try await made.database.write {
                    try PushService($0, by: wang, now: now, office: office).send([item], for: node, to: [target])
                }
            }
            #expect(try await made.count("resources_opening") == 0)
        }
    }
}
