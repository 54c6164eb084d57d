import Directory
import Kernel

/// Which classes of how many pupils, and how many teachers and others, a school of a whole city has besides those of the
/// cast, so that all together are what its register tells.
struct SchoolRoster: Sendable, Equatable {
    struct Class: Sendable, Equatable {
        let stage: ClassStage
        /// School years that have begun, this one included.
        let ordinal: Int
        /// The other grade of a 复式班.
        let secondOrdinal: Int?
        let number: Int
        let pupils: Int
    }

    let classes: [Class]
    /// 专任教师, and the rest of the staff.
    let teachers: Int
    let others: Int

    var pupils: Int { classes.reduce(0) { $0 + $1.pupils } }

    /// A room in which pupils are taught, before anybody is in it.
    private struct Room: Hashable {
        let stage: ClassStage
        let ordinal: Int
        let number: Int
    }

    /// - Parameters:
    ///   - cast: the classes that the school has already; their pupils and staff are in `present`.
    ///   - present: who is at the school already.
    init(_ school: DemoSchool, besides cast: [DemoRoster.Class] = [], _ present: RosterCount = RosterCount()) {
        let parts = SchoolRoster.pupils(of: school)
        let rooms = SchoolRoster.rooms(of: school, parts)
        let taken = Set(cast.map { Room(stage: $0.stage, ordinal: $0.ordinal, number: $0.number) })
        var generator = SeededGenerator(school.name + "/classes")
        classes = parts.flatMap { part -> [Class] in
            let free = rooms.filter { $0.stage == part.stage && !taken.contains($0) }
            let weights = free.map { _ in generator.number(in: 90...110) }
            let rest = part.pupils - (present.pupilsByStage[part.stage] ?? 0)
            guard !free.isEmpty, rest > 0 else { return [] }
            let isMultigrade = school.sort == .teachingPoint && rooms.count == 1
            return zip(free, shares(of: rest, by: weights)).map { room, pupils in
                Class(
                    stage: room.stage, ordinal: room.ordinal, secondOrdinal: isMultigrade ? room.ordinal + 1 : nil,
                    number: room.number, pupils: pupils)
            }
        }
        teachers = max(0, school.teachers - present.teachers)
        others = max(0, school.staff - school.teachers - (present.staff - present.teachers))
    }

    /// By stage, as the register has them.
    private static func pupils(of school: DemoSchool) -> [(stage: ClassStage, pupils: Int)] {
        let stages: [ClassStage] = [.primary, .junior, .senior]
        let parts = school.sort.parts(of: school.pupils)
        if let parts { return zip(stages, parts).filter { $0.1 > 0 }.map { (stage: $0, pupils: $1) } }
        let stage = ClassStage.stages(ofSchoolType: school.sort.type).first ?? .primary
        return [(stage, school.pupils)]
    }

    /// The classes of each stage in the order of its grades; where there are few, the lower grades have them.
    private static func rooms(of school: DemoSchool, _ parts: [(stage: ClassStage, pupils: Int)]) -> [Room] {
        zip(parts, shares(of: school.classes, by: parts.map(\.pupils))).flatMap { part, count in
            let years = part.stage.usualYears
            return (1...years).flatMap { ordinal in
                let here = count / years + (ordinal <= count % years ? 1 : 0)
                return (0..<here).map { Room(stage: part.stage, ordinal: ordinal, number: $0 + 1) }
            }
        }
    }
}
