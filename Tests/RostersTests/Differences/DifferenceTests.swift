import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Rosters

/// The national system's export beside our rosters: who is new, missing, different; nothing is changed.
@Suite("Differences")
struct DifferenceTests {
    @Test("New, missing, different and doubtful", arguments: TestDatabase.allCases)
    func report(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            try await made.pupil(
                "黄小芳", numbers: [.studentNumber: "G" + RosterCity.girl],
                facts: ["sex": "2", "ethnicity": "01", "currentAddress": "防城区一路"])
            try await made.pupil("黄小明", numbers: [.studentNumber: "G" + RosterCity.boy], facts: ["sex": "1"])
            try await made.pupil("韦小河", facts: ["birthDate": "2008-01-02"])
            try await made.pupil("农小兰", numbers: [.studentNumber: "J450699200801020015"])
            let file =
                "学生基础信息表\n学籍号,姓名,性别,民族,现住址,班级,出生日期\n"
                + "G\(RosterCity.girl),黄小芳,女,壮族,港口区二路,(1)班,20080901\n"
                + "G\(RosterCity.boy),黄小明,男,,,1班,\n" + "J450699200801020015,农大兰,女,汉族,,1班,\n"
                + "G45069920120315013X,陆小山,男,汉族,,2班,\n"
            let before = try await made.database.read { db in
                try db.value("SELECT MAX(changed_at) FROM directory_person", as: Int64.self)
            }
            let li = try await made.city.client(.li), root = DifferencePages.root
            let sent = try await li.upload(
                root, from: root + "/new", field: "file", fileName: "全国学籍.csv", Array(file.utf8),
                [("place", made.school.id.rawValue), ("subject", "pupils")])
            #expect(sent.location?.hasPrefix("/jobs/") == true, "\(sent.text.suffix(800))")
            let path = try await made.report()
            #expect(try await li.get(path).text.contains("正在核对"))
            #expect(try await made.kept() == 1)
            try await made.work()
            #expect(try await made.kept() == 0)
            let crypto = made.crypto, id = try #require(ID<Difference>(checking: path.split(separator: "/").last ?? ""))
            let (difference, found) = try await made.database.read { db in
                let store = DifferenceStore(db, crypto), difference = try store.find(id, within: .everything)
                return (difference, try store.lines(of: difference, nil, after: 0, limit: 100).map(\.line))
            }
            #expect(difference.rowCount == 4)
            let lines = found.map {
                "\($0.kind.rawValue) \($0.name) \($0.fields.map(\.text).joined(separator: "；"))"
            }
            #expect(
                lines == [
                    "differs 黄小芳 出生日期：2008-09-01，本平台 （空）；民族：壮族，本平台 汉族；现住址：***，本平台 ***",
                    "doubtful 农大兰 原因：号码相同，姓名不同，本平台 （空）", "there 陆小山 ", "here 韦小河 ",
                ], "\(lines)")
            let page = try await li.get(path).text
            #expect(page.contains("壮族") && page.contains("仅本平台有"))
            for secret in ["一路", "二路", "G" + RosterCity.girl] { #expect(!page.contains(secret)) }
            let sheet = try made.cells(try await li.get(path + "?format=xlsx"))
            #expect(sheet.values.contains("陆小山"))
            let taken: Int? = try await made.database.read { db in
                try db.value("SELECT COUNT(*) FROM platform_audit_entry WHERE action = 'roster.difference_taken'")
            }
            #expect(taken == 1)
            #expect(try await made.city.client(.dongxing).get(path).status == 404)
            let after = try await made.database.read { db in
                try db.value("SELECT MAX(changed_at) FROM directory_person", as: Int64.self)
            }
            #expect(before == after)
        }
    }

    @Test("A report that a stop of the server has left waits for nobody", arguments: TestDatabase.allCases)
    func left(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            let li = try await made.city.client(.li), root = DifferencePages.root
            for name in ["一.csv", "二.csv"] {
                let sent = try await li.upload(
                    root, from: root + "/new", field: "file", fileName: name, Array("姓名,性别\n黄小芳,女\n".utf8),
                    [("place", made.school.id.rawValue), ("subject", "pupils")])
                #expect(sent.location?.hasPrefix("/jobs/") == true)
            }
            // As it was left by a server that made small reports within the request, and by a job that was given up.
            try await made.database.write { db in
                try db.execute("DELETE FROM platform_job WHERE title = '核对名册 一.csv'")
                try db.execute("UPDATE rosters_difference SET job_id = NULL WHERE file_name = '一.csv'")
                try db.execute("UPDATE platform_job SET state = 'failed' WHERE title = '核对名册 二.csv'")
            }
            for _ in 0..<2 { try await made.city.platform.rosters.tend() }
            try await made.work()
            let states = try await made.database.read { db in
                try db.rows("SELECT state, message FROM rosters_difference ORDER BY file_name") {
                    "\(try $0.text(0)) \(try $0.text(1))"
                }
            }
            #expect(states == ["done ", "failed 核对没有完成，请重新上传"])
            #expect(try await made.kept() == 0)
        }
    }

    @Test("A file without names is refused", arguments: TestDatabase.allCases)
    func refused(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            let li = try await made.city.client(.li), root = DifferencePages.root
            let place = [("place", made.school.id.rawValue), ("subject", "pupils")]
            let answer = try await li.upload(
                root, from: root + "/new", field: "file", fileName: "x.csv", Array("性别,民族\n男,汉族\n".utf8), place)
            #expect(answer.status == 422 && answer.text.contains("没有找到“姓名”列"))
            let beyond = [("place", made.border.id.rawValue), ("subject", "pupils")]
            let other = try await li.upload(
                root, from: root + "/new", field: "file", fileName: "x.csv", Array("姓名\n黄小芳\n".utf8), beyond)
            #expect(other.status == 422)
        }
    }

    @Test("Where each value came from, by role", arguments: TestDatabase.allCases)
    func sources(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            let person = try await made.pupil("黄小芳", facts: ["ethnicity": "08", "currentAddress": "防城区一路"])
            let path = OwnershipPages.path(person), li = try await made.city.client(.li)
            let page = try await li.get(path).text
            for word in ["壮族", "全国学籍系统", "李校长", "防***", "变更审批"] { #expect(page.contains(word), "\(word)") }
            #expect(!page.contains("一路"))
            #expect(try await li.get(OwnershipPages.root).text.contains("健康状况"))
            #expect(try await made.city.client(.dongxing).get(path).status == 404)
            #expect(try await made.city.client(.wang).get(path).status == 404)
        }
    }
}

extension RosterCity {
    /// The page of the latest report.
    fileprivate func report() async throws -> String {
        let id: String? = try await database.read { db in
            try db.value("SELECT id FROM rosters_difference ORDER BY id DESC LIMIT 1")
        }
        return DifferencePages.path(ID(try #require(id)))
    }

    /// Contents that reports keep on record.
    fileprivate func kept() async throws -> Int? {
        try await database.read { db in
            try db.value("SELECT COUNT(*) FROM platform_file WHERE name LIKE '%.csv'")
        }
    }

    fileprivate func work() async throws {
        let runner = JobRunner(database: database, handlers: city.platform.jobs, logger: TestDatabase.logger)
        while try await runner.runOne() {}
    }
}
