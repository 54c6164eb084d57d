import Kernel
import Testing

@testable import Directory

@Suite("Numbers of people") struct PersonIdentifierTests {
    private func problem(_ kind: PersonIdentifierKind, _ text: String, type: String = "") -> String? {
        do {
            _ = try PersonIdentifier(kind, text, documentType: type)
            return nil
        } catch DomainError.invalid(let problems) {
            return problems[0].message
        } catch { return "\(error)" }
    }

    @Test(arguments: [
        "11010519491231002X", "34052419800101001x", "450699200809010014", "450699 20080901 0022", "４５０６９９１９８５０６２０００１３",
        "130503670401001",
    ])
    func `a citizen number with a right check digit is taken`(text: String) {
        #expect(problem(.citizenNumber, text) == nil)
    }

    @Test(arguments: [
        ("340524198001010013", "核对每一位"), ("45069920080901001", "现为 17 位"), ("450699200802300018", "出生日期"),
        ("450699200813010018", "出生日期"), ("990699200809010014", "地区码"), ("45069920080901001Y", "只能有数字"),
        ("", "现为 0 位"), ("王", "现为 1 位"),
    ])
    func `a wrong citizen number is refused with the reason`(text: String, reason: String) {
        #expect(problem(.citizenNumber, text)?.contains(reason) ?? false, "\(text)")
    }

    @Test(arguments: [
        (PersonIdentifierKind.citizenNumber, "11010519491231002X", true), (.citizenNumber, "11010519491231002x", false),
        (.citizenNumber, "130503670401001", false), (.phone, "19900000001", true), (.phone, "008619900000001", false),
        (.phone, "+8619900000001", false), (.studentNumber, "G450699200809010014", true),
        (.studentNumber, "G4506-99200809010014", false), (.staffNumber, "T20150001", true), (.staffNumber, "ｔ1", false),
    ])
    func `what is spelled as it is kept stays so, and everything else is brought there`(
        _ kind: PersonIdentifierKind, _ text: String, _ isSpelled: Bool
    ) throws {
        #expect(PersonIdentifier.isSpelled(text, kind) == isSpelled)
        let kept = try PersonIdentifier(kind, text)
        #expect(PersonIdentifier.isSpelled(kept.text, kind) && (kept.text == text) == isSpelled)
        #expect(try PersonIdentifier(kind, kept.text) == kept)
        #expect(kind.purpose == "directory_person_identifier." + kind.rawValue)
    }

    @Test func `an old number of fifteen digits is the same as its long form`() throws {
        let long = try PersonIdentifier(.citizenNumber, "130503196704010016")
        #expect(try PersonIdentifier(.citizenNumber, "130503670401001") == long)
    }

    @Test func `every single wrong digit of a citizen number is noticed`() {
        let good = Array("450699200809010014".utf8)
        for place in 0..<17 {
            for digit in UInt8(0x30)...0x39 where digit != good[place] {
                var bad = good
                bad[place] = digit
                #expect(problem(.citizenNumber, String(decoding: bad, as: UTF8.self)) != nil)
            }
        }
    }

    @Test(arguments: ["G450699200809010014", "g4506 9920 0809 0100 22", "L450699200809019999", "J450699200809010030"])
    func `a student number of each sort is taken`(text: String) {
        #expect(problem(.studentNumber, text) == nil)
    }

    @Test(arguments: [
        ("G45069920080901001", "现为 18 位"), ("450699200809010014", "应以 G、J 或 L 开头"), ("G450699200809010013", "核对每一位"),
        ("L450699200813019999", "出生日期"), ("G4506992008090100AX", "只能有数字"),
    ])
    func `a wrong student number is refused with the reason`(text: String, reason: String) {
        #expect(problem(.studentNumber, text)?.contains(reason) ?? false, "\(text)")
    }

    @Test func `phones, staff numbers and other documents have their shapes`() {
        for good in ["19900000001", "+86 199-0000-0001", "0086 19900000001", "１９９００００ ０００１"] {
            #expect(problem(.phone, good) == nil, "\(good)")
        }
        for bad in ["1990000000", "12900000001", "07701234567", "1990000000a"] {
            #expect(problem(.phone, bad) != nil, "\(bad)")
        }
        #expect(problem(.staffNumber, "t2015-001") == nil && problem(.staffNumber, "工号") != nil)
        #expect(problem(.document, "E12345678", type: "A") == nil && problem(.document, "E12345678") != nil)
        #expect(problem(.document, "E12345678", type: "1") != nil && problem(.document, "E1'", type: "A") != nil)
    }

    @Test func `what is shown of a number is its mask`() throws {
        let number = try PersonIdentifier(.citizenNumber, "450699200809010014")
        #expect(number.masked == "450699**********14")
        #expect("\(number)" == number.masked && String(reflecting: number) == number.masked)
        #expect(!String(describing: [number]).contains("0809"))
        #expect(try PersonIdentifier(.phone, "19900000123").masked == "199****0123")
        #expect(try PersonIdentifier(.studentNumber, "G450699200809010014").masked == "G450699**********14")
        #expect(try PersonIdentifier(.staffNumber, "T123").masked == "****")
        #expect(try PersonIdentifier(.staffNumber, "T20150001").masked == "T******01")
    }
}
