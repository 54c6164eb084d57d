import Database
import Kernel
import TestKit
import Testing

/// Much at once does not get past what holds for one after the other.
@Suite("洪泛") struct FloodTests {
    @Test(arguments: TestDatabase.allCases)
    func `many sign-ins at once from one address are not judged beyond its limit`(on database: TestDatabase)
        async throws
    {
        try await withTestCity(database) { (city: TestCity) async throws in
            let judged = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<90 {
                    group.addTask {
                        let client = try await city.client(.visitor)
                        return try await client.post(
                            "/sign-in", from: "/sign-in",
                            [("login", "nobody\(index)"), ("password", "wrong-\(index)-pass")]
                        ).status
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 == 422 ? 1 : 0 }
            }
            #expect(judged <= 30)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an answer does not repeat a large wrong request`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let school = try await city.organisation(TestCity.experimentalSchool)
            let values = (0..<50_000).map { #""k\#($0)":1"# }.joined(separator: ",")
            let answer = try await city.client(.li).send(
                .put, "/api/v1/schools/\(school.id)/facilities", ["content-type": "application/json"],
                Array(#"{"validFrom":"2016-01-01","values":{\#(values)}}"#.utf8))
            #expect(answer.status == 422)
            #expect(answer.bytes.count < 100_000)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a write that said yes is there`(on kind: TestDatabase) async throws {
        let schema = [Migration("attack/0001", ["CREATE TABLE attack_thing (id TEXT NOT NULL PRIMARY KEY)"])]
        try await kind.withDatabase(migrations: schema) { (database: Database, _: String) async throws in
            var isWritten = true
            do {
                try await database.write { db in
                    try db.execute("INSERT INTO attack_thing (id) VALUES ('a')")
                    // A body that goes on after a failed statement: PostgreSQL then undoes the whole transaction.
                    do { try db.execute("INSERT INTO attack_thing (id) VALUES ('a')") } catch DatabaseError
                        .uniqueViolation
                    {}
                }
            } catch { isWritten = false }
            let count: Int? = try await database.read { try $0.value("SELECT COUNT(*) FROM attack_thing") }
            #expect(isWritten == (count == 1))
        }
    }
}
