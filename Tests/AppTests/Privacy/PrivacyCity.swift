import Database
import Directory
import Identity
import Kernel
import TestKit
import Testing

/// 孙同学 of 实验小学 with numbers, an address and a parent, and who watches over such data.
struct PrivacyCity: Sendable {
    let city: TestCity
    let school: Organisation
    let classGroup: ClassGroup
    let pupil: ID<Person>
    let guardian: ID<Person>

    static let citizenNumber = "450699200809010014"
    static let phone = "13977000123"
    static let address = "防城港市石榴巷 4711 号"

    init(_ city: TestCity) async throws {
        self.city = city
        let crypto = city.platform.crypto, school = try await city.organisation(TestCity.experimentalSchool)
        let year = SchoolYear(containing: Timestamp.now.day), actor = "李校长"
        (classGroup, pupil, guardian) = try await city.database.write { db in
            let classGroup = try ClassGroupService(db, by: .system).open(
                ClassDraft(stage: .primary, entryYear: year.start, number: 1, openedOn: year.firstDay), at: school)
            let new = NewPupil(
                name: "孙同学", identifiers: [try PersonIdentifier(.citizenNumber, PrivacyCity.citizenNumber)],
                guardianPhone: try PersonIdentifier(.phone, PrivacyCity.phone))
            let pupil = try EnrolmentService(db, crypto, by: .system).add(new, to: classGroup, from: year.firstDay)
            try PersonFactStore(db, crypto).change(
                ["homeAddress": PrivacyCity.address, "email": "sun@school.example", "ethnicity": "08"], of: pupil,
                from: year.firstDay, source: FactSource(.roll, at: .now, by: actor))
            let guardians = try GuardianshipStore(db).confirmedGuardians(of: [pupil], on: Timestamp.now.day)[pupil]
            return (classGroup, pupil, try #require(guardians?.first).id)
        }
        self.school = school
        _ = try await account("officer", role: "data_officer")
    }

    /// Gives a person, or somebody new, an account at the school.
    func account(_ login: String, role: String, of person: ID<Person>? = nil) async throws -> TestClient {
        let place = school.id
        try await city.database.write { db in
            let role = try #require(Role(rawValue: role))
            var new = NewAccount(
                name: person == nil ? login + "(示例)" : "", login: login, role: role, organisation: place,
                from: Timestamp.now.day)
            if let person {
                new.person = person
                new.name = try PersonStore(db).find(person).name
            }
            _ = try AccountService(db, by: .system).create(new, passwordHash: "!", mustChange: false)
        }
        return try await client(login)
    }

    func client(_ login: String) async throws -> TestClient {
        TestClient(
            city.platform.pipeline, session: try await city.platform.identity.startSession(login: login))
    }

    var lookPath: String { "/people/\(pupil)/look" }

    /// What the member sees of the datum.
    func look(_ item: String, of person: ID<Person>? = nil, by client: TestClient) async throws -> TestAnswer {
        let path = "/people/\(person ?? pupil)/look"
        return try await client.post(path, from: path, [("item", item), ("reason", "20"), ("note", "家访")])
    }

    static func run(_ database: TestDatabase, _ body: (PrivacyCity) async throws -> Void) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in try await body(try await PrivacyCity(city))
        }
    }
}
