import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Rosters

/// What the search finds, who may decide it, and that a decision is remembered.
@Suite("Looking for duplicates")
struct DuplicateSearchTests {
    private static let born = ["birthDate": "2008-09-01"]

    @Test(
        "By number, by name with birth date, by name with a parent, by name at one school",
        arguments: TestDatabase.allCases)
    func reasons(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            try await made.pupil("黄小芳", numbers: [.studentNumber: "G" + RosterCity.girl])
            try await made.pupil("黄晓芳", numbers: [.citizenNumber: RosterCity.girl])
            try await made.pupil("韦小明", facts: DuplicateSearchTests.born)
            try await made.pupil("韦小明", in: made.borderClass, facts: DuplicateSearchTests.born)
            try await made.pupil("农小兰", numbers: [.studentNumber: "J450699200801020015"], parent: "13900000001")
            try await made.pupil("农小兰", in: made.borderClass, parent: "13900000001")
            try await made.teacher("赵大海", numbers: [.phone: "13900000002"])
            try await made.teacher("赵大海", numbers: [.staffNumber: "A002"])
            // Not the same: another birth date, another 身份证号.
            try await made.pupil("陆小河", facts: DuplicateSearchTests.born)
            try await made.pupil("陆小河", in: made.borderClass, facts: ["birthDate": "2009-02-02"])
            try await made.pupil("覃小山", numbers: [.citizenNumber: RosterCity.boy], facts: DuplicateSearchTests.born)
            try await made.pupil(
                "覃小山", in: made.borderClass, numbers: [.citizenNumber: "45069920120315013X"],
                facts: DuplicateSearchTests.born)

            #expect(try await made.search() == 4)
            let found = try await made.open()
            let words = Set(
                found.map { "\($0.reason.rawValue) \([$0.name, $0.otherName].sorted().joined(separator: "-"))" })
            #expect(words == ["number 黄小芳-黄晓芳", "born 韦小明-韦小明", "parent 农小兰-农小兰", "school 赵大海-赵大海"])
            #expect(try await made.search() == 0)
        }
    }

    @Test("A pair of two schools is decided above both", arguments: TestDatabase.allCases)
    func places(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            try await made.pupil("韦小明", facts: DuplicateSearchTests.born)
            try await made.pupil("韦小明", in: made.borderClass, facts: DuplicateSearchTests.born)
            #expect(try await made.search(DataScope([made.school.path])) == 1)
            let pair = try #require(try await made.open().first)
            #expect(pair.path == .city)
            let path = DuplicatePages.path(pair.id)
            let li = try await made.city.client(.li), dongxing = try await made.city.client(.dongxing)
            let bureau = try await made.city.client(.bureau)
            #expect(try await li.get(path).status == 404)
            #expect(try await li.post(path + "/different", from: DuplicatePages.root).status == 404)
            #expect(try await dongxing.get(path).status == 404)
            #expect(try await li.get(DuplicatePages.root).text.contains("没有疑似重复"))
            #expect(try await bureau.get(DuplicatePages.root).text.contains(path))
            #expect(try await bureau.post(path + "/different", from: path).status == 303)
            #expect(try await made.search() == 0)
            #expect(try await made.open().isEmpty)
        }
    }
}
