import Contracts

/// From one school's record to its figures. What was never told is no data; nothing is divided here.
enum FacilityFigures {
    static let notConnected = "未接入"
    static let notSplit = "未分学段"

    static func all(of record: FacilityRecord, schoolType: String) -> [String: SchoolFigure] {
        var figures: [String: SchoolFigure] = [:]
        figures.reserveCapacity(cases.count)
        for (id, indicator) in cases { figures[id] = figure(indicator, record, schoolType: schoolType) }
        return figures
    }

    private static let cases = FacilityIndicator.allCases.map { ($0.id, $0) }

    static func figure(_ indicator: FacilityIndicator, _ record: FacilityRecord, schoolType: String) -> SchoolFigure {
        switch indicator {
        case .schoolConnected: yesOrNo(record.isConnected)
        case .egressPerClass: egressPerClass(record, unconnected: .outside(notConnected))
        case .egressPerClassAll: egressPerClass(record, unconnected: nil)
        case .accessBandwidth: record[.access].map { .value($0, over: 1) } ?? .noData
        case .campusNetwork: yesOrNo(record[.campusNetwork].map { $0 > 0 })
        case .multimediaRatio: ratio(record[.multimediaRooms], record[.ordinaryRooms])
        case .multimediaSchool: yesOrNo(record[.multimediaRooms].map { $0 >= 1 })
        case .studentsPerComputer(let stage): studentsPerComputer(stage, record, schoolType)
        case .studentsPerTeachingComputer(let stage): studentsPerTeachingComputer(stage, record, schoolType)
        case .teachersPerComputer: people(record[.teachers], record[.teacherComputers], none: "无专任教师")
        case .staffPerComputer: people(record[.staff], record[.teacherComputers], none: "无教职工")
        case .teachersPerComputerWithLectern:
            people(record[.teachers], sum(record[.teacherComputers], record[.lecternComputers]), none: "无专任教师")
        case .recordingRoom: record[.recordingRooms].map { .value($0, over: 1) } ?? .noData
        }
    }

    private static func yesOrNo(_ told: Bool?) -> SchoolFigure { told.map { .value($0 ? 1 : 0, over: 1) } ?? .noData }

    /// More is better: without anything in the denominator there is nothing to judge.
    private static func ratio(_ numerator: Double?, _ denominator: Double?) -> SchoolFigure {
        guard let numerator, let denominator, denominator > 0 else { return .noData }
        return .value(numerator, over: denominator)
    }

    private static func egressPerClass(_ record: FacilityRecord, unconnected: SchoolFigure?) -> SchoolFigure {
        guard let isConnected = record.isConnected else { return .noData }
        if isConnected { return ratio(record[.egress], record[.classes]) }
        return unconnected ?? ratio(0, record[.classes])
    }

    /// People over computers. People without any computer keep their place in the sums, over zero.
    private static func people(_ people: Double?, _ computers: Double?, none: String) -> SchoolFigure {
        guard let people, let computers else { return .noData }
        return people == 0 && computers == 0 ? .outside(none) : .value(people, over: computers)
    }

    private static func studentsPerComputer(
        _ stage: FacilityStage, _ record: FacilityRecord, _ type: String
    ) -> SchoolFigure {
        switch stage.part(of: type) {
        case .none: return .outside("无\(stage.title)学段")
        case .whole: return people(record[.students], record[.studentComputers], none: "无学生")
        case .shared:
            guard let students = record[stage.students], let computers = record[stage.computers] else {
                return .outside(notSplit)
            }
            return people(students, computers, none: "无学生")
        }
    }

    /// Lectern computers are counted where they were told; the counties' workbooks have no column for them.
    private static func studentsPerTeachingComputer(
        _ stage: FacilityStage, _ record: FacilityRecord, _ type: String
    ) -> SchoolFigure {
        switch stage.part(of: type) {
        case .none: return .outside("无\(stage.title)学段")
        case .shared: return .outside(notSplit)
        case .whole:
            let told = sum(record[.studentComputers], record[.teacherComputers])
            return people(record[.students], sum(told, record[.lecternComputers] ?? 0), none: "无学生")
        }
    }

    private static func sum(_ a: Double?, _ b: Double?) -> Double? {
        guard let a, let b else { return nil }
        return a + b
    }
}
