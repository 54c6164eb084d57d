import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Rosters

/// Two records side by side, merged and taken apart again over HTTP; rows of workbooks decided once.
@Suite("Deciding duplicates")
struct DuplicateDecisionTests {
    private func pair(in made: RosterCity) async throws -> (first: ID<Person>, second: ID<Person>, path: String) {
        let one = try await made.pupil(
            "黄小芳", numbers: [.studentNumber: "G" + RosterCity.girl],
            facts: ["birthDate": "2008-09-01", "ethnicity": "01", "currentAddress": "防城区一路"])
        let two = try await made.pupil(
            "黄小芳", numbers: [.citizenNumber: RosterCity.girl], parent: "13900000001",
            facts: ["birthDate": "2008-09-01", "ethnicity": "08", "currentAddress": "港口区二路"])
        #expect(try await made.search() == 1)
        let found = try #require(try await made.open().first)
        #expect(found.person == min(one, two) && found.other == max(one, two))
        return (one, two, DuplicatePages.path(found.id))
    }

    @Test("Side by side, sensitive data masked and differences marked", arguments: TestDatabase.allCases)
    func page(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            let (_, _, path) = try await pair(in: made)
            let text = try await made.city.client(.li).get(path).text
            for word in ["黄小芳", "汉族", "壮族", "防***", "港***", "不同", "学籍号与身份证号相同", "保留哪一条记录", "fact.ethnicity"] {
                #expect(text.contains(word), "\(word)")
            }
            for secret in ["一路", "二路", RosterCity.girl, "13900000001"] { #expect(!text.contains(secret)) }
        }
    }

    @Test("Merged with a choice, and undone with one click", arguments: TestDatabase.allCases)
    func merge(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            let (one, two, path) = try await pair(in: made)
            let li = try await made.city.client(.li), crypto = made.crypto
            let refused = try await li.post(path + "/same", from: path)
            #expect(refused.status == 422 && refused.text.contains("选择保留哪一条记录"))
            let fields = [
                ("keep", DuplicateForm.first), ("fact.ethnicity", DuplicateForm.other), ("fact.currentAddress", ""),
                ("enrolment", DuplicateForm.first),
            ]
            let done = try await li.post(path + "/same", from: path, fields)
            #expect(done.status == 303, "\(done.text.suffix(400))")
            let facts = try await made.database.read { try PersonFactStore($0, crypto).latest(of: one)?.values ?? [:] }
            #expect(facts["ethnicity"]?.value == "08")
            #expect(facts["currentAddress"]?.value == "防城区一路")
            let day = Timestamp.now.day, group = made.classGroup.id
            #expect(
                try await made.database.read { try EnrolmentStore($0).members(of: group, on: day).map(\.person) } == [
                    one
                ])
            let again = try await li.post(path + "/same", from: path, fields)
            #expect(again.status == 409)

            let shown = try await li.get(path)
            #expect(shown.text.contains("同一人") && shown.text.contains("撤销"))
            #expect(try await li.post(path + "/undo", from: path).status == 303)
            let members = try await made.database.read {
                try EnrolmentStore($0).members(of: group, on: day).map(\.person)
            }
            #expect(Set(members) == [one, two])
            #expect(try await made.open().count == 1)
            let actions = try await made.database.read { db in
                try AuditLog.list(within: .everything, action: "person.", limit: 10, on: db).map(\.action)
            }
            #expect(actions == ["person.merge_undone", "person.merged"])
        }
    }

    @Test("Undoing is refused when her data have changed since", arguments: TestDatabase.allCases)
    func laterChange(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            let (one, _, path) = try await pair(in: made)
            let li = try await made.city.client(.li), crypto = made.crypto
            _ = try await li.post(path + "/same", from: path, [("keep", "first"), ("fact.ethnicity", "other")])
            try await made.database.write { db in
                _ = try PersonFactStore(db, crypto).change(
                    ["talent": "绘画"], of: one, from: Timestamp.now.day, source: FactSource(.own, at: .now, by: "她"))
            }
            let answer = try await li.post(path + "/undo", from: path)
            #expect(answer.status == 303)
            #expect(try await li.get(path).text.contains("不能撤销"))
            #expect(try await made.open().isEmpty)
        }
    }

    @Test("Whoever moved away meanwhile is decided above", arguments: TestDatabase.allCases)
    func moved(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            let (_, two, path) = try await pair(in: made)
            let crypto = made.crypto, from = made.classGroup, to = made.borderClass
            try await made.database.write { db in
                try EnrolmentService(db, crypto, by: .system).move(two, from: from, to: to, on: Timestamp.now.day)
            }
            let li = try await made.city.client(.li)
            #expect(try await li.post(path + "/same", from: path, [("keep", "first")]).status == 403)
        }
    }

    @Test("A decision on a row of a workbook is not asked again", arguments: TestDatabase.allCases)
    func candidates(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            let known = try await made.pupil("黄小芳", facts: ["birthDate": "2008-09-01"])
            let born = LocalDate(iso: "2008-09-01"), crypto = made.crypto, school = made.school.id
            let one = PersonCandidate(
                name: "黄小红", birthDate: born, school: school,
                identifiers: [try PersonIdentifier(.citizenNumber, RosterCity.girl)])
            let two = PersonCandidate(name: "黄小芳", school: school)
            try await made.database.write {
                try PersonIdentifierStore($0, crypto).set(one.identifiers[0], of: known, by: "李校长", at: .now)
            }
            func matches() async throws -> [PersonMatch] {
                try await made.database.read { try DuplicateQueue($0, crypto).matches([one, two]) }
            }
            let before = try await matches()
            #expect(before == [.doubtful([known], why: .otherName), .doubtful([known], why: .nearly)])
            let raised = try await made.database.write { db in
                let queue = DuplicateQueue(db, crypto)
                return try zip([one, two], before).reduce(0) { try $0 + queue.raise($1.0, $1.1, batch: "b1") }
            }
            #expect(raised == 2)
            let open = try await made.open()
            let first = try #require(open.first { $0.reason == .otherName }),
                second = try #require(open.first { $0.reason == .nearly })
            let li = try await made.city.client(.li)
            let page = try await li.get(DuplicatePages.path(first.id)).text
            #expect(page.contains("黄小红") && !page.contains(RosterCity.girl))
            #expect(
                try await li.post(DuplicatePages.path(first.id) + "/different", from: DuplicatePages.root).status == 303
            )
            #expect(
                try await li.post(
                    DuplicatePages.path(second.id) + "/same", from: DuplicatePages.root, [("keep", "other")]
                ).status
                    == 303)
            #expect(try await matches() == [.unknown, .known(known, by: .decision)])
        }
    }
}
