import Connectivity
import Kernel

/// What the register holds of one school on each of the days on which the city counts, with all its luck drawn once, so
/// that figures only change for the better.
struct FacilityStory {
    /// The days of the two counts a year.
    static let days = [
        LocalDate(year: 2015, month: 9, day: 30)!, LocalDate(year: 2016, month: 3, day: 31)!,
        LocalDate(year: 2016, month: 9, day: 30)!, LocalDate(year: 2017, month: 3, day: 31)!,
        LocalDate(year: 2017, month: 9, day: 30)!,
    ]
    /// How far the work has got on those days: slow at first, when the money is not there yet.
    private static let progress = [0, 0.2, 0.5, 0.74, 1]

    private let school: DemoSchool
    private let course: CountyCourse
    private let isSilent: [Bool]
    private let luck: Luck

    /// A number from 0 to 1 for each matter; the smaller, the earlier its turn comes. Schools of one county and sort
    /// have numbers in a row, and each matter steps through them by an irrational stride, so that even three schools
    /// are spread over the whole range.
    private struct Luck {
        let line, tier, perClass, rooms, computers, teachers, recording, campusNetwork: Double
        let wireless, egress, measured, split: Double

        init(_ school: DemoSchool) {
            func spread(_ matter: String, _ stride: Double) -> Double {
                var generator = SeededGenerator("\(school.county)/\(matter)")
                let place = generator.fraction() + Double(school.number) * stride
                return place - place.rounded(.down)
            }
            line = spread("line", 0.618034)
            tier = spread("tier", 0.414214)
            perClass = spread("class", 0.732051)
            rooms = spread("rooms", 0.236068)
            computers = spread("computers", 0.645751)
            teachers = spread("teachers", 0.316625)
            recording = spread("recording", 0.605551)
            campusNetwork = spread("campus", 0.358899)
            wireless = spread("wireless", 0.795832)
            egress = spread("egress", 0.385165)
            measured = spread("measured", 0.567764)
            split = spread("split", 0.403124)
        }
    }

    init(_ school: DemoSchool, _ course: CountyCourse) {
        (self.school, self.course) = (school, course)
        luck = Luck(school)
        var generator = SeededGenerator(school.name + "/register")
        let isCast = [DemoSchool.experimental, DemoSchool.border, DemoSchool.bridgePoint].contains(school.name)
        isSilent = FacilityStory.days.indices.map { day in
            let isMissed = generator.fraction() < 0.06
            return day > 0 && isMissed && !isCast
        }
    }

    /// The record told on the day with this number; `nil` when the school told nothing.
    func record(on day: Int) -> FacilityRecord? {
        if school.isUnknown || isSilent[day] || school.isMerged && day > 1 { return nil }
        let progress = FacilityStory.progress[day]
        var record = FacilityRecord()
        addSize(to: &record, day)
        addNetwork(to: &record, progress)
        addRooms(to: &record, progress)
        addDevices(to: &record, progress)
        return record
    }

    /// Fewer or more pupils in the years before; those who do not tell in the end have had the same all along.
    private func addSize(to record: inout FacilityRecord, _ day: Int) {
        let year = isSilent[4] ? 2 : day / 2
        let shift = (luck.split - 0.4) * 0.05 * Double(2 - year)
        let pupils = max(1, Int((Double(school.pupils) * (1 - shift)).rounded()))
        record[.classes] = Double(school.classes)
        record[.students] = Double(pupils)
        record[.teachers] = Double(school.teachers)
        record[.staff] = Double(school.staff)
        let parts = split(pupils)
        (record[.primaryStudents], record[.juniorStudents], record[.seniorStudents]) = (parts[0], parts[1], parts[2])
    }

    /// By stage; no part where the school has no such pupils, and none at all when it does not keep them apart.
    private func split(_ whole: Int) -> [Double?] {
        guard luck.split < 0.6, let parts = school.sort.parts(of: whole) else { return [nil, nil, nil] }
        return zip(parts, school.sort.stages).map { part, share in share > 0 ? Double(part) : nil }
    }

    private func addNetwork(to record: inout FacilityRecord, _ progress: Double) {
        let isConnected = luck.line < course.connected.at(progress)
        let access = isConnected ? bandwidth(progress) : 0
        let hasClassBandwidth = luck.perClass < course.perClass.at(progress)
        let shared = luck.egress < 0.75 || hasClassBandwidth ? 1 : (luck.egress < 0.9 ? 0.8 : 0.5)
        record[.lines] = isConnected ? (access >= 200 ? 2 : 1) : 0
        record[.access] = access
        record[.egress] = (access * shared * 10).rounded() / 10
        record[.campusNetwork] = isConnected && luck.campusNetwork < course.campusNetwork.at(progress) ? 1 : 0
        record[.wireless] = isConnected && luck.wireless < 0.2 + 0.4 * progress ? 1 : 0
        let kind = !isConnected ? "none" : (access < 10 && luck.measured < 0.5 ? "adsl" : "fibre")
        record[.accessKind] = FacilityField.accessKind.number(ofCode: kind)
        guard isConnected else { return }
        let carriers = ["telecom", "mobile", "unicom"]
        record[.carrier] = FacilityField.carrier.number(ofCode: carriers[school.number % carriers.count])
        record[.accessUp] = max(1, (access / 2).rounded())
        record[.measured] = (access * (0.8 + 0.18 * luck.measured) * 10).rounded() / 10
        record[.rent] = min(300_000, 8_000 + access * 500)
        record[.backbone] = school.classes > 12 ? 1_000 : 100
    }

    /// The line: as wide as the tier asks, or as the classes ask, or too narrow, as far as the county has got.
    private func bandwidth(_ progress: Double) -> Double {
        let goal = school.sort.bandwidthGoal
        let isWide = luck.tier < course.tier.at(progress)
        let sold: [Double] =
            switch goal {
            case 30: isWide ? [30, 50, 100] : course.narrow
            case 4: isWide ? [4, 8, 10] : [2]
            default: isWide ? [goal, goal * 2] : [4, 6, 8]
            }
        var access = sold[Int(luck.tier * 997) % sold.count]
        if luck.perClass < course.perClass.at(progress) {
            let need = Double(school.classes) * (school.isUrban ? 10 : 4)
            access = max(access, FacilityStory.ladder.first { $0 >= need } ?? need)
        }
        return access
    }

    /// Mbit/s that the carriers sell.
    private static let ladder: [Double] = [4, 8, 10, 20, 30, 50, 100, 150, 200, 300, 400, 500, 1_000]

    private func addRooms(to record: inout FacilityRecord, _ progress: Double) {
        let ordinary = Double(school.classes + Int(luck.split * 3))
        let isSenior = school.sort.isSenior
        let rooms = isSenior ? Course(0.78, 0.99) : (school.isUrban ? course.urbanRooms : course.ruralRooms)
        let ratio = min(1, max(0, rooms.at(progress) + (0.5 - luck.rooms) * (isSenior ? 0.16 : 0.7)))
        let multimedia = (ordinary * ratio).rounded()
        let isConnected = (record[.access] ?? 0) > 0
        let networked = (multimedia * 0.2).rounded(.down)
        let interactive = (multimedia * (0.2 + 0.3 * progress)).rounded(.down)
        record[.ordinaryRooms] = ordinary
        record[.multimediaRooms] = multimedia
        record[.onlineRooms] = isConnected ? (multimedia * (0.7 + 0.28 * progress)).rounded() : 0
        record[.networkedRooms] = networked
        record[.interactiveRooms] = interactive
        record[.simpleRooms] = multimedia - networked - interactive
        record[.specialRooms] = Double(school.classes / 4)
        record[.mediaHalls] = school.classes > 10 ? 1 : 0
        let isRecording = school.sort.isRecording && luck.recording < course.recording.at(progress)
        record[.recordingRooms] = isRecording ? (school.classes > 40 ? 2 : 1) : 0
    }

    private func addDevices(to record: inout FacilityRecord, _ progress: Double) {
        var computers = 0.0
        if let goal = school.sort.pupilsPerComputer {
            let crowding = course.crowding.at(progress) * (0.8 + 0.4 * luck.computers)
            computers = (Double(school.pupils) / (goal * crowding)).rounded()
        }
        if school.sort == .teachingPoint && luck.computers > 0.5 + 0.4 * progress { computers = 0 }
        record[.studentComputers] = computers
        let parts = split(Int(computers))
        (record[.primaryComputers], record[.juniorComputers], record[.seniorComputers]) = (parts[0], parts[1], parts[2])
        let each = course.teachers.at(progress) * (0.92 + 0.16 * (1 - luck.teachers))
        record[.teacherComputers] = (Double(school.teachers) * each).rounded()
        record[.lecternComputers] = record[.multimediaRooms]
        record[.officeComputers] = (Double(school.teachers) / 12).rounded(.up)
        record[.scrapComputers] = (computers * 0.04 * (1 - progress / 2)).rounded()
    }
}
