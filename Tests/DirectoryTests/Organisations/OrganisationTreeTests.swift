import Database
import Directory
import Kernel
import Testing

/// Random trees under random moves, closures and renames: the paths stay those of the tree.
@Suite struct OrganisationTreeTests {
    /// SplitMix64; the same seed gives the same tree.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static let start = LocalDate(iso: "2010-01-01")!
    private static let steps = 60

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `paths stay prefixes of the paths below`(seed: UInt64) async throws {
        try await withDirectory { world in
            try await world.grow(Dice(state: seed))
            let steps = try await world.shake(Dice(state: seed &+ 1000))
            #expect(steps > 10)
            let (now, versions) = try await world.database.read { db in
                let everything = try db.rows("SELECT id FROM directory_organisation ORDER BY id") {
                    try $0.get(0, as: OrganisationID.self)
                }
                let store = OrganisationStore(db)
                return (
                    try everything.map { try store.find($0, within: .everything) },
                    try OrganisationTreeTests.days.map { try store.all(within: .everything, on: $0) }
                )
            }
            let byID = Dictionary(uniqueKeysWithValues: now.map { ($0.id, $0) })
            #expect(Set(now.map(\.path)).count == now.count)
            for organisation in now {
                guard let parent = organisation.parent.flatMap({ byID[$0] }) else {
                    #expect(organisation.kind == .city)
                    continue
                }
                #expect(organisation.path.parent == parent.path, "\(organisation.name)")
            }
            for state in versions { expectTree(state) }
            #expect(versions.last.map { Set($0.map(\.path)) } == Set(now.filter { $0.closedOn == nil }.map(\.path)))
        }
    }

    /// On each day every open organisation but the city stands below an open one.
    private func expectTree(_ state: [Organisation]) {
        let paths = Set(state.map(\.path))
        #expect(paths.count == state.count)
        for organisation in state where organisation.kind != .city {
            #expect(organisation.path.parent.map(paths.contains) == true, "\(organisation.name)")
        }
    }

    private static var days: [LocalDate] {
        stride(from: 0, through: steps, by: 6).map { start.adding(days: $0) } + [start.adding(days: steps)]
    }

    fileprivate static func day(_ step: Int) -> LocalDate { start.adding(days: step) }
    fileprivate static var stepCount: Int { steps }
}

extension DirectoryWorld {
    fileprivate func grow(_ dice: any RandomNumberGenerator & Sendable) async throws {
        try await change { service in
            var dice = dice
            let towns = try service.all().filter { $0.kind == .town }
            for number in 0..<40 {
                let isPoint = number % 3 == 2
                let parents = isPoint ? try service.all().filter { $0.kind == .school } : towns
                let parent = parents[Int(dice.next() % UInt64(parents.count))]
                let profile = SchoolProfile(schoolType: isPoint ? "218" : "211", urbanRural: "220", isCentral: false)
                _ = try service.add(
                    .init(kind: isPoint ? .teachingPoint : .school, code: nil, name: "第\(number)学校", profile: profile),
                    below: parent)
            }
        }
    }

    /// Tries random changes, a day each; returns how many went through.
    fileprivate func shake(_ dice: any RandomNumberGenerator & Sendable) async throws -> Int {
        var dice = dice, done = 0
        for step in 1..<OrganisationTreeTests.stepCount {
            let (a, b, what) = (dice.next(), dice.next(), dice.next() % 8)
            let day = OrganisationTreeTests.day(step)
            do {
                try await change { service in
                    let all = try service.all()
                    let one = all[Int(a % UInt64(all.count))], other = all[Int(b % UInt64(all.count))]
                    switch what {
                    case 0: try service.close(one, on: day)
                    case 1: try service.rename(one, to: one.name + "·", from: day)
                    default:
                        let fitting = all.filter { one.kind.parents.contains($0.kind) }
                        let target = fitting.isEmpty ? other : fitting[Int(b % UInt64(fitting.count))]
                        try service.move(one, below: target, from: day)
                    }
                }
                done += 1
            } catch is DomainError {
                continue
            }
        }
        return done
    }
}
