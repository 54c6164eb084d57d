import Database
import Directory
import Kernel
import Privacy
import SchoolAffairs
import TestKit
import Testing

/// The yearly report counts who was told something and what went wrong, and requests go by the calendar of offices.
@Suite("未成年人报告") struct MinorsReportTests {
    @Test(arguments: TestDatabase.allCases)
    func `systems that were told something and incidents are in the report of their places`(
        on database: TestDatabase
    ) async throws {
        try await PrivacyCity.run(database) { (privacy: PrivacyCity) async throws in
            let city = privacy.city, path = privacy.school.path, now = Timestamp.now
            let officer = try await privacy.client("officer"), report = "/privacy/minors?format=csv"
            let before = try await officer.get(report)
            #expect(before.text.contains("系统,0,个") && before.text.contains("登记的事件,0,起"))
            try await city.database.write { db in
                for (id, way, rows) in [
                    ("1", "file_out", 3), ("2", "file_out", 0), ("3", "push", 5), ("4", "provisioning", 1),
                ] {
                    try db.execute(
                        """
                        INSERT INTO exchange_run (id, way, system, dataset, organisation_path, at, rows_told, changed,
                            flagged, refused, note)
                        VALUES (\(id), \(way), \(way == "provisioning" ? "门禁" : "宿舍系统"), '', \(path), \(now), \(rows), 0,
                            0, 0, '')
                        """)
                }
            }
            let form = "/privacy/incidents"
            let wrong = try await officer.post(form, from: form, [("minors", "三"), ("note", "泄露")])
            #expect(wrong.status == 422 && wrong.text.contains("填写涉及的未成年人数") && wrong.text.contains("泄露</textarea>"))
            let told = [
                ("kind", "leaked"), ("happenedOn", now.day.iso), ("minors", "12"), ("note", "名册打印件遗失，已收回"),
            ]
            #expect(try await officer.post(form, from: form, told).status == 303)
            #expect(try await officer.get(form).text.contains("名册打印件遗失"))
            let after = try await officer.get(report)
            for line in ["系统,2,个", "宿舍系统，数据交换（含教职工）,1,次", "门禁，数据交换（含教职工）,1,次", "泄露,1,起", "泄露涉及的未成年人,12,人"] {
                #expect(after.text.contains(line), "\(line)")
            }
            // What systems read by interfaces is told with its kind, its purpose and about how many pupils.
            let month = String(now.day.iso.prefix(7)), sketch = [1, 1, 1] + [UInt8](repeating: 0, count: 4093)
            try await city.database.write { db in
                try db.execute(
                    """
                    INSERT INTO exchange_read (month, application, organisation_path, way, kind, name, purpose, times,
                        records, pupils, changed_at)
                    VALUES (\(month), 'a', \(path), 'oneroster', 'users', '作业平台', '布置作业', 4, 90, \(sketch), \(now))
                    """)
            }
            let read = try await officer.get(report)
            for line in [
                "系统,3,个", "作业平台，OneRoster 接口（含教职工），姓名、身份和学校，用途：布置作业,4,次",
                "作业平台，OneRoster 接口，\(month) 涉及的学生（约）,3,人",
            ] {
                #expect(read.text.contains(line), "\(line)")
            }
            // Another county's officer learns nothing of it.
            let place = try await city.organisation("450603")
            #expect(try await !city.client(.chen).get(form).text.contains("名册打印件遗失"))
            #expect(!place.path.contains(path))
            for client in [try await city.client(.wang), try await city.client(.zhao)] {
                #expect(try await client.get(form).status == 404)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the time for an answer is counted in the working days of offices`(on database: TestDatabase) async throws {
        try await PrivacyCity.run(database) { (privacy: PrivacyCity) async throws in
            let pupil = try await privacy.account("sun", role: "student", of: privacy.pupil)
            let asked = try await pupil.post(
                "/my-data/requests", from: "/my-data", [("kind", "explanation"), ("text", "为什么保存")])
            #expect(asked.status == 303)
            let (due, day) = try await privacy.city.database.read { db in
                (
                    try db.value("SELECT due_on FROM privacy_request", as: String.self),
                    try db.value("SELECT asked_at FROM privacy_request", as: Timestamp.self)?.day
                )
            }
            #expect(due == WorkCalendar.shipped.day(after: try #require(day), workingDays: 15).iso)
            // A holiday is none: the first working day after 30 September 2026 comes after the national holiday.
            let eve = try #require(LocalDate(iso: "2026-09-30"))
            #expect(WorkCalendar.shipped.day(after: eve, workingDays: 1) > eve.adding(days: 5))
        }
    }
}
