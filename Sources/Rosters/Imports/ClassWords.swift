import Directory
import Kernel
import Platform

/// A class as the words 年级 and 班级 of a roster mean it: `三(3)班`, `2015级3班`, `七年级` with `2班`, `高一(12)班`, `301`.
struct ClassWords: Hashable, Sendable {
    let stage: ClassStage
    let entryYear: Int
    let number: Int
    /// 学制 in years.
    let years: Int

    /// What cannot be told, in Chinese.
    struct Problem: Error, Equatable { let message: String }

    /// - Parameters:
    ///   - stages: of the school, in their order.
    ///   - day: on which the grade is meant.
    static func read(grade: String, classGroup: String, stages: [ClassStage], on day: LocalDate) throws -> ClassWords {
        var reading = Reading(stages: stages, year: SchoolYear(containing: day).start)
        let gradeKey = ChineseText.matchingKey(grade)
        if !gradeKey.isEmpty {
            let rest = reading.takeGrade(from: gradeKey)
            guard rest.isEmpty, reading.hasGrade else {
                throw Problem(message: "年级“\(ChineseText.quoted(grade))”看不出是哪个年级")
            }
        }
        let classKey = ChineseText.matchingKey(classGroup)
        guard !classKey.isEmpty else { throw Problem(message: "缺少班级") }
        let rest = reading.takeGrade(from: classKey)
        guard let number = reading.number(in: rest) else {
            throw Problem(message: "班级“\(ChineseText.quoted(classGroup))”看不出是几班")
        }
        guard (1...99).contains(number) else { throw Problem(message: "班号应在 1 到 99 之间") }
        return try reading.classWords(number, "\(grade)\(classGroup)")
    }

    /// What has been understood so far.
    private struct Reading {
        let stages: [ClassStage]
        /// In which the school year began.
        let year: Int
        var stage: ClassStage?
        var ordinal: Int?
        var entryYear: Int?
        /// A bare 1 to 9 before 年级, whose stage the school tells.
        var plain: Int?

        var hasGrade: Bool { ordinal != nil || entryYear != nil || plain != nil }

        init(stages: [ClassStage], year: Int) { (self.stages, self.year) = (stages, year) }

        /// Takes year, stage and grade off the front of the key; answers what is left.
        mutating func takeGrade(from key: String) -> String {
            var rest = key[...]
            for (word, found) in Reading.stageWords where rest.hasPrefix(word) {
                stage = found
                rest = rest.dropFirst(word.count)
                break
            }
            if let (found, length) = Reading.entryYear(rest) {
                entryYear = found
                rest = rest.dropFirst(length)
                for (word, found) in Reading.stageWords where rest.hasPrefix(word) {
                    stage = found
                    rest = rest.dropFirst(word.count)
                    break
                }
                return String(rest)
            }
            if let (found, ordinal) = Reading.code(rest) {
                (stage, self.ordinal) = (found, ordinal)
                return ""
            }
            return takeWord(rest)
        }

        private mutating func takeWord(_ key: Substring) -> String {
            var rest = key
            if rest.hasPrefix("初") || rest.hasPrefix("高"), let digit = Reading.digit(rest.dropFirst().first) {
                stage = rest.hasPrefix("初") ? .junior : .senior
                ordinal = digit
                rest = rest.dropFirst(2)
                return String(rest.hasPrefix("年级") ? rest.dropFirst(2) : rest)
            }
            for (index, word) in ["小", "中", "大", "学前"].enumerated() where rest.hasPrefix(word) {
                guard stages.contains(.kindergarten) || stage == .kindergarten else { break }
                (stage, ordinal) = (.kindergarten, index + 1)
                rest = rest.dropFirst(word.count)
                return rest == "班" ? "" : String(rest)
            }
            guard let digit = Reading.digit(rest.first) else { return threeDigits(rest) ?? String(rest) }
            let after = rest.dropFirst()
            if after.hasPrefix("年级") {
                plain = digit
                return String(after.dropFirst(2))
            }
            // 三(3)班, 三3班: a grade before a number in other signs.
            let isChinese = rest.first.map { !$0.isASCII } ?? false
            if after.hasPrefix("("), after.contains(")") {
                plain = digit
                return String(after)
            }
            if isChinese, let next = after.first, next.isASCII, next.isNumber {
                plain = digit
                return String(after)
            }
            return threeDigits(rest) ?? String(rest)
        }

        /// `301`, `0301`: grade and class in one number.
        private mutating func threeDigits(_ key: Substring) -> String? {
            var digits = key.hasSuffix("班") ? key.dropLast() : key
            guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), digits.count == 3 || digits.count == 4 else {
                return nil
            }
            if digits.count == 4 {
                guard digits.first == "0" else { return nil }
                digits = digits.dropFirst()
            }
            guard let grade = digits.first?.wholeNumberValue, (1...9).contains(grade) else { return nil }
            if hasGrade, plain != grade { return nil }
            plain = grade
            return String(digits.dropFirst())
        }

        /// The number of the class in what is left: `3班`, `(12)班`, `三班`, `十二`.
        func number(in rest: String) -> Int? {
            var key = rest[...]
            if key.hasSuffix("班") { key = key.dropLast() }
            if key.hasPrefix("("), key.hasSuffix(")") { key = key.dropFirst().dropLast() }
            for mark in ["-", "."] where key.hasPrefix(mark) { key = key.dropFirst() }
            if key.hasPrefix("第") { key = key.dropFirst() }
            if key.hasSuffix(".0") { key = key.dropLast(2) }
            if key.count <= 3, let number = Int(key) { return number }
            return Reading.chineseNumber(key)
        }

        func classWords(_ number: Int, _ words: String) throws -> ClassWords {
            if let entryYear {
                guard let stage = stage ?? (stages.count == 1 ? stages.first : stageByYear(entryYear)) else {
                    throw Problem(message: "班级“\(ChineseText.quoted(words))”看不出是哪个学段")
                }
                return ClassWords(stage: stage, entryYear: entryYear, number: number, years: stage.usualYears)
            }
            guard let (stage, ordinal) = grade else {
                throw Problem(message: hasGrade ? "“\(ChineseText.quoted(words))”与学校的学段不符" : "缺少年级")
            }
            let years = max(stage.usualYears, min(ordinal, stage.possibleYears.upperBound))
            guard (1...years).contains(ordinal) else {
                throw Problem(message: "“\(ChineseText.quoted(words))”与学校的学段不符")
            }
            return ClassWords(stage: stage, entryYear: year - ordinal + 1, number: number, years: years)
        }

        /// Of several stages the one in whose years a pupil of that entry year is now, when only one is possible.
        private func stageByYear(_ entryYear: Int) -> ClassStage? {
            let possible = stages.filter { (1...$0.usualYears).contains(year - entryYear + 1) }
            return possible.count == 1 ? possible.first : nil
        }

        private var grade: (ClassStage, Int)? {
            if let ordinal, let stage { return (stage, ordinal) }
            guard let plain else { return nil }
            if let stage, stage != .junior || plain < 7 { return (stage, plain) }
            if plain >= 7 { return stages.contains(.junior) || stage == .junior ? (.junior, plain - 6) : nil }
            if stages.contains(.primary) { return (.primary, plain) }
            return stages.count == 1 ? stages.first.map { ($0, plain) } : nil
        }

        private static let stageWords: [(String, ClassStage)] = [
            ("幼儿园", .kindergarten), ("小学", .primary), ("初中", .junior), ("高中", .senior), ("中职", .vocational),
        ]

        /// `2015级`, `2015`, `15级` with how many characters it takes.
        private static func entryYear(_ key: Substring) -> (Int, Int)? {
            let digits = key.prefix { $0.isASCII && $0.isNumber }
            let after = key.dropFirst(digits.count)
            let hasMark = after.hasPrefix("级") || after.hasPrefix("届")
            if digits.count == 4, let year = Int(digits), (2000...2099).contains(year), !after.hasPrefix("届") {
                return (year, hasMark ? 5 : 4)
            }
            if digits.count == 2, after.hasPrefix("级"), let year = Int(digits) { return (2000 + year, 3) }
            return nil
        }

        /// The city's own codes P1 to V3, and the national practice of stage digit and ordinal, 11 to 33.
        private static func code(_ key: Substring) -> (ClassStage, Int)? {
            guard key.count == 2, let last = key.last?.wholeNumberValue, (1...6).contains(last) else { return nil }
            let letters: [Character: ClassStage] = [
                "p": .primary, "j": .junior, "s": .senior, "k": .kindergarten, "v": .vocational,
            ]
            return key.first.flatMap { letters[$0] }.map { ($0, last) }
        }

        static func digit(_ character: Character?) -> Int? {
            guard let character else { return nil }
            if let found = chinese.firstIndex(of: character) { return found + 1 }
            guard character.isASCII, let value = character.wholeNumberValue, value > 0 else { return nil }
            return value
        }

        private static let chinese: [Character] = ["一", "二", "三", "四", "五", "六", "七", "八", "九"]

        /// 一 to 九十九.
        static func chineseNumber(_ text: Substring) -> Int? {
            let parts = text.split(separator: "十", omittingEmptySubsequences: false)
            guard !text.isEmpty, parts.count <= 2 else { return nil }
            func one(_ part: Substring, _ blank: Int) -> Int? {
                if part.isEmpty { return blank }
                guard part.count == 1, let first = part.first, let index = chinese.firstIndex(of: first) else {
                    return nil
                }
                return index + 1
            }
            if parts.count == 1 { return one(parts[0], 0).flatMap { $0 > 0 ? $0 : nil } }
            guard let tens = one(parts[0], 1), let ones = one(parts[1], 0) else { return nil }
            return tens * 10 + ones
        }
    }
}
