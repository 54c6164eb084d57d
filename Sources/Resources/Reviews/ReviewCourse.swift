import Database
import Directory
import Kernel

/// 校级, 县级, 市级: where a resource is reviewed, in this order.
package enum ReviewLevel: String, Column, Sendable, CaseIterable, Comparable {
    case school, county, city

    package var title: String {
        switch self {
        case .school: "校级"
        case .county: "县级"
        case .city: "市级"
        }
    }

    private var rank: Int { ReviewLevel.allCases.firstIndex(of: self) ?? 0 }
    package static func < (a: ReviewLevel, b: ReviewLevel) -> Bool { a.rank < b.rank }

    /// The level that speaks the last word on a resource for these readers. What is open to everybody passes the city.
    package init(for visibility: ItemVisibility) {
        switch visibility {
        case .school: self = .school
        case .county: self = .county
        case .city, .public: self = .city
        }
    }

    /// Working days for a decision. A rule of the city (本市暂定).
    var workingDays: Int { self == .school ? 3 : 5 }

    /// The widest level at which somebody reviews what is made at the place; `nil` when at none.
    static func of(_ user: CurrentUser, at place: OrganisationPath) -> ReviewLevel? {
        user.grants.filter { $0.permissions.contains(.itemReview) && $0.path.contains(place) }.map {
            $0.path == .city ? .city : $0.path == $0.path.unit ? .county : .school
        }.max()
    }
}

/// What a level says.
package enum ReviewOutcome: String, Column, Sendable, CaseIterable {
    case passed, returned, refused

    package var title: String {
        switch self {
        case .passed: "通过"
        case .returned: "退回修改"
        case .refused: "不予通过"
        }
    }
}

/// The way of one version up the levels: pure, so that no level can be left out or asked twice.
struct ReviewCourse: Sendable, Equatable {
    enum Failure: Error, Equatable { case ended, aboveRank }

    /// The last level to ask.
    let goal: ReviewLevel
    /// Levels that have passed it, from the school up without a gap; also those that passed the same content before.
    private(set) var passed: [ReviewLevel]
    /// Whether a level sent it back or refused it.
    private(set) var isStopped = false

    /// - Parameter carried: levels that passed the same content before; those behind a gap count for nothing.
    init(goal: ReviewLevel, carried: Set<ReviewLevel> = []) {
        self.goal = goal
        passed = Array(ReviewLevel.allCases.prefix { $0 <= goal && carried.contains($0) })
    }

    /// Where it waits; `nil` when it has come to its end.
    var current: ReviewLevel? {
        isStopped ? nil : ReviewLevel.allCases.first { $0 <= goal && !passed.contains($0) }
    }

    /// One word at the level where it waits. Who stands above that level passes for the levels up to her own at once:
    /// nobody is asked twice. Sending back and refusing is said at one level.
    /// - Parameter rank: the level of whoever speaks.
    /// - Returns: the levels the word was spoken for, in order.
    mutating func decide(_ outcome: ReviewOutcome, by rank: ReviewLevel) throws(Failure) -> [ReviewLevel] {
        guard let current else { throw .ended }
        guard current <= rank else { throw .aboveRank }
        guard outcome == .passed else {
            isStopped = true
            return [current]
        }
        let settled = ReviewLevel.allCases.filter { current <= $0 && $0 <= min(rank, goal) }
        passed += settled
        return settled
    }
}

/// How far a published version reaches.
enum ReviewReach {
    /// What readers get once `level` has passed a version that asks for `wanted`.
    static func visibility(passed level: ReviewLevel, wanted: ItemVisibility) -> ItemVisibility {
        if level >= ReviewLevel(for: wanted) { return wanted }
        return level == .school ? .school : .county
    }

    /// Whether the version takes the place of the present one: at its own goal, or once it has come as far as the
    /// present one reaches. Until then readers keep the present one.
    static func isPublished(passed level: ReviewLevel, goal: ReviewLevel, present: ItemVisibility?) -> Bool {
        guard let present else { return true }
        return level == goal || level >= ReviewLevel(for: present)
    }
}
