import Directory
import Foundation
import Kernel
import TestKit
import Testing

@testable import Plan

@Suite struct `The states for scripts` {
    @Test(arguments: TestDatabase.allCases)
    func `name every shipped target once for each reading and view`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            let lines = try await sample.boards.states(of: nil, on: BoardSample.day)
            let codes = Set(lines.map(\.code))
            for number in 1...34 { #expect(codes.contains("T\(number)")) }
            let keys = lines.map { "\($0.code) \($0.reading) \($0.areaView ?? "")" }
            #expect(Set(keys).count == keys.count)
            let multimedia = lines.filter { $0.code == "T4" }
            #expect(Set(multimedia.map(\.reading)) == ["M1", "M2"] && multimedia.filter(\.isOfficial).count == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `count what passes among what is judged`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            let county = try await sample.boards.states(of: "450603", on: BoardSample.day)
            let line = try #require(county.first { $0.code == "T12" })
            #expect(line.numerator == 1 && line.denominator == 2 && line.ratio == 0.5)
            #expect(line.state == "notAttained" && line.threshold == 30 && line.goal == 1)
            let pending = try #require(county.first { $0.code == "T7" })
            #expect(pending.state == "notConnected" && pending.feed == "教学资源" && pending.ratio == nil)
            await #expect(throws: DomainError.self) {
                try await sample.boards.states(of: "999999", on: BoardSample.day)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `write what is not known as null`(_ database: TestDatabase) async throws {
        try await BoardSample.with(database) { sample async throws in
            let lines = try await sample.boards.states(of: nil, on: BoardSample.day)
            let line = try #require(lines.first { $0.code == "T7" })
            let json = String(decoding: try JSONEncoder().encode(line), as: UTF8.self)
            #expect(json.contains("\"ratio\":null") && json.contains("\"areaView\":null"))
            #expect(line.line.split(separator: "\t").first == "T7")
        }
    }
}
