import Database
import Directory
import Federation
import Foundation
import Kernel
import Platform
import TestKit
import Testing
import Web

/// A test city with one class of 实验小学, two pupils, a guardian and two teachers, and a class of 东兴市 beside it.
struct OneRosterCity: Sendable {
    let city: TestCity
    let school: Organisation
    let classGroup: ClassGroup
    let ming: ID<Person>
    let hong: ID<Person>
    let teacher: ID<Person>
    let otherPupil: ID<Person>

    static let roster = "/ims/oneroster/rostering/v1p2"
    static let gradebook = "/ims/oneroster/gradebook/v1p2"
    static let old = "/ims/oneroster/v1p1"
    static let math = "14"

    var database: Database { city.database }
    var machine: TestClient { TestClient(city.platform.pipeline) }

    /// A token of a fresh application.
    /// - Parameter owner: a school's code; `nil` = the city.
    func token(_ scopes: [MachineScope], owner: String? = nil, asking: [String]? = nil) async throws -> String {
        var content = ApplicationContent()
        (content.name, content.contact, content.contactPhone) = ("排课系统", "陈主任", "0770-2820000")
        content.machineScopes = scopes.map(\.rawValue)
        let keys = try await city.platform.federation.applications.register(
            content, owner: owner, level: owner == nil ? .city : .school)
        let basic = Data("\(keys.clientID):\(try #require(keys.clientSecret))".utf8).base64EncodedString()
        var form = "grant_type=client_credentials"
        if let asking { form += "&scope=" + URLCoding.encode(asking.joined(separator: " ")) }
        let answer = try await machine.send(
            .post, "/openid/token",
            ["authorization": "Basic " + basic, "content-type": "application/x-www-form-urlencoded"], Array(form.utf8))
        let body = try #require(try JSONSerialization.jsonObject(with: Data(answer.bytes)) as? [String: Any])
        return try #require(body["access_token"] as? String)
    }

    func get(_ path: String, _ token: String?) async throws -> TestAnswer {
        try await machine.get(path, headers: token.map { ["authorization": "Bearer " + $0] } ?? [:])
    }

    /// The records of a collection.
    func list(_ path: String, _ token: String) async throws -> [[String: Any]] {
        let answer = try await get(path, token)
        #expect(answer.status == 200, "\(path): \(answer.text.prefix(300))")
        let body = try OneRosterCity.object(answer)
        return try #require(body.values.first as? [[String: Any]])
    }

    func post(_ path: String, _ token: String, _ body: [String: Any]) async throws -> TestAnswer {
        let bytes = Array(try JSONSerialization.data(withJSONObject: body))
        return try await machine.send(
            .post, path, ["authorization": "Bearer " + token, "content-type": "application/json"], bytes)
    }

    func put(_ path: String, _ token: String, _ body: [String: Any]) async throws -> TestAnswer {
        let bytes = Array(try JSONSerialization.data(withJSONObject: body))
        return try await machine.send(
            .put, path, ["authorization": "Bearer " + token, "content-type": "application/json"], bytes)
    }

    func delete(_ path: String, _ token: String) async throws -> TestAnswer {
        try await machine.send(.delete, path, ["authorization": "Bearer " + token], [])
    }

    static func object(_ answer: TestAnswer) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(answer.bytes)) as? [String: Any])
    }

    /// Escaped for a query.
    static func filter(_ text: String) -> String { "?filter=" + URLCoding.encode(text) }

    static func ids(_ records: [[String: Any]]) -> [String] { records.compactMap { $0["sourcedId"] as? String } }
}

func withOneRoster(
    _ kind: TestDatabase, _ body: @Sendable (OneRosterCity) async throws -> Void
) async throws {
    try await withTestCity(kind) { (city: TestCity) async throws in
        let school = try await city.organisation(TestCity.experimentalSchool)
        let other = try await city.organisation(TestCity.borderSchool), crypto = city.platform.crypto
        let year = SchoolYear(containing: Timestamp.now.day)
        let world = try await city.database.write { db in
            let classes = ClassGroupService(db, by: .system), pupils = EnrolmentService(db, crypto, by: .system)
            let draft = ClassDraft(stage: .primary, entryYear: year.start, number: 1, openedOn: year.firstDay)
            let group = try classes.open(draft, at: school)
            let phone = try PersonIdentifier(.phone, "13900000001")
            let ming = try pupils.add(NewPupil(name: "王小明", guardianPhone: phone), to: group, from: year.firstDay)
            let hong = try pupils.add(NewPupil(name: "李红"), to: group, from: year.firstDay)
            let staff = StaffService(db, crypto, by: .system)
            let teacher = try staff.add(NewStaffMember(name: "欧阳老师", post: "10", from: year.firstDay), to: school)
            try classes.nameHomeroomTeacher(teacher, of: group, from: year.firstDay)
            try classes.addTeacher(teacher, of: group, subject: OneRosterCity.math, from: year.firstDay)
            let second = try classes.open(draft, at: other)
            let stranger = try pupils.add(NewPupil(name: "赵边"), to: second, from: year.firstDay)
            return (group, ming, hong, teacher, stranger)
        }
        try await body(
            OneRosterCity(
                city: city, school: school, classGroup: world.0, ming: world.1, hong: world.2, teacher: world.3,
                otherPupil: world.4))
    }
}
