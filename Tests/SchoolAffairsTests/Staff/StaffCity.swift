import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import SchoolAffairs

/// 实验小学 with 王老师 and 陆老师 on its staff and a class led by 王老师.
struct StaffCity: Sendable {
    let city: TestCity
    let school: Organisation
    let wang: ID<Person>
    let lu: ID<Person>
    let group: ClassGroup

    static let start = SchoolYear(containing: Timestamp.now.day).firstDay
    static var today: LocalDate { Timestamp.now.day }

    /// The page of 王老师 at 实验小学.
    var page: String { "/schools/\(school.id)/staff/\(wang)" }

    static func run(_ database: TestDatabase, _ body: (StaffCity) async throws -> Void) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let school = try await city.organisation(TestCity.experimentalSchool), crypto = city.platform.crypto
            let wang = try await city.user(.wang).person
            let world = try await city.database.write { db in
                try PersonStore(db).appoint(wang, at: school.id, post: "23", from: OrganisationService.always)
                let lu = try StaffService(db, crypto, by: .system).add(
                    NewStaffMember(name: "陆老师", post: "10", from: start), to: school)
                let classes = ClassGroupService(db, by: .system)
                let group = try classes.open(
                    ClassDraft(
                        stage: .primary, entryYear: SchoolYear(containing: today).start, number: 1, openedOn: start),
                    at: school)
                try classes.nameHomeroomTeacher(wang, of: group, from: start)
                try classes.addTeacher(wang, of: group, subject: "13", from: start)
                return StaffCity(city: city, school: school, wang: wang, lu: lu, group: group)
            }
            try await body(world)
        }
    }

    func duties(_ person: ID<Person>, on day: LocalDate = today) async throws -> [String] {
        try await city.database.read { try ClassPostStore($0).posts(of: person, on: day).map(\.title) }
    }

    /// What the roles of 王老师 are today, with their places.
    func roles() async throws -> [String] {
        try await city.user(.wang).grants.map { "\($0.role) \($0.organisation)" }.sorted()
    }

    func duty(_ kind: ClassPostKind) async throws -> ID<ClassPost> {
        let id = group.id
        let posts = try await city.database.read { try ClassPostStore($0).posts(of: id, on: StaffCity.today) }
        return try #require(posts.first { $0.kind == kind }).id
    }

    func audited(_ subject: String) async throws -> [String] {
        try await city.database.read { try AuditLog.of(subject: subject, limit: 50, on: $0).map(\.action) }
    }
}
