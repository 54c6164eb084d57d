import Database
import Directory
import Federation
import Kernel
import TestKit
import Testing

@Suite("OneRoster 成绩") struct OneRosterGradebookTests {
    private typealias City = OneRosterCity
    private static let all: [MachineScope] = [.gradebookRead, .gradebookWrite, .gradebookDelete, .roster]

    private func lineItem(_ city: OneRosterCity, title: String = "单元测验") -> [String: Any] {
        [
            "lineItem": [
                "sourcedId": "quiz-1", "title": title, "assignDate": "2026-10-01T00:00:00Z",
                "dueDate": "2026-10-08T00:00:00Z",
                "class": ["sourcedId": city.classGroup.id.rawValue + "-" + City.math],
                "category": ["sourcedId": "category-usual"], "resultValueMin": 0, "resultValueMax": 100,
            ]
        ]
    }

    private func result(_ city: OneRosterCity, _ score: Double, student: ID<Person>? = nil) -> [String: Any] {
        [
            "result": [
                "sourcedId": "mark-1", "lineItem": ["sourcedId": "quiz-1"],
                "student": ["sourcedId": (student ?? city.ming).rawValue], "scoreStatus": "fully graded",
                "score": score, "scoreDate": "2026-10-09", "comment": "珍珠",
            ]
        ]
    }

    @Test(arguments: TestDatabase.allCases)
    func `marks are entered, replaced, read and taken back`(on kind: TestDatabase) async throws {
        try await withOneRoster(kind) { city in
            let token = try await city.token(Self.all, owner: TestCity.experimentalSchool)
            let base = City.gradebook
            #expect(try await city.put(base + "/lineItems/quiz-1", token, lineItem(city)).status == 201)
            #expect(try await city.put(base + "/lineItems/quiz-1", token, lineItem(city, title: "小测")).status == 200)
            #expect(try await city.put(base + "/results/mark-1", token, result(city, 91.5)).status == 201)
            let read = try City.object(try await city.get(base + "/results/mark-1", token))["result"] as? [String: Any]
            #expect(read?["score"] as? Double == 91.5 && read?["status"] as? String == "active")
            let key = city.classGroup.id.rawValue + "-" + City.math
            for path in [
                "/classes/\(key)/lineItems", "/classes/\(key)/results", "/classes/\(key)/lineItems/quiz-1/results",
                "/classes/\(key)/students/\(city.ming)/results", "/schools/\(city.school.id)/lineItems", "/lineItems",
            ] {
                let found = try await city.list(base + path, token)
                #expect(found.count == 1, "\(path)")
            }
            #expect(try await city.list(base + "/categories", token).count == 3)
            #expect(try await city.delete(base + "/lineItems/quiz-1", token).status == 204)
            for path in ["/lineItems/quiz-1", "/results/mark-1"] {
                #expect(try await city.get(base + path, token).status == 404)
            }
            #expect(try await city.delete(base + "/lineItems/quiz-1", token).status == 404)
            let filter = City.filter("status='tobedeleted'")
            #expect(try await city.list(base + "/results" + filter, token).count == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `many marks are entered at once, all or none, under keys of their own`(on kind: TestDatabase) async throws {
        try await withOneRoster(kind) { city in
            let token = try await city.token(Self.all, owner: TestCity.experimentalSchool), base = City.gradebook
            let key = city.classGroup.id.rawValue + "-" + City.math
            let item = try #require(lineItem(city)["lineItem"] as? [String: Any])
            func post(_ path: String, _ body: [String: Any]) async throws -> (Int, [[String: String]]) {
                let answer = try await city.post(base + path, token, body)
                return (answer.status, try City.object(answer)["sourcedIdPairs"] as? [[String: String]] ?? [])
            }
            let items = try await post("/classes/\(key)/lineItems", ["lineItems": [item]])
            #expect(items.0 == 201)
            #expect(items.1 == [["suppliedSourcedId": "quiz-1", "allocatedSourcedId": "quiz-1"]])

            var marks: [[String: Any]] = []
            for student in [city.ming, city.hong] {
                var mark = try #require(result(city, 80, student: student)["result"] as? [String: Any])
                mark["lineItem"] = nil
                marks.append(mark)
            }
            let first = try await post("/lineItems/quiz-1/results", ["results": marks])
            let allocated = first.1.compactMap { $0["allocatedSourcedId"] }
            // Both came under one key of the sender; only one can have it.
            #expect(first.0 == 201 && Set(allocated).count == 2 && allocated.first == "mark-1")
            #expect(first.1.allSatisfy { $0["suppliedSourcedId"] == "mark-1" })
            #expect(try await city.list(base + "/classes/\(key)/lineItems/quiz-1/results", token).count == 2)

            marks[1]["student"] = ["sourcedId": city.otherPupil.rawValue]
            #expect(try await post("/lineItems/quiz-1/results", ["results": marks]).0 == 422)
            marks[1]["lineItem"] = ["sourcedId": "quiz-2"]
            #expect(try await post("/lineItems/quiz-1/results", ["results": marks]).0 == 422)
            #expect(try await city.list(base + "/results", token).count == 2)
            #expect(try await post("/lineItems/none/results", ["results": marks]).0 == 404)
            #expect(try await post("/lineItems/quiz-1/results", ["results": [[String: Any]]()]).0 == 400)
            let many = [[String: Any]](repeating: marks[0], count: 201)
            #expect(try await post("/lineItems/quiz-1/results", ["results": many]).0 == 422)
            #expect(try await post("/schools/\(city.school.id)/lineItems", ["lineItems": [item]]).0 == 201)
            #expect(try await city.list(base + "/lineItems", token).count == 2)

            let reading = try await city.token([.gradebookRead], owner: TestCity.experimentalSchool)
            #expect(try await city.post(base + "/lineItems/quiz-1/results", reading, ["results": marks]).status == 403)
        }
    }

    @Test func `what lies outside the reach or the model is refused`() async throws {
        try await withOneRoster(.sqlite) { city in
            let base = City.gradebook, mine = try await city.token(Self.all, owner: TestCity.experimentalSchool)
            let other = try await city.token(Self.all, owner: TestCity.borderSchool)
            #expect(try await city.put(base + "/lineItems/quiz-1", other, lineItem(city)).status == 422)
            #expect(try await city.put(base + "/lineItems/quiz-1", mine, lineItem(city)).status == 201)
            #expect(try await city.get(base + "/lineItems/quiz-1", other).status == 404)
            #expect(try await city.delete(base + "/lineItems/quiz-1", other).status == 403)
            let stranger = try await city.put(base + "/results/mark-1", mine, result(city, 1, student: city.otherPupil))
            #expect(stranger.status == 422 && stranger.text.contains("student refers to no record"))
            let wrong: [[String: Any]] = [
                [:], ["lineItem": ["title": "无"]], ["lineItem": "x"], ["result": ["sourcedId": "quiz-1"]],
            ]
            for body in wrong {
                let answer = try await city.put(base + "/lineItems/quiz-2", mine, body)
                #expect([400, 422].contains(answer.status) && answer.text.contains("invaliddata"))
            }
        }
    }

    /// A17
    @Test func `a token for reading rosters writes no marks`() async throws {
        try await withOneRoster(.sqlite) { city in
            let scope = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly"
            let token = try await city.token(Self.all, asking: [scope])
            let answer = try await city.put(City.gradebook + "/lineItems/quiz-1", token, lineItem(city))
            #expect(answer.status == 403 && answer.text.contains(#""imsx_codeMinorFieldValue":"forbidden""#))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `marks and comments stand sealed in the database and in no audit entry`(on kind: TestDatabase) async throws {
        try await withOneRoster(kind) { city in
            let token = try await city.token(Self.all), base = City.gradebook
            _ = try await city.put(base + "/lineItems/quiz-1", token, lineItem(city))
            #expect(try await city.put(base + "/results/mark-1", token, result(city, 59)).status == 201)
            let (sealed, details) = try await city.database.read { db in
                let sealed = try db.rows("SELECT sealed FROM exchange_grade_record") { try $0.blob(0) }
                let details: [String] = try db.column(
                    "SELECT detail FROM platform_audit_entry WHERE action LIKE 'exchange.%'")
                return (sealed, details)
            }
            let holdsComment = sealed.contains { String(decoding: $0, as: UTF8.self).contains("珍珠") }
            #expect(sealed.count == 2 && !holdsComment)
            #expect(details.count == 2 && !details.contains { $0.contains("珍珠") || $0.contains("59") })
        }
    }
}
