import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Rosters

@Suite("Lists of classes") struct ClassListTests {
    /// As the national system exports it: a title, a header of two lines, classes, a total.
    private static let list =
        "班级信息表\n学校标识码,学校名称,年级,班号,班级名称,班级类型,建班年月,班主任,学生数,\n,,,,,,,,合计,其中女生\n"
        + "\(TestCity.experimentalSchool),防城港市实验小学(示例),一年级,1,一年级(1)班,,,,1,0\n"
        + "\(TestCity.experimentalSchool),防城港市实验小学(示例),三年级,2,三年级(2)班,,,,40,19\n"
        + "\(TestCity.experimentalSchool),防城港市实验小学(示例),三年级,2,三年级(2)班,,,,40,19\n"
        + "\(TestCity.experimentalSchool),防城港市实验小学(示例),七年级,1,七年级(1)班,,,,40,19\n"
        + "\(TestCity.borderSchool),江平镇第一小学(示例),三年级,1,三年级(1)班,,,,40,19\n合计,,,,5,,,,161,\n"

    private func open(_ made: RosterCity) async throws -> [String] {
        let school = made.school.id
        return try await made.database.read { db in
            try ClassGroupStore(db).upcoming(of: school, on: Timestamp.now.day, within: .everything).map {
                $0.name(on: Timestamp.now.day)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `missing classes are opened, present ones left alone, and all of it can be taken back`(
        on database: TestDatabase
    ) async throws {
        try await RosterCity.run(database) { made in
            let li = try await made.city.client(.li), root = ClassListPages.root
            let sent = try await li.upload(
                root, from: root + "/new", field: "file", fileName: "班级信息.csv", Array(Self.list.utf8), [])
            let path = try #require(sent.location, "\(sent.text.suffix(800))")
            let page = try await li.get(path).text
            for words in [
                "学生数 1，本平台 0", "与第 5 行是同一个班", "与学校的学段不符", "不在你的管理范围内", "接受后新建“新增”的班级",
            ] { #expect(page.contains(words), "\(words)") }
            #expect(try await open(made) == ["一年级(1)班"])
            #expect(try await li.post(path + "/acceptance", from: path).location == path)
            #expect(try await open(made).sorted() == ["一年级(1)班", "三年级(2)班"])

            let again = try await li.upload(
                root, from: root + "/new", field: "file", fileName: "班级信息.csv", Array(Self.list.utf8), [])
            let second = try #require(again.location)
            #expect(try await li.get(second).text.contains("没有要新建的班级"))
            #expect(try await li.post(second + "/discard", from: second).location == second)

            #expect(try await li.post(path + "/undo", from: path).location == path)
            #expect(try await open(made) == ["一年级(1)班"])
            #expect(try await made.city.client(.dongxing).get(path).status == 404)
            #expect(try await made.city.client(.wang).get(path).status == 404)
        }
    }

    @Test func `a file without classes is refused, and a class with pupils is not taken back`() async throws {
        try await RosterCity.run(.sqlite) { made in
            let li = try await made.city.client(.li), root = ClassListPages.root
            let none = try await li.upload(
                root, from: root + "/new", field: "file", fileName: "x.csv", Array("姓名,性别\n韦小明,男\n".utf8), [])
            #expect(none.status == 422 && none.text.contains("没有找到班级"))
            let sent = try await li.upload(
                root, from: root + "/new", field: "file", fileName: "x.csv", Array("年级,班号\n三年级,2\n".utf8), [])
            let path = try #require(sent.location)
            _ = try await li.post(path + "/acceptance", from: path)
            let school = made.school.id
            let group = try await made.database.read { db in
                try ClassGroupStore(db).upcoming(of: school, on: Timestamp.now.day, within: .everything).first {
                    $0.number == 2
                }
            }
            let opened: ClassGroup = try #require(group)
            try await made.pupil("黄小芳", in: opened)
            _ = try await li.post(path + "/undo", from: path)
            #expect(try await li.get(path).text.contains("已新建班级"))
            #expect(try await open(made).count == 2)
        }
    }
}
