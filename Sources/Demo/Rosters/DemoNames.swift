import Directory

/// Fictional people: names of the region, and numbers that cannot belong to anybody. No county has the area 450699, and
/// no operator gives out 1990000.
enum DemoNames {
    /// Frequent in the city, 壮, 瑶 and 京 among them.
    static let surnames = Array("韦黄陆覃农盘阮苏梁李陈吴邓何林刘杨罗莫潘龚武段张王周").map(String.init)
    private static let boys = Array("浩宇俊杰志强文博海涛子轩家豪伟明建华振国东旭").map(String.init)
    private static let girls = Array("欣怡雨婷思琪佳慧晓丽美玲静雯梦瑶秀英海燕春兰").map(String.init)

    static func person(_ generator: inout SeededGenerator, isMale: Bool) -> String {
        let given = isMale ? boys : girls
        let first = generator.pick(given), second = generator.pick(given)
        // A fifth have a given name of one character.
        let isShort = generator.fraction() < 0.2 || first == second
        return generator.pick(surnames) + first + (isShort ? "" : second)
    }

    /// 18 digits of the area 450699; `sequence` up to 499 tells people of one birthday apart.
    static func citizenNumber(born year: Int, month: Int, day: Int, sequence: Int, isMale: Bool) -> String {
        let digits = "450699" + birth(year, month, day) + padded(sequence * 2 + (isMale ? 1 : 0), 3)
        return digits + String(UnicodeScalar(CitizenNumber.checkDigit(of: digits.utf8)))
    }

    /// A temporary 学籍号 of the same area.
    static func temporaryStudentNumber(born year: Int, month: Int, day: Int, sequence: Int) -> String {
        "L450699" + birth(year, month, day) + padded(sequence, 4)
    }

    static func phone(_ number: Int) -> String { "1990000" + padded(number, 4) }

    private static func birth(_ year: Int, _ month: Int, _ day: Int) -> String {
        String(year) + padded(month, 2) + padded(day, 2)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
