import Kernel
import Testing

@testable import Directory

@Suite("Fields of people") struct PersonFieldTests {
    private func canonical(_ id: String, _ text: String) throws -> String {
        try #require(PersonField.named(id)).canonical(text)
    }

    @Test
    func `every field of kind code names a list that exists, and no other does`() {
        for field in PersonField.all {
            #expect((field.kind == .code) == (field.list != nil), "\(field.id)")
        }
    }

    @Test
    func `ids, labels and aliases lead to one field each`() {
        #expect(Set(PersonField.all.map(\.id)).count == PersonField.all.count)
        for group in PersonField.Group.allCases {
            let words = PersonField.all.filter { $0.group == group || $0.group == .common }.flatMap {
                [$0.label] + $0.aliases
            }
            #expect(Set(words).count == words.count, "\(group)")
        }
    }

    @Test(arguments: [
        ("sex", "男", "1"), ("sex", "1-男", "1"), ("sex", "２", "2"), ("ethnicity", "壮族", "08"),
        ("ethnicity", "8", "08"), ("ethnicity", "08-壮族", "08"), ("ethnicity", "京", "49"),
        ("attendance", "住校生", "2"), ("leftBehind", "双亲留守", "2"), ("leftBehind", "否", "0"),
        ("onlyChild", "是", "1"), ("onlyChild", "√", "1"), ("onlyChild", "无", "0"),
        ("education", "大学本科毕业", "21"), ("title", "中学高级教师", "2"), ("maritalStatus", "1", "10"),
        ("nationality", "中国", "CHN"), ("health", "健康", "1"), ("householdKind", "农业", "1"),
        ("birthDate", "20150901", "2015-09-01"), ("birthDate", "2015年9月1日", "2015-09-01"),
        ("birthDate", "2015/9/1", "2015-09-01"), ("entryMonth", "201509", "2015-09"),
        ("entryMonth", "2015-09-01", "2015-09"), ("talent", "　书法 ", "书法"), ("talent", "", ""),
    ])
    func `word, code and code-word mean the same`(_ id: String, _ typed: String, _ kept: String) throws {
        #expect(try canonical(id, typed) == kept)
    }

    @Test(arguments: [
        ("sex", "男女"), ("ethnicity", "火星"), ("birthDate", "2015-02-30"), ("birthDate", "15年"),
        ("entryMonth", "2015"), ("onlyChild", "也许"),
    ])
    func `what cannot be read is refused at its field`(_ id: String, _ typed: String) throws {
        #expect {
            try canonical(id, typed)
        } throws: { error in
            guard case DomainError.invalid(let problems) = error else { return false }
            return problems.map(\.field) == [id]
        }
    }

    @Test
    func `the refusal of a sensitive value does not repeat it`() throws {
        #expect {
            try canonical("health", "某种疾病")
        } throws: { error in
            guard case DomainError.invalid(let problems) = error else { return false }
            return problems.allSatisfy { !$0.message.contains("某种疾病") }
        }
    }
}
