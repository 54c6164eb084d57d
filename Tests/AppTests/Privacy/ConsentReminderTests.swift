import Database
import Directory
import Identity
import Kernel
import Privacy
import TestKit
import Testing

/// Guardians and pupils are told on the page they begin with how much waits for their answer.
@Suite("征求同意的提醒") struct ConsentReminderTests {
    private func born(_ day: String, _ privacy: PrivacyCity) async throws {
        let crypto = privacy.city.platform.crypto, pupil = privacy.pupil, from = privacy.classGroup.openedOn
        try await privacy.city.database.write { db in
            try PersonFactStore(db, crypto).change(
                ["birthDate": day], of: pupil, from: from, source: FactSource(.roll, at: .now, by: "李校长"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the list of children and the pupil's first page say how much waits, and for whom`(
        on database: TestDatabase
    ) async throws {
        try await PrivacyCity.run(database) { (privacy: PrivacyCity) async throws in
            let parent = try await privacy.account("parent", role: "guardian", of: privacy.guardian)
            let pupil = try await privacy.account("sun", role: "student", of: privacy.pupil)
            let family = "/children/\(privacy.pupil)/consents", year = Timestamp.now.day.year
            try await born("\(year - 8)-01-01", privacy)
            let list = try await parent.get("/children")
            #expect(list.text.contains("征求同意：6 项等你答复") && list.text.contains(family))
            #expect(try await !pupil.get("/applications").text.contains("等你答复"))
            let told = try await parent.post(
                family, from: family, [("purpose", "works"), ("version", "1"), ("answer", "no")])
            #expect(told.status == 303)
            #expect(try await parent.get("/children").text.contains("征求同意：5 项等你答复"))
            // From 14 on it is the pupil who is asked.
            try await born("\(year - 15)-01-01", privacy)
            #expect(try await !parent.get("/children").text.contains("等你答复"))
            let first = try await pupil.get("/applications")
            #expect(first.text.contains("征求同意：6 项等你答复") && first.text.contains(#"href="/consents""#))
            let page = try await pupil.get("/consents")
            #expect(page.status == 200)
            for purpose in ["works", "images", "space", "wechat", "home-school", "survey"] {
                _ = try await pupil.post(
                    "/consents", from: "/consents", [("purpose", purpose), ("version", "1"), ("answer", "no")])
            }
            #expect(try await !pupil.get("/applications").text.contains("等你答复"))
            // Nobody else is reminded of it.
            #expect(try await !privacy.city.client(.wang).get("/applications").text.contains("等你答复"))
        }
    }
}
