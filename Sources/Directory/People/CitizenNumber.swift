import Kernel

/// 公民身份号码, GB 11643-1999: six digits of the area, eight of the birth date, three of the sequence, one to check.
package enum CitizenNumber {
    /// What is wrong with a number of 18 digits (the last may be X), in Chinese; `nil` when it can be one.
    package static func problem(in text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count == 18 else { return "身份证号应为 18 位，现为 \(text.unicodeScalars.count) 位" }
        guard bytes.dropLast().allSatisfy(isDigit), isDigit(bytes[17]) || bytes[17] == 0x58 else {
            return "身份证号只能有数字，末位可以是 X"
        }
        guard provinces.contains(String(decoding: bytes[..<2], as: UTF8.self)) else { return "身份证号的地区码不存在" }
        guard birthDate(in: bytes[6..<14]) != nil else { return "身份证号里的出生日期不存在" }
        guard checkDigit(of: bytes[..<17]) == bytes[17] else { return "身份证号有误，核对每一位" }
        return nil
    }

    /// The 18 digits of an old number of 15; `nil` when it has not 15 digits.
    package static func extended(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count == 15, bytes.allSatisfy(isDigit) else { return nil }
        let first: [UInt8] = Array(bytes[..<6]) + [0x31, 0x39] + Array(bytes[6...])
        return String(decoding: first + [checkDigit(of: first)], as: UTF8.self)
    }

    /// The last character, by ISO 7064 MOD 11-2 over 17 ASCII digits.
    package static func checkDigit(of digits: some Sequence<UInt8>) -> UInt8 {
        let sum = zip(digits, weights).reduce(0) { $0 + Int($1.0 - 0x30) * $1.1 }
        return checks[sum % 11]
    }

    /// The birth date that a number tells which has no problem.
    package static func birthDate(of number: String) -> LocalDate? {
        let bytes = Array(number.utf8)
        return bytes.count == 18 ? birthDate(in: bytes[6..<14]) : nil
    }

    /// The 性别 code that a number tells which has no problem: odd sequences are male.
    package static func sex(of number: String) -> String? {
        let bytes = Array(number.utf8)
        return bytes.count == 18 ? (bytes[16] % 2 == 1 ? "1" : "2") : nil
    }

    /// The day that eight digits name, from 1900 on; `nil` when there is none.
    static func birthDate(in digits: ArraySlice<UInt8>) -> LocalDate? {
        let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard number >= 1900_00_00 else { return nil }
        return LocalDate(year: number / 10_000, month: number / 100 % 100, day: number % 100)
    }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    private static let checks = Array("10X98765432".utf8)
    /// GB/T 2260, the first two digits.
    private static let provinces: Set<String> = [
        "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43",
        "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83",
    ]
}

/// 全国学籍号: issued by the national system, never made here. `G` stands before the citizen number of that time, `J`
/// before a number of the school's area with birth date, sequence and check digit, `L` before a temporary one.
package enum StudentNumber {
    /// What is wrong with a number in capital letters, in Chinese; `nil` when it can be one.
    package static func problem(in text: String) -> String? {
        let bytes = Array(text.utf8)
        guard let letter = bytes.first, [0x47, 0x4A, 0x4C].contains(letter) else { return "学籍号应以 G、J 或 L 开头" }
        guard bytes.count == 19 else { return "学籍号应为 1 个字母加 18 位，现为 \(text.unicodeScalars.count) 位" }
        let digits = bytes[1...]
        guard digits.dropLast().allSatisfy(CitizenNumber.isDigit),
            CitizenNumber.isDigit(bytes[18]) || bytes[18] == 0x58
        else { return "学籍号的字母后只能有数字，末位可以是 X" }
        guard CitizenNumber.birthDate(in: bytes[7..<15]) != nil else { return "学籍号里的出生日期不存在" }
        // The last digits of a temporary number are random.
        let isChecked = letter != 0x4C
        if isChecked, CitizenNumber.checkDigit(of: bytes[1..<18]) != bytes[18] { return "学籍号有误，核对每一位" }
        return nil
    }
}
