import Kernel
import Testing

@testable import Resources

/// The way up the levels, for every order of words that can be said.
@Suite("Course of a review")
struct ReviewCourseTests {
    /// A generator of its own, so that every run says the same words.
    private struct Words: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    @Test("No level is left out, none is asked twice, and nothing moves after the end")
    func property() throws {
        var words = Words(state: 20)
        for _ in 0..<5000 {
            let goal = try #require(ReviewLevel.allCases.randomElement(using: &words))
            let carried = Set(ReviewLevel.allCases.filter { _ in Bool.random(using: &words) })
            var course = ReviewCourse(goal: goal, carried: carried), asked = course.passed
            #expect(course.passed == Array(ReviewLevel.allCases.prefix(course.passed.count)))
            #expect(course.passed.allSatisfy { carried.contains($0) && $0 <= goal })
            for _ in 0..<8 {
                let rank = try #require(ReviewLevel.allCases.randomElement(using: &words))
                let outcome = try #require(ReviewOutcome.allCases.randomElement(using: &words))
                let before = course, waiting = course.current
                let said = Result { () throws(ReviewCourse.Failure) in try course.decide(outcome, by: rank) }
                switch said {
                case .success(let settled):
                    #expect(settled.first == waiting && settled.allSatisfy { $0 <= rank && $0 <= goal })
                    #expect(Set(settled).isDisjoint(with: asked))
                    if outcome != .passed { #expect(settled.count == 1 && course.current == nil) }
                    asked += settled
                case .failure(let error):
                    #expect(course == before)
                    #expect(error == (waiting == nil ? .ended : .aboveRank))
                }
                // Passed levels stand from the school up without a gap.
                #expect(course.passed == Array(ReviewLevel.allCases.prefix(course.passed.count)))
                #expect(Set(asked).count == asked.count)
                if let now = course.current { #expect(!course.passed.contains(now) && now <= goal) }
            }
        }
    }

    @Test("A higher word settles the levels up to its own, and no further than the goal")
    func standIn() throws {
        var course = ReviewCourse(goal: .county)
        let both = try course.decide(.passed, by: .city)
        #expect(both == [.school, .county] && course.current == nil)
        var city = ReviewCourse(goal: .city)
        let lower = try city.decide(.passed, by: .county)
        #expect(lower == [.school, .county] && city.current == .city)
        let before = city
        let said = Result { () throws(ReviewCourse.Failure) in try city.decide(.passed, by: .county) }
        #expect(said == .failure(.aboveRank) && city == before)
    }

    @Test("Readers keep the present version until the new one has come as far")
    func reach() throws {
        for (level, goal, present, isPublished): (ReviewLevel, ReviewLevel, ItemVisibility?, Bool) in [
            (.school, .city, nil, true), (.school, .city, .school, true), (.school, .city, .city, false),
            (.county, .city, .city, false), (.county, .city, .county, true), (.city, .city, .public, true),
            // Asked for less than before: the last level that is asked decides.
            (.school, .school, .city, true),
        ] {
            #expect(
                ReviewReach.isPublished(passed: level, goal: goal, present: present) == isPublished,
                "\(level) \(goal) \(String(describing: present))")
        }
        #expect(ReviewReach.visibility(passed: .school, wanted: .public) == .school)
        #expect(ReviewReach.visibility(passed: .county, wanted: .public) == .county)
        #expect(ReviewReach.visibility(passed: .city, wanted: .public) == .public)
        #expect(ReviewReach.visibility(passed: .city, wanted: .school) == .school)
    }
}
