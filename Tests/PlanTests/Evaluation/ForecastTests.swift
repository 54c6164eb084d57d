import Kernel
import Testing

@testable import Plan

@Suite struct `The forecast` {
    private func points(_ values: [(String, Double)]) throws -> [Forecast.Point] {
        try values.map { Forecast.Point(date: try #require(LocalDate(iso: $0.0)), value: $0.1) }
    }

    @Test func `a steady pace meets the goal on its day`() throws {
        let points = try points([("2015-01-01", 0.5), ("2015-01-11", 0.6), ("2015-01-21", 0.7)])
        let forecast = Forecast(points: points.reversed(), goal: 1, comparison: .atLeast)
        #expect(forecast.metOn == LocalDate(iso: "2015-02-20") && !forecast.isMet)
        #expect(abs(try #require(forecast.pacePerYear) - 3.6525) < 1e-9)
    }

    @Test func `a ratio that should fall is followed downwards`() throws {
        let points = try points([("2015-01-01", 14), ("2015-01-11", 13)])
        #expect(Forecast(points: points, goal: 10, comparison: .atMost).metOn == LocalDate(iso: "2015-02-10"))
    }

    @Test func `no pace, the wrong way and a hundred years give no day`() throws {
        let level = try points([("2015-01-01", 0.5), ("2016-01-01", 0.5)])
        let away = try points([("2015-01-01", 0.5), ("2016-01-01", 0.4)])
        let slow = try points([("2015-01-01", 0.5), ("2016-01-01", 0.501)])
        for points in [level, away, slow, [], [level[0]]] {
            let forecast = Forecast(points: points, goal: 1, comparison: .atLeast)
            #expect(forecast.metOn == nil && !forecast.isMet)
        }
        #expect(Forecast(points: [level[0]], goal: 1, comparison: .atLeast).pacePerYear == nil)
        #expect(try #require(Forecast(points: away, goal: 1, comparison: .atLeast).pacePerYear) < 0)
    }

    @Test func `what is met needs no day`() throws {
        let forecast = Forecast(
            points: try points([("2015-01-01", 0.5), ("2016-01-01", 1)]), goal: 1, comparison: .atLeast)
        #expect(forecast.isMet && forecast.metOn == nil)
    }

    @Test func `the milestone of the day is the last one that has come`() throws {
        let milestones = try points([("2015-12-31", 0.65), ("2016-12-31", 0.75), ("2017-12-31", 0.85)]).map {
            EvaluationMilestone(date: $0.date, value: $0.value)
        }
        func position(_ day: String, _ value: Double?) throws -> MilestonePosition {
            MilestonePosition(milestones, on: try #require(LocalDate(iso: day)), value: value, comparison: .atLeast)
        }
        #expect(try position("2015-12-30", 0.9).due == nil)
        #expect(try position("2015-12-30", 0.9).isKept == nil)
        #expect(try position("2015-12-31", 0.7).isKept == true)
        #expect(try position("2017-06-30", 0.7).isKept == false)
        #expect(try position("2017-06-30", 0.7).next == milestones[2])
        #expect(try position("2018-06-30", nil).due == milestones[2])
        #expect(try position("2018-06-30", nil).isKept == nil)
    }
}
