import Foundation
import Kernel
import Testing

@testable import Connectivity
@testable import Directory
@testable import Plan

@Suite struct `The register of 2015` {
    private struct Golden: Decodable {
        struct Figure: Decodable {
            let schools: Int?
            let pass: Int?
            let num: Double?
            let den: Double?
            let ratio: Double
        }
        struct Row: Decodable, Hashable {
            let sheet: String
            let row: Int
        }

        let schools: Int
        let perCounty: [String: Int]
        let refusedRows: [Row]
        let indicators: [String: [String: Figure]]
    }

    private func golden() throws -> Golden {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let data = try Data(contentsOf: fixture("facility-register-2015.golden.json"))
        return try decoder.decode(Golden.self, from: data)
    }

    private func fixture(_ name: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../ConnectivityTests/Fixtures/\(name)").standardized
    }

    private func workbook() throws -> RegisterWorkbook {
        try RegisterWorkbook(path: fixture("facility-register-2015.xlsx").path)
    }

    /// The board over the workbook's schools, and where each county lies.
    private func city() throws -> (board: PlanBoard, places: [String: OrganisationID]) {
        var tree = SchoolTree(), counties: [String: Organisation] = [:]
        for school in try workbook().schools {
            let county =
                counties[school.county]
                ?? tree.add(.init(kind: .county, code: nil, name: school.county), below: tree.city)
            counties[school.county] = county
            tree.addSchool(school.name, school.profile, school.record, below: county)
        }
        var places = counties.mapValues(\.id)
        places["all"] = tree.city.id
        return (try tree.board(), places)
    }

    @Test func `its good schools and its refused rows are those of the golden file`() throws {
        let golden = try golden(), workbook = try workbook()
        #expect(workbook.schools.count == golden.schools)
        #expect(Dictionary(grouping: workbook.schools, by: \.county).mapValues(\.count) == golden.perCounty)
        #expect(workbook.refused.map { Golden.Row(sheet: $0.sheet, row: $0.row) } == golden.refusedRows)
    }

    @Test func `every figure of the city and of each county is the golden one`() throws {
        let golden = try golden(), (board, places) = try city()
        #expect(golden.indicators.count == 5)
        for (name, figures) in golden.indicators {
            let place = try #require(places[name])
            #expect(figures.count == 18)
            for (key, figure) in figures { try compare(board, place, key, figure, at: name) }
        }
    }

    private func compare(
        _ board: PlanBoard, _ place: OrganisationID, _ key: String, _ figure: Golden.Figure, at name: String
    ) throws {
        let words = key.split(separator: "_"), target = String(words[0])
        let reading = words[1] == "M1" || words[1] == "M2" ? String(words[1]) : nil
        let state = try #require(board.state(of: place, target: target, reading: reading, view: .code))
        let label = Comment(rawValue: "\(name) \(key)")
        if let schools = figure.schools {
            #expect(state.schools == schools, label)
            #expect(state.passing == figure.pass, label)
        } else {
            #expect(state.numerator == figure.num, label)
            #expect(state.denominator == figure.den, label)
        }
        let ratio = try #require(state.ratio, label)
        #expect(abs(ratio - figure.ratio) <= 5.000_001e-7, label)
        #expect(state.noData == 0, label)
    }

    @Test func `the schools of several stages are named, not lost`() throws {
        let (board, places) = try city()
        let city = try #require(places["all"])
        #expect(board.state(of: city, target: "T18")?.outside == ["未分学段": 12])
        #expect(board.state(of: city, target: "T19")?.outside == ["未分学段": 24])
        #expect(board.state(of: city, target: "T20")?.outside == ["未分学段": 12])
        let short = board.schools(short: "T18", below: OrganisationPath(""))
        #expect(short.filter { $0.result.note == "无学生机" }.count == 48)
    }

    @Test func `unconnected schools stand beside the bandwidth per class`() throws {
        let (board, places) = try city()
        let city = try #require(places["all"])
        let rural = board.state(of: city, target: "T2")?.outside["未接入"] ?? 0
        let urban = board.state(of: city, target: "T3")?.outside["未接入"] ?? 0
        #expect(rural > 0 && rural + urban <= 18)
    }

    @Test func `targets of other modules wait for them`() throws {
        let (board, places) = try city()
        let city = try #require(places["all"])
        let waiting = board.targets.filter { board.state(of: city, target: $0.id)?.status.key == "not-connected" }
        #expect(waiting.count == 17)
        #expect(board.state(of: city, target: "T27")?.status == .notConnected(feed: "培训"))
    }

    @Test func `the cheapest path of every live target leads to it`() throws {
        let (board, places) = try city()
        for place in places.values {
            for target in board.targets where target.feed == nil {
                for reading in board.readings(of: place, target: target.id) where reading.state.status == .notAttained {
                    let id = reading.reading.id
                    let path = try #require(
                        board.cheapestPath(of: place, target: target.id, reading: id, view: reading.view))
                    #expect(path.isSufficient && path.missing > 0 && path.cost != nil, "\(target.id)")
                }
            }
        }
    }
}
