import Kernel
import Testing
import Web

@testable import Exchange

@Suite("OneRoster 查询") struct OneRosterQuestionTests {
    private static let fields: Set<String> = [
        "sourcedId", "status", "dateLastModified", "familyName", "givenName", "roles", "score",
    ]

    private func record(
        _ id: String = "a", active: Bool = true, modified: String = "2026-09-01T08:00:00Z", family: String = "王",
        role: String = "student", score: Double? = nil
    ) throws -> OneRosterRecord {
        let org = OneRosterValue.object([OneRosterMember("sourcedId", "s1"), OneRosterMember("type", "org")])
        var members = [
            OneRosterMember("familyName", family),
            OneRosterMember(
                "roles", .list([.object([OneRosterMember("role", role), OneRosterMember("org", org)])])),
        ]
        if let score { members.append(OneRosterMember("score", .number(score))) }
        let moment = try #require(Timestamp(oneRoster: modified))
        return OneRosterRecord(id, isActive: active, modified: moment, members)
    }

    @Test(
        arguments: [
            ("familyName='王'", true), ("familyName!='王'", false), ("roles.role='student'", true),
            ("role='teacher'", false),
            ("roles.org.sourcedId='s1'", true), ("roles.org='s2'", false), ("familyName~'王'", true),
            ("score>='90'", true), ("score<'9'", false), ("status='active'", true),
            ("familyName='李' OR score>'80'", true), ("familyName='李' AND score>'80'", false),
            ("familyName='李' AND score>'80' OR status='active'", true),
            ("dateLastModified>'2026-09-01'", true), ("dateLastModified>'2026-09-01T16:00:00+08:00'", false),
            ("dateLastModified>='2026-09-01T08:00:00.000Z'", true), (" familyName = '王' ", true),
        ])
    func `a filter holds for what it says`(filter: String, holds: Bool) throws {
        let known = Self.fields.union(["role"])
        let read = try OneRosterFilter(filter, fields: known)
        #expect(read.matches(try record(score: 90)) == holds)
    }

    @Test(
        arguments: [
            "", "familyName", "familyName=王", "familyName='王", "nobody='x'", "familyName='a' XOR familyName='b'",
            "dateLastModified>'yesterday'", "familyName=='a'", "familyName='a' AND", "'a'=familyName",
        ])
    func `a filter that cannot be read is refused`(filter: String) {
        #expect(throws: OneRosterFault.self) { try OneRosterFilter(filter, fields: Self.fields) }
    }

    @Test func `a filter tells from when on a list must look`() throws {
        func since(_ text: String) throws -> Timestamp? {
            try OneRosterFilter(text, fields: Self.fields).changedSince
        }
        #expect(try since("dateLastModified>'2026-09-01'") == Timestamp(oneRoster: "2026-09-01"))
        #expect(try since("familyName='王' AND dateLastModified>='2026-09-01'") == Timestamp(oneRoster: "2026-09-01"))
        #expect(
            try since("dateLastModified>'2026-09-02' OR dateLastModified>'2026-09-01'")
                == Timestamp(oneRoster: "2026-09-01"))
        #expect(try since("dateLastModified>'2026-09-01' OR familyName='王'") == nil)
        #expect(try since("dateLastModified<'2026-09-01'") == nil)
    }

    @Test(
        arguments: [
            ("2026-09-01", 1_788_220_800_000), ("2026-09-01T00:00:00Z", 1_788_220_800_000),
            ("2026-09-01T08:00:00+08:00", 1_788_220_800_000), ("2026-09-01T08:00:00 08:00", 1_788_220_800_000),
            ("2026-09-01T00:00:00.5Z", 1_788_220_800_500), ("2026-09-01T00:00:00.123456Z", 1_788_220_800_123),
        ] as [(String, Int64)])
    func `moments are read as consumers write them`(text: String, milliseconds: Int64) {
        #expect(Timestamp(oneRoster: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "2026-13-01", "2026-09-01T25:00:00Z", "2026-09-01T00:00:00", "2026-09-01T00:00:00.Z", "x", "2026-09-01Z",
    ])
    func `what is no moment is none`(text: String) { #expect(Timestamp(oneRoster: text) == nil) }

    @Test func `a page has a size within bounds`() throws {
        func question(_ pairs: [(String, String)]) throws -> OneRosterQuestion {
            try OneRosterQuestion(FormValues(pairs.map { (name: $0.0, value: $0.1) }), known: Self.fields)
        }
        let plain = try question([])
        #expect(plain.limit == 100 && plain.offset == 0 && plain.sort == nil && plain.fields.isEmpty)
        #expect(try question([("limit", "5000")]).limit == 1000)
        #expect(try question([("sort", "nobody")]).sort == nil)
        #expect(try question([("fields", "givenName, familyName")]).fields == ["givenName", "familyName"])
        for wrong in [("limit", "0"), ("limit", "x"), ("offset", "-1"), ("orderBy", "up"), ("fields", "nobody")] {
            #expect(throws: OneRosterFault.self) { try question([wrong]) }
        }
    }

    @Test func `only what was asked for is told`() throws {
        let value = try record(family: "王\"\\\n").value(["sourcedId", "familyName"])
        #expect(String(decoding: value.bytes, as: UTF8.self) == #"{"sourcedId":"a","familyName":"王\"\\\u000a"}"#)
        #expect(String(decoding: OneRosterValue.list([.number(90), .number(1.5)]).bytes, as: UTF8.self) == "[90,1.5]")
    }

    @Test func `a list is walked page by page and forgotten after a while`() {
        let lists = OneRosterLists(most: 100), start = Timestamp(milliseconds: 0)
        lists.keep(OneRosterKeys(["a", "bc", "d"]), as: "first", at: start)
        let keys = lists.find("first", at: start.adding(seconds: 599))
        #expect(keys?.count == 3 && keys?.page(1, 5) == ["bc", "d"] && keys?.page(3, 5) == [])
        #expect(lists.find("first", at: start.adding(seconds: 1300)) == nil)
        lists.keep(OneRosterKeys(["a"]), as: "first", at: start.adding(seconds: 2000))
        lists.keep(
            OneRosterKeys(Array(repeating: "0123456789", count: 9)), as: "second", at: start.adding(seconds: 2001))
        #expect(lists.find("first", at: start.adding(seconds: 2002)) == nil)
        #expect(lists.find("second", at: start.adding(seconds: 2002))?.count == 9)
    }

    @Test(
        arguments: [
            ("王小明", "王", "小明"), ("欧阳娜", "欧阳", "娜"), ("欧阳", "欧", "阳"), ("王", "王", "王"),
            ("买买提·艾山", "艾山", "买买提"),
        ])
    func `names are taken apart`(name: String, family: String, given: String) {
        let parts = ChineseName(name)
        #expect(parts.family == family && parts.given == given)
    }

    @Test func `an offset beyond all lists stays a number that can be reckoned with`() throws {
        let values = FormValues([(name: "offset", value: String(Int.max)), (name: "limit", value: String(Int.max))])
        let question = try OneRosterQuestion(values, known: Self.fields)
        #expect(question.limit == OneRosterQuestion.mostLimit && question.offset == OneRosterQuestion.mostOffset)
        #expect(OneRosterKeys(["a"]).page(question.offset, question.limit) == [])
        for key in ["term-9999999-1", "grading--5-1", "term-9223372036854775807-1"] {
            #expect(OneRosterSessions.term(key) == nil, "\(key)")
        }
    }

    @Test func `a consumer that asks too often has to wait`() {
        let meter = OneRosterMeter(most: 2), start = Timestamp(milliseconds: 0)
        #expect(meter.admits("a", at: start) && meter.admits("a", at: start))
        #expect(!meter.admits("a", at: start))
        #expect(meter.admits("b", at: start) && meter.admits("a", at: start.adding(seconds: 60)))
    }
}
