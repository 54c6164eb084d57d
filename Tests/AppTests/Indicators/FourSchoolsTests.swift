import Kernel
import Testing

@testable import Connectivity
@testable import Directory
@testable import Plan

/// Four fictional schools whose results were worked out by hand.
@Suite struct `Four schools` {
    private let board: PlanBoard
    private let city: OrganisationID
    private let x, y, z, w: OrganisationID

    init() throws {
        var tree = SchoolTree()
        func record(
            classes: Double, pupils: Double, line: Double, studentComputers: Double, teachers: Double,
            teacherComputers: Double, rooms: Double, multimedia: Double
        ) -> FacilityRecord {
            var record = FacilityRecord()
            let values: [(FacilityField, Double)] = [
                (.classes, classes), (.students, pupils), (.access, line), (.egress, line),
                (.studentComputers, studentComputers), (.teachers, teachers), (.teacherComputers, teacherComputers),
                (.ordinaryRooms, rooms), (.multimediaRooms, multimedia),
            ]
            for (field, value) in values { record[field] = value }
            return record
        }
        func school(
            _ name: String, _ type: String, _ place: String, central: Bool = false, _ record: FacilityRecord
        ) -> OrganisationID {
            let profile = SchoolProfile(schoolType: type, urbanRural: place, isCentral: central)
            return tree.addSchool(name, profile, record, below: tree.city).id
        }
        x = school(
            "X 教学点", "218", "220",
            record(
                classes: 2, pupils: 23, line: 4, studentComputers: 0, teachers: 2, teacherComputers: 1, rooms: 2,
                multimedia: 1))
        y = school(
            "Y 村完小", "211", "220",
            record(
                classes: 6, pupils: 178, line: 20, studentComputers: 18, teachers: 11, teacherComputers: 9, rooms: 6,
                multimedia: 4))
        z = school(
            "Z 镇中心校", "211", "121", central: true,
            record(
                classes: 14, pupils: 612, line: 100, studentComputers: 60, teachers: 33, teacherComputers: 33,
                rooms: 14, multimedia: 13))
        w = school(
            "W 镇初中", "311", "121",
            record(
                classes: 18, pupils: 820, line: 200, studentComputers: 105, teachers: 62, teacherComputers: 60,
                rooms: 18, multimedia: 18))
        city = tree.city.id
        board = try tree.board()
    }

    private func passes(_ target: String, _ school: OrganisationID, _ view: AreaView? = nil) -> Bool? {
        board.result(of: school, target: target, view: view)?.passes
    }

    private func state(_ target: String, _ reading: String? = nil, _ view: AreaView? = nil) throws -> TargetState {
        try #require(board.state(of: city, target: target, reading: reading, view: view))
    }

    @Test func `bandwidth per school`() {
        #expect(passes("T14", x) == true)
        #expect(passes("T13", y) == true)
        #expect(passes("T12", z) == true)
        #expect(passes("T12", w) == true)
        #expect(passes("T14", y) == nil && passes("T13", z) == nil && passes("T12", y) == nil)
    }

    @Test func `bandwidth per class by the code`() throws {
        #expect(passes("T2", x) == false && board.result(of: x, target: "T2")?.value == 2)
        #expect(passes("T2", y) == false && board.result(of: y, target: "T2")?.value == 20.0 / 6)
        #expect(passes("T3", z) == false && passes("T3", w) == true)
        #expect(passes("T2", z) == nil && passes("T3", x) == nil)
        #expect(board.result(of: y, target: "T2")?.gap == 4)
        #expect(board.result(of: y, target: "T2")?.cost == 24_000)
    }

    @Test func `bandwidth per class by custom`() throws {
        #expect(passes("T2", z, .customary) == true && passes("T2", w, .customary) == true)
        #expect(passes("T3", w, .customary) == nil)
        #expect(try state("T2", nil, .customary).schools == 4)
        #expect(try state("T2", nil, .customary).passing == 2)
        #expect(try state("T3", nil, .customary).status == .notApplicable)
    }

    @Test func `pupils per computer come from sums`() throws {
        let primary = try state("T18"), junior = try state("T19")
        #expect(primary.numerator == 813 && primary.denominator == 78 && primary.status == .notAttained)
        #expect(junior.status == .attained && junior.ratio == 820.0 / 105)
        #expect(passes("T18", y) == true && passes("T18", z) == false)
        let without = try #require(board.result(of: x, target: "T18"))
        #expect(without.passes == false && without.value == nil && without.note == "无学生机" && without.gap == 3)
        #expect(board.result(of: z, target: "T18")?.gap == 2)
    }

    @Test func `teachers per computer`() throws {
        let all = try state("T21")
        #expect(all.numerator == 108 && all.denominator == 103 && all.status == .notAttained)
        #expect(passes("T21", w) == false && passes("T21", z) == true)
        #expect(try state("T21", "staff").status == .noData)
    }

    @Test func `the readings of multimedia rooms disagree`() throws {
        let rural = try state("T5", "M1"), ruralSchools = try state("T5", "M2")
        let urban = try state("T4", "M1"), urbanSchools = try state("T4", "M2")
        #expect(rural.ratio == 0.625 && rural.status == .attained)
        #expect(ruralSchools.schools == 2 && ruralSchools.passing == 0 && ruralSchools.status == .notAttained)
        #expect(urban.ratio == 31.0 / 32 && urban.status == .attained)
        #expect(urbanSchools.ratio == 0.5 && urbanSchools.status == .notAttained)
        let any = try state("T17")
        #expect(any.schools == 4 && any.passing == 4 && any.status == .attained)
        #expect(board.result(of: z, target: "T4", reading: "M2")?.gap == 1)
    }

    @Test func `by custom all four are rural`() throws {
        let rooms = try state("T5", "M1", .customary)
        #expect(rooms.numerator == 36 && rooms.denominator == 40)
        #expect(try state("T5", "M2", .customary).passing == 1)
        #expect(try state("T4", "M1", .customary).status == .notApplicable)
        #expect(try state("T13", nil, .customary).schools == 1)
    }

    @Test func `every reading and view stands on the board, one of them official`() {
        let readings = board.readings(of: city, target: "T4")
        #expect(readings.map(\.reading.id) == ["M1", "M1", "M2", "M2"])
        #expect(readings.map(\.isOfficial) == [true, false, false, false])
    }

    @Test func `the binding rule of bandwidth is the one that lacks most`() throws {
        let verdicts = try [x, y, z, w].map { try #require(board.bandwidth(of: $0)) }
        #expect(verdicts.map(\.level) == [1, 1, 1, 2])
        #expect(verdicts.map(\.binding?.target) == ["T2", "T2", "T3", "T3"])
        #expect(verdicts.map(\.shortfall) == [4, 4, 40, 0])
        #expect(verdicts.map(\.perSchool?.target) == ["T14", "T13", "T12", "T12"])
        #expect(board.bandwidth(of: z, view: .customary)?.level == 2)
        #expect(board.bandwidth(of: city) == nil)
    }
}
