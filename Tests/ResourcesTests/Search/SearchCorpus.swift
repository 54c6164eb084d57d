import Database
import Directory
import Foundation
import Kernel
import TestKit
import Testing

@testable import Resources

/// The corpus of the golden set: resources as teachers name them, for lessons of the textbooks in use, with questions
/// whose answers were judged by what they mean.
struct SearchCorpus: Sendable {
    struct Question: Sendable {
        let kind: String
        let text: String
        let relevant: Set<String>
    }

    let city: TestCity

    static func rows(_ name: String) throws -> [[String]] {
        let url = try #require(Bundle.module.url(forResource: name, withExtension: "csv", subdirectory: "Fixtures"))
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    static func questions() throws -> [Question] {
        try rows("search-queries").map {
            Question(kind: $0[0], text: $0[1], relevant: Set($0[2].split(separator: "|").map(String.init)))
        }
    }

    static func run(_ database: TestDatabase, _ body: (SearchCorpus) async throws -> Void) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let catalogue = try #require(
                Bundle.module.url(forResource: "search-catalogue", withExtension: "csv", subdirectory: "Fixtures"))
            try await city.platform.resources.installCatalogue(
                at: catalogue.path, name: "目录.csv", year: 2026, by: .system)
            let corpus = SearchCorpus(city: city)
            try await corpus.enter()
            try await body(corpus)
        }
    }

    private func enter() async throws {
        let rows = try SearchCorpus.rows("search-corpus")
        let school = try await city.organisation(TestCity.experimentalSchool)
        try await city.database.write { db in
            let textbooks = TextbookStore(db)
            var entries: [SearchEntry] = []
            for row in rows {
                let node = try #require(try textbooks.node(code: row[3]), "\(row[3])")
                let content = ItemContent(
                    title: row[1], type: row[2], nodes: [node.id.rawValue], summary: row[7],
                    tags: row[6].split(separator: "、").map(String.init), visibility: .city)
                var entry = SearchEntry(
                    ID<Item>(row[0]), content, group: "", school: row[5], at: school.path, uses: 0)
                entry.setTeachers([row[4]])
                entry.add(try textbooks.place(of: node.id))
                entries.append(entry)
            }
            try SearchFolding(db).replace([], with: entries)
        }
    }

    func answer(_ text: String, facets: [SearchFacet: String] = [:]) async throws -> SearchAnswer {
        let viewer = ResourceViewer(try await city.user(.wang))
        return try await city.database.read {
            try ItemSearch($0).find(SearchRequest(text: text, facets: facets), for: viewer)
        }
    }
}

/// Finding what teachers look for.
@Suite("Golden set of the resource search")
struct SearchGoldenTests {
    /// What each kind of question must reach; together at least 0.9.
    static let bounds = [
        "title": 0.97, "mixed": 0.92, "initials": 0.95, "pinyin": 0.95, "sound": 0.9, "shape": 0.9, "variant": 0.95,
        "teacher": 0.95, "school": 0.9, "topic": 0.95,
    ]

    @Test("The answers wanted stand among the first ten", arguments: TestDatabase.allCases)
    func recall(_ database: TestDatabase) async throws {
        try await SearchCorpus.run(database) { corpus in
            let questions = try SearchCorpus.questions()
            #expect(questions.count >= 200)
            var sums: [String: (found: Double, count: Double)] = [:], missed: [String] = []
            for question in questions {
                let hits = try await corpus.answer(question.text).hits.prefix(10).map(\.item.rawValue)
                let found = hits.count(where: question.relevant.contains)
                let recall = Double(found) / Double(min(10, question.relevant.count))
                sums[question.kind, default: (0, 0)].found += recall
                sums[question.kind, default: (0, 0)].count += 1
                if recall < 1 { missed.append("\(question.kind) \(question.text) \(found) \(hits)") }
            }
            #expect(Set(sums.keys) == Set(SearchGoldenTests.bounds.keys))
            for (kind, sum) in sums.sorted(by: { $0.key < $1.key }) {
                let bound = try #require(SearchGoldenTests.bounds[kind])
                let some = missed.filter { $0.hasPrefix(kind + " ") }.prefix(12).joined(separator: "\n")
                #expect(sum.found / sum.count >= bound, "\(kind) \(sum.found / sum.count)\n\(some)")
            }
            let all = sums.values.reduce(0) { $0 + $1.found } / sums.values.reduce(0) { $0 + $1.count }
            #expect(all >= 0.9, "\(all)")
        }
    }

    @Test("A facet leaves what has it", arguments: TestDatabase.allCases)
    func facets(_ database: TestDatabase) async throws {
        try await SearchCorpus.run(database) { corpus in
            let all = try await corpus.answer("鲁迅"), junior = try await corpus.answer("鲁迅", facets: [.stage: "3"])
            #expect(all.total > junior.total && junior.total > 0)
            let browsed = try await corpus.answer("", facets: [.subject: "14", .grade: "P6", .type: "slides"])
            #expect(browsed.total > 0 && browsed.isExact && browsed.hits.allSatisfy { !$0.match.isNear })
            #expect(try await corpus.answer("", facets: [.edition: "bnu"]).hits.isEmpty)
            #expect(try await corpus.answer("！？").hits.isEmpty)
        }
    }
}
