import Contracts
import Testing

@testable import Connectivity

@Suite struct `Figures of one school` {
    private func figure(_ id: String, _ type: String, _ values: [(FacilityField, Double)]) throws -> SchoolFigure {
        var record = FacilityRecord()
        for (field, value) in values { record[field] = value }
        return try #require(FacilityIndicators.figures(of: record, schoolType: type)[id])
    }

    @Test func `the names are unique and every school has a figure for each`() {
        let ids = FacilityIndicators.all.map(\.id)
        #expect(Set(ids).count == ids.count)
        for type in ["211", "218", "341", "111", "999", ""] {
            #expect(Set(FacilityIndicators.figures(of: FacilityRecord(), schoolType: type).keys) == Set(ids))
        }
    }

    @Test func `what was never told is no data`() {
        let figures = FacilityIndicators.figures(of: FacilityRecord(), schoolType: "211")
        let judged = figures.filter { !$0.key.hasSuffix("-junior") && !$0.key.hasSuffix("-senior") }
        #expect(judged.values.allSatisfy { $0 == .noData })
    }

    @Test func `an unconnected school stands outside the bandwidth per class`() throws {
        let school: [(FacilityField, Double)] = [(.access, 0), (.egress, 0), (.classes, 6)]
        #expect(try figure("egress-per-class", "211", school) == .outside("未接入"))
        #expect(try figure("egress-per-class-all", "211", school) == .value(0, over: 6))
        #expect(try figure("school-connected", "211", school) == .value(0, over: 1))
        #expect(try figure("access-bandwidth", "211", school) == .value(0, over: 1))
    }

    @Test func `no classes and no rooms are no data, never a division`() throws {
        #expect(try figure("egress-per-class", "211", [(.access, 10), (.egress, 10), (.classes, 0)]) == .noData)
        #expect(try figure("egress-per-class", "211", [(.access, 10), (.classes, 6)]) == .noData)
        let noRooms: [(FacilityField, Double)] = [(.multimediaRooms, 0), (.ordinaryRooms, 0)]
        #expect(try figure("multimedia-classroom-ratio", "211", noRooms) == .noData)
        #expect(try figure("multimedia-classroom-ratio", "211", [(.ordinaryRooms, 6)]) == .noData)
    }

    @Test func `pupils without a computer stay in the sums`() throws {
        #expect(
            try figure("students-per-computer-primary", "218", [(.students, 23), (.studentComputers, 0)])
                == .value(23, over: 0))
        #expect(
            try figure("students-per-computer-primary", "218", [(.students, 0), (.studentComputers, 0)])
                == .outside("无学生"))
    }

    @Test(arguments: [("312", "primary"), ("312", "junior"), ("341", "junior"), ("341", "senior"), ("345", "primary")])
    func `a school of several stages counts only when its computers are told apart`(type: String, stage: String) throws
    {
        let id = "students-per-computer-\(stage)"
        let total: [(FacilityField, Double)] = [(.students, 900), (.studentComputers, 90)]
        let split: [(FacilityField, Double)] = [
            (.primaryStudents, 400), (.primaryComputers, 30), (.juniorStudents, 300), (.juniorComputers, 40),
            (.seniorStudents, 200), (.seniorComputers, 20),
        ]
        let expected = ["primary": (400.0, 30.0), "junior": (300, 40), "senior": (200, 20)]
        let parts = try #require(expected[stage])
        #expect(try figure(id, type, total) == .outside("未分学段"))
        #expect(try figure(id, type, total + split) == .value(parts.0, over: parts.1))
        #expect(try figure("students-per-teaching-computer-\(stage)", type, total + split) == .outside("未分学段"))
    }

    @Test(arguments: [("111", "primary"), ("341", "primary"), ("211", "junior"), ("312", "senior"), ("999", "senior")])
    func `a stage that a school does not teach is none of its figures`(type: String, stage: String) throws {
        let figure = try figure("students-per-computer-\(stage)", type, [(.students, 9), (.studentComputers, 1)])
        guard case .outside(let reason) = figure else {
            Issue.record("\(figure)")
            return
        }
        #expect(reason.hasPrefix("无") && reason.hasSuffix("学段"))
    }

    @Test func `the readings of computers count what they say`() throws {
        let school: [(FacilityField, Double)] = [
            (.students, 400), (.studentComputers, 30), (.teachers, 20), (.staff, 26), (.teacherComputers, 18),
        ]
        let lectern: [(FacilityField, Double)] = [(.lecternComputers, 12)]
        #expect(try figure("students-per-computer-senior", "365", school) == .value(400, over: 30))
        #expect(try figure("students-per-teaching-computer-senior", "365", school) == .value(400, over: 48))
        #expect(try figure("students-per-teaching-computer-senior", "365", school + lectern) == .value(400, over: 60))
        #expect(try figure("teachers-per-computer", "365", school) == .value(20, over: 18))
        #expect(try figure("staff-per-computer", "365", school) == .value(26, over: 18))
        #expect(try figure("teachers-per-computer-lectern", "365", school) == .noData)
        #expect(try figure("teachers-per-computer-lectern", "365", school + lectern) == .value(20, over: 30))
    }

    @Test func `a place in a workbook is spelled for readers`() {
        #expect(FacilityIndicators.spelled(place: "防城区(定稿)!K12") == "防城区(定稿) 第 12 行 K 列")
        #expect(FacilityIndicators.spelled(place: "!?") == "!?")
        #expect(FacilityIndicators.spelled(place: "第3页") == "第3页")
    }
}
