import Kernel
import Testing

@testable import Directory

@Suite("查看内容")
struct LookItemTests {
    @Test func `every number and every sealed field can be seen in exactly one way`() {
        let numbers = LookItem.all.flatMap(\.numbers), fields = LookItem.all.flatMap(\.fields)
        #expect(Set(numbers) == Set(PersonIdentifierKind.allCases) && numbers.count == Set(numbers).count)
        #expect(Set(fields) == Set(PersonField.all.filter(\.isSensitive)))
        #expect(fields.count == Set(fields).count)
        #expect(fields.filter { !$0.isSensitive }.isEmpty)
        #expect(Set(LookItem.all.map(\.id)).count == LookItem.all.count)
    }

    @Test func `documents are not for class teachers`() {
        for id in ["citizen_number", "document", "staff_number", "household"] {
            #expect(LookItem.named(id)?.isForClassTeachers == false, "\(id)")
        }
        #expect(LookItem.named("address")?.isForClassTeachers == true)
    }

    @Test func `a reason must be chosen, and 其他 explained`() throws {
        #expect(try LookReason("10") == LookReason("10", note: ""))
        #expect(throws: DomainError.self) { try LookReason("") }
        #expect(throws: DomainError.self) { try LookReason("100") }
        #expect(throws: DomainError.self) { try LookReason("99") }
        #expect(try LookReason("99", note: "家访前核对").note == "家访前核对")
        #expect(throws: DomainError.self) { try LookReason("10", note: String(repeating: "长", count: 101)) }
    }

    @Test(arguments: ["电话13977000123", "450699 2008", "号码 139-770", "４５０６９９"])
    func `an explanation carries no number`(_ note: String) {
        #expect(throws: DomainError.self) { try LookReason("10", note: note) }
    }

    @Test(arguments: ["核对 2026 级 12 班", "第 3 次，共 12345 元"])
    func `short figures are no numbers`(_ note: String) throws {
        #expect(try LookReason("10", note: note).note == note)
    }
}
