import Directory
import Kernel
import Testing
import Web

@testable import Connectivity

@Suite("The register's form") struct FacilityFormTests {
    private static let known: FacilityRecord = {
        var record = FacilityRecord()
        record[.classes] = 6
        record[.access] = 10
        record[.accessKind] = FacilityField.accessKind.number(ofCode: "fibre")
        record[.campusNetwork] = 1
        record[.rent] = 30_050
        return record
    }()

    /// The form as shown, with some fields typed over.
    private func submitted(_ typed: [(name: String, value: String)]) -> FacilityForm {
        let shown = FacilityForm(showing: FacilityFormTests.known, on: RegisterWorld.day)
        var values = shown.values.replacing(FacilityForm.Name.seen, with: shown.seenText)
            .replacing(FacilityForm.Name.on, with: RegisterWorld.day.iso)
        for (name, value) in typed { values = values.replacing(name, with: value) }
        return FacilityForm(submitted: values, today: RegisterWorld.later)
    }

    @Test func `a form sent back untouched tells nothing`() {
        let (draft, problems) = submitted([]).read()
        #expect(problems == [])
        #expect(draft.changes.isEmpty)
        #expect(draft.seen == FacilityDraft.Seen(record: FacilityFormTests.known, on: RegisterWorld.day))
        #expect(draft.validFrom == RegisterWorld.day)
    }

    @Test(arguments: [
        ("classes", "１２", 12.0), ("classes", " 8 个", 8), ("students", "1,024", 1024), ("access_mbps", "100M", 100),
        ("access_mbps", "１Gbps", 1000), ("egress_mbps", "无", 0), ("rent_fen", "320.5", 32_050),
        ("carrier", "telecom", 1),
        ("carrier", "移动", 2), ("access_kind", "none", 7), ("campus_network", "0", 0), ("wireless", "有", 1),
    ])
    func `figures are read as people write them`(name: String, text: String, value: Double) {
        let (draft, problems) = submitted([(name, text)]).read()
        #expect(problems == [])
        #expect(draft.changes.values == [name: value])
    }

    @Test(arguments: [
        ("classes", "六"), ("students", "1,02"), ("access_mbps", "10 台"), ("carrier", "铁通"), ("rent_fen", "三百"),
    ])
    func `what cannot be read names its field`(name: String, text: String) {
        let (draft, problems) = submitted([(name, text)]).read()
        #expect(problems.map(\.field) == [name])
        #expect(draft.changes.isEmpty)
    }

    @Test func `a known value cannot be blanked, an unknown one may stay blank`() {
        let (_, problems) = submitted([("classes", ""), ("campus_network", ""), ("students", "")]).read()
        #expect(problems.map(\.field) == ["classes", "campus_network"])
        #expect(problems[0].message == "班级数原值 6，如确实不再适用请填 0。")
        #expect(problems[1].message == "校园网原值 有，请选择现在的情况。")
    }

    @Test func `fields that a form does not have tell nothing`() {
        let form = FacilityForm(
            submitted: FormValues([("classes", "7"), ("validFrom", "2015-09-30")]), today: RegisterWorld.later)
        #expect(form.read().draft.changes.values == ["classes": 7])
    }

    @Test func `a reason counts only with its tick`() {
        #expect(submitted([("reason", "撤点并校")]).read().draft.reason == nil)
        #expect(submitted([("reason", "撤点并校"), ("confirmed", "1")]).read().draft.reason == "撤点并校")
        #expect(submitted([("reason", ""), ("confirmed", "1")]).read().draft.reason == nil)
        let long = String(repeating: "长", count: 201)
        #expect(submitted([("reason", long), ("confirmed", "1")]).read().problems.map(\.field) == ["reason"])
    }

    @Test(arguments: ["", "2015-02-30", "去年"])
    func `a day that is none is asked for again`(text: String) {
        #expect(submitted([("validFrom", text)]).read().problems.map(\.field) == ["validFrom"])
    }

    @Test func `upon newer figures the typed ones stay and the others are renewed`() {
        var newer = FacilityFormTests.known
        newer[.access] = 50
        newer[.classes] = 9
        let rebased = submitted([("classes", "7")]).rebased(on: newer)
        #expect(rebased.values["classes"] == "7")
        #expect(rebased.values["access_mbps"] == "50")
        #expect(rebased.read().draft.changes.values == ["classes": 7])
        #expect(rebased.seen.record == newer)
    }

    @Test func `the numbers of codes are those of the lists and never move`() {
        let access = ["fibre", "coaxial", "adsl", "4g", "5g", "satellite", "none"]
        #expect(access.map { FacilityField.accessKind.number(ofCode: $0) } == (1...7).map { Double($0) })
        for field in [FacilityField.accessKind, .carrier] {
            for code in field.choices {
                let number = field.number(ofCode: code.code)
                #expect(number.flatMap { field.code(numbered: $0) } == code)
                #expect(number.map(field.text) == code.name)
            }
            #expect(field.code(numbered: 0) == nil)
            #expect(field.code(numbered: 1.5) == nil)
            #expect(field.code(numbered: 99) == nil)
        }
    }
}

@Suite("The register's rules") struct FacilityRuleTests {
    private func record(_ values: [FacilityField: Double]) -> FacilityRecord {
        FacilityRecord(Dictionary(uniqueKeysWithValues: values.map { ($0.key.id, $0.value) }))
    }

    @Test func `impossible figures are refused by name`() {
        let problems = FacilityRules.problems(
            of: record([
                .classes: -1, .students: 50_000, .teachers: 12.5, .ordinaryRooms: 6, .multimediaRooms: 7,
                .onlineRooms: 8,
                .carrier: 9, .access: 7.5,
            ]))
        #expect(
            problems.map(\.field) == [
                "classes", "students", "teachers", "carrier", "multimedia_rooms", "online_rooms",
            ])
        #expect(problems[4].message == "多媒体教室（7）不能多于普通教室（6）。")
    }

    @Test func `there cannot be more classes than pupils`() {
        let crowded = FacilityRules.problems(of: record([.classes: 5000, .students: 200]))
        #expect(crowded.map(\.field) == ["classes"])
        #expect(crowded[0].message == "班级数（5000）不能多于在校学生数（200）。")
        // A school that lost its pupils is asked about, not refused.
        #expect(FacilityRules.problems(of: record([.classes: 3, .students: 0])).isEmpty)
    }

    @Test func `jumps ask for a second look`() {
        let old = record([.access: 10, .studentComputers: 100, .teacherComputers: 20])
        #expect(FacilityRules.warnings(from: old, to: record([.access: 50, .studentComputers: 70])) == [])
        let warnings = FacilityRules.warnings(
            from: old, to: record([.access: 51, .studentComputers: 69, .teacherComputers: 13, .students: 0]))
        #expect(warnings.map(\.field) == ["access_mbps", "student_computers", "teacher_computers", "students"])
    }
}
