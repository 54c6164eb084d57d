import Database
import Directory
import Federation
import Foundation
import Kernel
import TestKit
import Testing
import Web

@Suite("OneRoster 名册") struct OneRosterRosteringTests {
    private typealias City = OneRosterCity
    private static let subjectClass = "-" + OneRosterCity.math

    @Test(arguments: TestDatabase.allCases)
    func `a school's application sees its people and nobody else's`(on kind: TestDatabase) async throws {
        try await withOneRoster(kind) { city in
            let token = try await city.token([.roster], owner: TestCity.experimentalSchool)
            let users = try await city.list(City.roster + "/users?limit=1000", token)
            let names = users.compactMap { ($0["familyName"] as? String ?? "") + ($0["givenName"] as? String ?? "") }
            #expect(names.contains("王小明") && names.contains("欧阳老师") && names.contains("王小明家长"))
            #expect(!names.contains("赵边"))
            let ming = try #require(users.first { $0["sourcedId"] as? String == city.ming.rawValue })
            let roles = try #require(ming["roles"] as? [[String: Any]])
            #expect(
                roles.count == 1 && roles[0]["role"] as? String == "student" && ming["grades"] as? [String] == ["P1"])
            #expect((roles[0]["org"] as? [String: Any])?["sourcedId"] as? String == city.school.id.rawValue)
            #expect((ming["agents"] as? [[String: Any]])?.count == 1)
            let teacher = try #require(users.first { $0["sourcedId"] as? String == city.teacher.rawValue })
            #expect(teacher["familyName"] as? String == "欧阳" && teacher["agents"] == nil)

            let stranger = try await city.get("\(City.roster)/users/\(city.otherPupil)", token)
            #expect(stranger.status == 404 && stranger.text.contains("unknownobject"))
            let told = try await city.city.platform.exchange.dataReceivers.receivers(
                within: DataScope([city.school.path]), from: Timestamp.now.adding(days: -40),
                until: Timestamp.now.adding(days: 40))
            let receiver = told.first { $0.way == "OneRoster 接口" }
            #expect(receiver?.times == 1 && receiver?.kinds == ["姓名、身份和学校"])
            #expect(receiver?.pupils.map(\.count) == [2])

            let all = try await city.token([.roster])
            #expect(try await city.get("\(City.roster)/users/\(city.otherPupil)", all).status == 200)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `every address answers, and what refers to a record refers to one`(on kind: TestDatabase) async throws {
        try await withOneRoster(kind) { city in
            let token = try await city.token([.roster], owner: TestCity.experimentalSchool)
            let group = city.classGroup.id.rawValue, school = city.school.id.rawValue
            let counts: [(String, Int)] = [
                ("/orgs", 1), ("/schools", 1), ("/classes", 2), ("/schools/\(school)/classes", 2),
                ("/classes/\(group)/students", 2), ("/classes/\(group)\(Self.subjectClass)/students", 2),
                ("/classes/\(group)/teachers", 1), ("/classes/\(group)\(Self.subjectClass)/teachers", 1),
                ("/schools/\(school)/students", 2), ("/schools/\(school)/classes/\(group)/students", 2),
                ("/teachers/\(city.teacher)/classes", 2), ("/students/\(city.ming)/classes", 2),
                ("/enrollments", 6), ("/schools/\(school)/enrollments", 6), ("/courses/course-homeroom-P1/classes", 1),
                ("/courses/course-14-P1/classes", 1), ("/schools/\(school)/classes/\(group)/enrollments", 3),
            ]
            for (path, count) in counts {
                let found = try await city.list(City.roster + path, token)
                #expect(found.count == count, "\(path): \(found.count)")
            }
            let term = Term(containing: Timestamp.now.day), key = "term-\(term.year.start)-\(term.half.rawValue)"
            #expect(try await city.list("\(City.roster)/terms/\(key)/classes", token).count == 2)
            #expect(try await city.list("\(City.roster)/terms/\(key)/gradingPeriods", token).count == 1)
            for path in ["enrollments", "classes", "academicSessions", "courses", "users", "orgs"] {
                for record in try await city.list("\(City.roster)/\(path)?limit=1000", token) {
                    for address in references(record) {
                        let target = address.dropFirst(city.city.platform.address.base.utf8.count)
                        #expect(try await city.get(String(target), token).status == 200, "\(path) → \(target)")
                    }
                }
            }
            #expect(try await city.get("\(City.roster)/schools/\(Identifiers.next())/classes", token).status == 404)
        }
    }

    /// Every address in a record.
    private func references(_ value: Any) -> Set<String> {
        if let items = value as? [Any] { return Set(items.flatMap(references)) }
        guard let object = value as? [String: Any] else { return [] }
        let own = (object["href"] as? String).map { Set([$0]) } ?? []
        return own.union(object.values.flatMap(references))
    }

    @Test(arguments: TestDatabase.allCases)
    func `a walk through the pages meets each record once, also while some come and go`(
        on kind: TestDatabase
    ) async throws {
        try await withOneRoster(kind) { city in
            let token = try await city.token([.roster], owner: TestCity.experimentalSchool)
            let first = try await city.get(City.roster + "/enrollments?limit=4", token)
            #expect(first.headers[.init("x-total-count")!] == "6")
            let link = try #require(first.headers[.init("link")!])
            #expect(link.contains("offset=4>; rel=\"next\"") && link.contains("rel=\"last\""))
            let database = city.database, crypto = city.city.platform.crypto, group = city.classGroup
            let day = Timestamp.now.day
            _ = try await database.write { db in
                try EnrolmentService(db, crypto, by: .system).add(NewPupil(name: "新来"), to: group, from: day)
            }
            let seen = try await city.list(City.roster + "/enrollments?limit=4", token)
            let rest = try await city.list(City.roster + "/enrollments?limit=4&offset=4", token)
            let all = City.ids(seen) + City.ids(rest)
            #expect(all.count == 8 && Set(all).count == 8)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `changes since a moment are all and only the changed records, ended ones too`(
        on kind: TestDatabase
    ) async throws {
        try await withOneRoster(kind) { city in
            let token = try await city.token([.roster], owner: TestCity.experimentalSchool)
            try await city.database.write { db in
                // All that was entered for the test was entered long ago.
                for table: SQL in ["person", "enrolment", "appointment", "class_post", "guardianship", "class_group"] {
                    try db.execute("UPDATE directory_\(table) SET changed_at = 1000")
                }
                for table: SQL in ["enrolment", "class_post", "guardianship"] {
                    try db.execute("UPDATE directory_\(table) SET recorded_at = 1000")
                }
                for table: SQL in ["person", "class_group"] {
                    try db.execute("UPDATE directory_\(table) SET created_at = 1000")
                }
            }
            let since = Timestamp.now.adding(seconds: -1)
            let filter = City.filter("dateLastModified>'\(since.rfc3339)'")
            #expect(try await city.list(City.roster + "/users" + filter, token).isEmpty)
            let crypto = city.city.platform.crypto, group = city.classGroup, ming = city.ming, day = Timestamp.now.day
            try await city.database.write { db in
                try EnrolmentService(db, crypto, by: .system).end(ming, in: group, on: day, .transfer)
            }
            let users = try await city.list(City.roster + "/users" + filter, token)
            let parent = users.first { $0["sourcedId"] as? String != ming.rawValue }
            #expect(users.count == 2 && users.allSatisfy { $0["status"] as? String == "tobedeleted" })
            #expect(parent != nil)
            let enrollments = try await city.list(City.roster + "/enrollments" + filter, token)
            #expect(enrollments.count == 2 && enrollments.allSatisfy { $0["endDate"] as? String == day.iso })
            let left = try await city.list(City.roster + "/students", token)
            #expect(City.ids(left) == [city.hong.rawValue])
            let asked = City.filter("status='tobedeleted'")
            #expect(try await city.list(City.roster + "/students" + asked, token).count == 1)
        }
    }

    @Test func `a list is filtered, sorted and cut to what was asked for`() async throws {
        try await withOneRoster(.sqlite) { city in
            let token = try await city.token([.roster])
            let filter = City.filter("familyName='王' AND roles.role='student'")
            #expect(City.ids(try await city.list(City.roster + "/users" + filter, token)) == [city.ming.rawValue])
            let sorted = try await city.list(
                City.roster + "/students?sort=familyName&orderBy=desc&fields=familyName", token)
            let names = sorted.compactMap { $0["familyName"] as? String }
            #expect(names.count == 3 && names == names.sorted(by: >) && sorted.allSatisfy { $0.count == 1 })
            for (query, code) in [
                ("?filter=nobody%3D'x'", "invalid_filter_field"), ("?fields=nobody", "invalid_selection_field"),
                ("?limit=0", "invaliddata"), ("?orderBy=up", "invalid_sort_field"),
            ] {
                let answer = try await city.get(City.roster + "/users" + query, token)
                #expect(answer.status == 400 && answer.text.contains(code), "\(query): \(answer.text)")
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `personal data are told only under their own scope, and numbers never`(on kind: TestDatabase) async throws {
        try await withOneRoster(kind) { city in
            let ming = city.ming
            try await city.database.write { db in
                try db.execute("UPDATE directory_person SET sex = '1', birth_date = '2019-05-01' WHERE id = \(ming)")
            }
            let roster = try await city.token([.roster]), path = "\(City.roster)/demographics/\(ming)"
            #expect(try await city.get(path, roster).status == 403)
            #expect(try await city.get(path, nil).status == 401)
            let token = try await city.token([.demographics])
            let answer = try await city.get(path, token)
            #expect(answer.text.contains(#""birthDate":"2019-05-01","sex":"male""#))
            #expect(try await city.get(City.roster + "/users", token).status == 403)
            let users = try await city.get(City.roster + "/users?limit=1000", roster)
            #expect(!users.text.contains("13900000001"))
            let audit: Int? = try await city.database.read {
                try $0.value("SELECT COUNT(*) FROM platform_audit_entry WHERE action = 'exchange.oneroster_read'")
            }
            #expect(audit == 1)
        }
    }

    @Test func `the core scope opens the collections only`() async throws {
        try await withOneRoster(.sqlite) { city in
            let token = try await city.token([.rosterCore])
            #expect(try await city.get(City.roster + "/classes", token).status == 200)
            let nested = try await city.get("\(City.roster)/classes/\(city.classGroup.id)/students", token)
            #expect(nested.status == 403 && nested.text.contains("imsx_codeMajor"))
        }
    }

    @Test func `version 1.1 is told in its own words`() async throws {
        try await withOneRoster(.sqlite) { city in
            let token = try await city.token([.roster])
            let user = try #require(try City.object(await city.get("\(City.old)/users/\(city.ming)", token))["user"])
            let members = try #require(user as? [String: Any])
            #expect(members["role"] as? String == "student" && members["roles"] == nil)
            #expect((members["orgs"] as? [[String: Any]])?.count == 1)
        }
    }

    @Test func `each service describes itself`() async throws {
        try await withOneRoster(.sqlite) { city in
            for path in [
                City.roster + "/discovery/onerosterv1p2rostersservice_openapi3_v1p0.json",
                City.gradebook + "/discovery/onerosterv1p2gradebookservice_openapi3_v1p0.json",
            ] {
                let document = try City.object(try await city.get(path, nil))
                #expect((document["paths"] as? [String: Any])?.isEmpty == false)
            }
        }
    }
}
