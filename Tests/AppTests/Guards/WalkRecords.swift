import Database
import Directory
import Federation
import Foundation
import Identity
import Kernel
import Platform
import Rosters
import TestKit
import Testing
import Web

/// One real record of every kind that an address can name, all of a school of 东兴市 or of 东兴市 itself. Each has `mark` in its
/// name, so that a page shows when it lets one out.
struct WalkRecords: Sendable {
    static let mark = "珍珠"
    /// What a person would type to find them, without the whole mark.
    static let search = "珍"

    /// What stands in an address after the segment.
    private let values: [String: String]

    /// The parameters that name no record of a school or county: doors of strangers, whose secret is the parameter; pictures,
    /// which go by their content; targets and versions, which are looked up in the set or plan before them; and what
    /// belongs to the city and to no one below it.
    static let unowned: Set<String> = [
        "card", "setup", "getuserinfo", "logos", "targets", "versions", "arrive", "links", "purposes", "texts",
        "textbooks", "textbook-nodes", "catalogues", "sitemaps", "sources", "harvests", "free-links", "link-sheets",
        // Doors of machines, which go by their own token.
        "Users", "Groups", "Schemas", "ResourceTypes", "v2", "v1",
    ]

    static func segments(of route: Route) -> [(before: String, parameter: String)] {
        let parts = route.path.split(separator: "/").map(String.init)
        return parts.indices.filter { parts[$0].hasPrefix(":") }.map { ($0 > 0 ? parts[$0 - 1] : "", parts[$0]) }
    }

    /// Doors that let in other systems by tokens of their own and no person, whoever she is.
    static func isForMachines(_ route: Route) -> Bool { route.path.hasPrefix("/ims/oneroster/") }

    /// Whether the route names a record that some may see and others not.
    static func isOwned(_ route: Route) -> Bool {
        if isForMachines(route) { return false }
        return segments(of: route).contains { !unowned.contains($0.before) }
    }

    /// `nil` when there is no record for one of the parameters.
    func path(of route: Route) -> String? {
        var path = "", before = ""
        for part in route.path.split(separator: "/").map(String.init) {
            if part.hasPrefix(":") {
                guard let value = values[before] ?? (WalkRecords.isForMachines(route) ? "none" : nil) else {
                    return nil
                }
                path += "/" + value
            } else {
                path += "/" + part
            }
            before = part
        }
        return path.isEmpty ? "/" : path
    }

    subscript(segment: String) -> String { values[segment] ?? "" }

    init(in city: TestCity) async throws {
        let school = try await city.organisation(TestCity.borderSchool), county = try await city.organisation("450681")
        let (classGroup, pupil, account, application) = try await WalkRecords.people(of: school, in: city)
        let (batch, job) = try await WalkRecords.work(at: school, in: city)
        let (draft, plan, set) = try await WalkRecords.plans(of: county, in: city)
        let affairs = try await WalkRecords.affairs(of: pupil, in: classGroup, at: school, in: city)
        var values = [
            "schools": school.id.rawValue, "organisations": school.id.rawValue, "classes": classGroup, "pupils": pupil,
            "people": pupil, "children": pupil, "guardians": try await WalkRecords.guardian(of: pupil, in: city),
            "requests": try await WalkRecords.request(about: pupil, in: city),
            "accounts": account, "registry": application, "open": application, "imports": batch, "jobs": job,
            "transfers": affairs.transfer, "student-changes": affairs.change, "dropout-alarms": affairs.alarm,
            "drafts": draft, "documents": plan, "versions": "1", "target-sets": set, "targets": "T12",
            "duplicates": try await WalkRecords.duplicate(of: pupil, at: school, in: city),
            "purposes": "works", "texts": "works",
            "templates": try await WalkRecords.template(in: city),
            "differences": try await WalkRecords.difference(at: school, in: city),
            "counterparts": try await WalkRecords.counterpart(in: city),
            "batches": try await WalkRecords.roster(in: city),
            "rollovers": try await WalkRecords.rollover(of: school, in: city),
            "uploads": try await WalkRecords.upload(in: city),
            "class-lists": try await WalkRecords.classList(in: city),
            "exports": try await WalkRecords.export(of: county, in: city),
            "notices": try await WalkRecords.notice(in: city),
        ]
        values.merge(try await WalkRecords.exchange(of: county, in: city)) { first, _ in first }
        values.merge(try await WalkRecords.resources(of: school, in: city)) { first, _ in first }
        values.merge(try await WalkRecords.interchange(of: school, in: city)) { first, _ in first }
        values.merge(try await WalkRecords.staff(of: school, below: county, in: city)) { first, _ in first }
        values.merge([
            "links": Identifiers.next(), "arrive": Identifiers.next(), "card": Identifiers.next(),
            "setup": Identifiers.next(), "getuserinfo": Identifiers.next(), "logos": String(repeating: "0", count: 64),
        ]) { first, _ in first }
        self.values = values
    }

    /// A file on its way, of a teacher of the school.
    private static func upload(in city: TestCity) async throws -> String {
        let metadata = "filename " + Data("\(mark).txt".utf8).base64EncodedString()
        let answer = try await city.client(.zhao).send(
            .post, "/uploads", ["tus-resumable": "1.0.0", "upload-length": "9", "upload-metadata": metadata], [])
        return try #require(answer.location?.split(separator: "/").last.map(String.init))
    }

    /// A teacher who is about to go to another school of the county.
    private static func staff(
        of school: Organisation, below county: Organisation, in city: TestCity
    ) async throws -> [String: String] {
        let crypto = city.platform.crypto
        let other = try await city.database.write { db in
            let profile = SchoolProfile(schoolType: "211", urbanRural: "121", isCentral: false)
            return try OrganisationService(db, by: .system, source: "test").add(
                .init(kind: .school, code: "2145990009", name: mark + "小学", profile: profile), below: county)
        }
        let person = try await city.database.write { db in
            try StaffService(db, crypto, by: .system).add(
                NewStaffMember(name: mark + "教师", post: "10", from: Timestamp.now.day.adding(days: -30)), to: school)
        }
        let page = "/schools/\(school.id)/staff/\(person)"
        let offered = try await (try await city.client(.dongxing)).post(
            page + "/transfer", from: "/account",
            [
                ("target", other.code ?? ""), ("post", "10"), ("kind", "established"), ("share", "100"),
                ("from", Timestamp.now.day.iso),
            ])
        let transfer: String? = try await city.database.read {
            try $0.value("SELECT id FROM school_affairs_staff_transfer LIMIT 1")
        }
        return [
            "staff": person.rawValue, "staff-transfers": try #require(transfer, "\(offered.text.suffix(800))"),
            "receivers": try await WalkRecords.receiver(of: county, in: city),
            "links": Identifiers.next(), "arrive": Identifiers.next(), "card": Identifiers.next(),
            "Users": Identifiers.next(), "Groups": Identifiers.next(), "Schemas": "none", "ResourceTypes": "none",
            "v2": "none", "v1": "none", "setup": Identifiers.next(), "getuserinfo": Identifiers.next(),
            "logos": String(repeating: "0", count: 64),
        ]
    }

    /// Class, pupil, account and application.
    private static func people(
        of school: Organisation, in city: TestCity
    ) async throws -> (String, String, String, String) {
        let crypto = city.platform.crypto, year = SchoolYear(containing: Timestamp.now.day).start
        let start = SchoolYear(start: year).firstDay
        let (classGroup, pupil, account) = try await city.database.write { db in
            let classGroup = try ClassGroupService(db, by: .system).open(
                ClassDraft(stage: .primary, entryYear: year, number: 1, alias: mark, openedOn: start), at: school)
            let pupil = try EnrolmentService(db, crypto, by: .system).add(
                NewPupil(name: mark + "同学", guardianPhone: try PersonIdentifier(.phone, "13900009999")),
                to: classGroup, from: start)
            let account = try AccountService(db, by: .system).create(
                NewAccount(
                    name: mark + "老师", login: "pearl", role: .teacher, organisation: school.id, from: start),
                passwordHash: "!", mustChange: false)
            return (classGroup.id.rawValue, pupil.rawValue, account.rawValue)
        }
        var content = ApplicationContent()
        (content.name, content.contact, content.contactPhone) = (mark + "图书馆", "陈主任", "0770-2820000")
        (content.protocols, content.scopes) = ([.openID, .gateway], ["profile"])
        (content.redirects, content.launchURL) = (["https://app.example/cb"], "https://app.example/in")
        content.audience = ["teacher"]
        let keys = try await city.platform.federation.applications.register(
            content, owner: TestCity.borderSchool, level: .school)
        let application: String? = try await city.database.read {
            try $0.value("SELECT id FROM federation_application WHERE client_id = \(keys.clientID)")
        }
        return (classGroup, pupil, account, try #require(application))
    }

    private static func guardian(of pupil: String, in city: TestCity) async throws -> String {
        let found = try await city.database.read {
            try GuardianshipStore($0).guardians(of: [ID<Person>(pupil)], on: Timestamp.now.day).values.first?.first
        }
        return try #require(found).id.rawValue
    }

    /// A 转学 to the school, and a change and an alarm of the pupil.
    private static func affairs(
        of pupil: String, in classGroup: String, at school: Organisation, in city: TestCity
    ) async throws -> (transfer: String, change: String, alarm: String) {
        let client = try await city.client(.dongxing), today = Timestamp.now.day
        let year = SchoolYear(containing: today).start
        func last(_ answer: TestAnswer) throws -> String {
            let found = answer.location.flatMap { $0.split(separator: "/").last }
            return String(try #require(found, "\(answer.text.suffix(800))"))
        }
        let transfer = try await client.post(
            "/schools/\(school.id)/transfers/new", from: "/account",
            [("name", mark + "转学"), ("studentNumber", "G450699200809010014"), ("place", "2-\(year)")])
        let change = try await client.post(
            "/classes/\(classGroup)/pupils/\(pupil)/changes", from: "/account",
            [
                ("kind", "11"), ("day", today.iso), ("expectedReturn", today.adding(days: 90).iso),
                ("reason", "illness"), ("proof", "hospital"),
            ])
        let alarm = Identifiers.next()
        try await city.database.write { db in
            try db.execute(
                """
                INSERT INTO school_affairs_dropout_alarm (id, person_id, school_id, class_id, raised_on, since, days)
                VALUES (\(alarm), \(pupil), \(school.id), \(classGroup), \(today), \(today), 7)
                """)
        }
        return (try last(transfer), try last(change), alarm)
    }

    /// What the pupil asks about her data.
    private static func request(about pupil: String, in city: TestCity) async throws -> String {
        let school = try await city.organisation(TestCity.borderSchool)
        try await city.database.write { db in
            let new = NewAccount(
                name: mark + "同学", login: "pearlpupil", role: .student, organisation: school.id,
                from: Timestamp.now.day, person: ID<Person>(pupil))
            _ = try AccountService(db, by: .system).create(new, passwordHash: "!", mustChange: false)
        }
        let session = try await city.platform.identity.startSession(login: "pearlpupil")
        let answer = try await TestClient(city.platform.pipeline, session: session).post(
            "/my-data/requests", from: "/my-data", [("kind", "explanation"), ("text", mark + "的请求")])
        let found: String? = try await city.database.read {
            try $0.value("SELECT id FROM privacy_request WHERE person_id = \(pupil)")
        }
        return try #require(found, "\(answer.text.suffix(800))")
    }

    /// An import and a job.
    private static func work(at school: Organisation, in city: TestCity) async throws -> (String, String) {
        let client = try await city.client(.dongxing), user = try await city.user(.dongxing)
        let sent = try await client.upload(
            "/register/imports", from: "/register/imports/new", field: "file", fileName: mark + ".csv",
            Array("学校标识码,学校名称,普通教室(间)\n\(TestCity.borderSchool),江平镇第一小学(示例),9\n".utf8),
            [("statistics_on", "2016-01-01")])
        let location = try #require(sent.location, "\(sent.text.suffix(800))")
        let batch = location.split(separator: "/")[2]
        let job = try await city.database.write { db in
            try JobStore(db).add(kind: "walk", title: mark + "任务", by: user, at: school.path)
        }
        return (String(batch), job.rawValue)
    }

    /// An import of a roster.
    private static func roster(in city: TestCity) async throws -> String {
        let client = try await city.client(.dongxing)
        let sent = try await client.upload(
            "/rosters/batches", from: "/rosters/batches/new", field: "file", fileName: mark + "花名册.csv",
            Array("学校标识码,姓名,班级\n\(TestCity.borderSchool),\(mark)同学,一(1)班\n".utf8),
            [("roster", ""), ("valid_from", SchoolYear(containing: Timestamp.now.day).firstDay.iso), ("cells", "")])
        let location = try #require(sent.location, "\(sent.text.suffix(800))")
        return String(location.split(separator: "/")[2])
    }

    /// A draft, a published plan and a target set of the county.
    private static func plans(of county: Organisation, in city: TestCity) async throws -> (String, String, String) {
        let bureau = try await city.client(.bureau), dongxing = try await city.client(.dongxing)
        let text = "\(mark)计划\n一、工作目标\n到2017年，所有学校接入宽带网络。\n二、保障措施\n加强领导，落实经费。\n"
        func upload() async throws -> String {
            let answer = try await bureau.upload(
                "/plan/documents", from: "/plan/documents/new", field: "file", fileName: "plan.txt", Array(text.utf8),
                [("owner", county.id.rawValue)])
            return try #require(answer.location.flatMap { $0.split(separator: "/").last }.map(String.init))
        }
        let period = [("from", "2015-01-01"), ("to", "2017-12-31")]
        let first = try await upload()
        let published = try await bureau.post(
            "/plan/documents/drafts/\(first)/publication", from: "/account",
            [("revision", "1"), ("title", mark + "计划"), ("note", "")] + period)
        let plan = try #require(
            published.location.flatMap { $0.split(separator: "/").last }, "\(published.text.suffix(800))")
        let set = try await dongxing.post(
            "/plan/target-sets", from: "/account",
            [("owner", county.id.rawValue), ("title", mark + "目标"), ("edition", "1")] + period)
        let location = try #require(set.location.flatMap { $0.split(separator: "/").last }, "\(set.text.suffix(800))")
        return (try await upload(), String(plan), String(location))
    }

    /// A run that was done, in the record of whoever did it.
    private static func rollover(of school: Organisation, in city: TestCity) async throws -> String {
        let id = Identifiers.next()
        try await city.database.write { db in
            try db.execute(
                """
                INSERT INTO school_affairs_rollover_run (id, year, organisation_id, includes_unconfirmed, state,
                    created_at, created_by, schools, classes, promoted, opened, closed, moved, gone)
                VALUES (\(id), 2016, \(school.id), 0, 'done', \(Timestamp.now), \(mark + "主任"), 0, 0, 0, 0, 0, 0, 0)
                """)
        }
        return id
    }

    private static func receiver(of county: Organisation, in city: TestCity) async throws -> String {
        let bureau = try await city.client(.bureau)
        let answer = try await bureau.post(
            "/exchange/receivers/new", from: "/account",
            [
                ("name", mark + "办公系统"), ("organisation", county.id.rawValue),
                ("base_url", "https://oa.example/scim/v2"), ("token", "t"),
            ])
        return String(try #require(answer.location?.split(separator: "/").last, "\(answer.text.suffix(800))"))
    }

    /// A partner of the file exchange with a file and a bundle.
    private static func exchange(of county: Organisation, in city: TestCity) async throws -> [String: String] {
        let bureau = try await city.client(.bureau)
        let answer = try await bureau.post(
            "/exchange/partners/new", from: "/account",
            [
                ("name", mark + "宿舍系统"), ("code", "dorm"), ("organisation", county.id.rawValue), ("owners", "roll"),
                ("reason", "40"),
            ])
        let partner = String(try #require(answer.location?.split(separator: "/").last, "\(answer.text.suffix(800))"))
        let file = Identifiers.next(), bundle = Identifiers.next()
        try await city.database.write { db in
            try db.execute(
                """
                INSERT INTO exchange_drop_file (id, partner_id, direction, name, dataset, organisation_path, sm3, size,
                    state, batch, count_new, count_changed, count_unchanged, count_doubtful, count_refused, count_cells,
                    digest, rows_told, is_full, message, is_told, seen_at, decided_by, undone_by)
                VALUES (\(file), \(partner), 'in', \(mark + ".csv"), '', \(county.path), '', 0, 'refused', '', 0, 0, 0, 0,
                    0, 0, '', 0, 0, '', 1, \(Timestamp.now), '', '')
                """)
            try db.execute(
                """
                INSERT INTO exchange_bundle (id, partner_id, file_name, sha256, sm3, state, pupils_batch,
                    staff_batch, count_new, count_changed, count_unchanged, count_doubtful, count_refused, count_cells,
                    digest, pupils, staff, ended, skipped, problems, message, created_at, created_by, decided_by,
                    undone_by)
                VALUES (\(bundle), \(partner), \(mark + ".zip"), '', '', 'refused', '', '', 0, 0, 0, 0, 0, 0,
                    '', 0, 0, 0, 0, '', '', \(Timestamp.now), '', '', '')
                """)
        }
        return ["partners": partner, "files": file, "bundles": bundle]
    }

    private static func classList(in city: TestCity) async throws -> String {
        let sent = try await city.client(.dongxing).upload(
            "/rosters/class-lists", from: "/rosters/class-lists/new", field: "file", fileName: mark + ".csv",
            Array("学校标识码,年级,班号\n\(TestCity.borderSchool),五年级,7\n".utf8), [])
        return try #require(
            sent.location.flatMap { $0.split(separator: "/").last }.map(String.init), "\(sent.text.suffix(800))")
    }

    private static func counterpart(in city: TestCity) async throws -> String {
        let bureau = try await city.client(.bureau)
        let answer = try await bureau.post(
            "/gateway/counterparts", from: "/account",
            [
                ("name", "自治区平台"), ("base_url", "https://gateway.example"), ("flavour", "v2"), ("app_id", "santong"),
                ("app_key", "0123456789abcdef0123456789abcdef"), ("system_code", "450000"), ("level", "province"),
            ])
        let found: String? = try await city.database.read {
            try $0.value("SELECT id FROM federation_counterpart LIMIT 1")
        }
        return try #require(found, "\(answer.text.suffix(800))")
    }

    /// A row of a workbook that may be the pupil.
    private static func duplicate(of pupil: String, at school: Organisation, in city: TestCity) async throws -> String {
        let crypto = city.platform.crypto, candidate = PersonCandidate(name: mark + "同学", school: school.id)
        let found: String? = try await city.database.write { db in
            try DuplicateQueue(db, crypto).raise(candidate, .doubtful([ID(pupil)], why: .nearly), batch: "")
            return try db.value("SELECT id FROM rosters_duplicate LIMIT 1")
        }
        return try #require(found)
    }

    private static func template(in city: TestCity) async throws -> String {
        let content =
            #"{"name":"x","subject":"pupils","sheet":"x","head":[{"range":"A1","text":"姓名"}],"columns":[{"source":"fact.name"}]}"#
        let sent = try await city.client(.dongxing).upload(
            "/rosters/templates", from: "/rosters/templates/new", field: "file", fileName: "x.json",
            Array(content.utf8),
            [("other", mark + "模板"), ("subject", "pupils"), ("valid_from", "2026-09-01")])
        return try #require(
            sent.location.flatMap { $0.split(separator: "/").last }.map(String.init), "\(sent.text.suffix(800))")
    }

    private static func difference(at school: Organisation, in city: TestCity) async throws -> String {
        let sent = try await city.client(.dongxing).upload(
            "/rosters/differences", from: "/rosters/differences/new", field: "file", fileName: mark + ".csv",
            Array("姓名,性别\n\(mark)同学,女\n".utf8), [("place", school.id.rawValue), ("subject", "pupils")])
        #expect(sent.location?.hasPrefix("/jobs/") == true, "\(sent.text.suffix(800))")
        let id: String? = try await city.database.read {
            try $0.value("SELECT id FROM rosters_difference ORDER BY id DESC LIMIT 1")
        }
        return try #require(id)
    }
}
