/// The official number of a clause: its style and its value, for example `(三)` or `第一条`.
package struct ClauseNumber: Hashable, Sendable, Codable {
    /// The styles of official numbering, from the outermost to the innermost. A clause belongs below the nearest
    /// clause before it whose style stands further out.
    package enum Style: String, Hashable, Sendable, Codable, CaseIterable {
        case part, chapter, section, article, ideographic, bracketedIdeographic, arabic, bracketedArabic, circled
        /// The text before the first number.
        case preamble
        /// A clause without a number of its own, made by a person in the preview; counted through the document.
        case unnumbered

        /// The place of the style in the nesting; `nil` for clauses outside it.
        var rank: Int? {
            switch self {
            case .part: 0
            case .chapter: 1
            case .section: 2
            case .article: 3
            case .ideographic: 4
            case .bracketedIdeographic: 5
            case .arabic: 6
            case .bracketedArabic: 7
            case .circled: 8
            case .preamble, .unnumbered: nil
            }
        }
    }

    package let style: Style
    /// Counted from 1.
    package let value: Int

    package init(_ style: Style, _ value: Int) {
        (self.style, self.value) = (style, value)
    }

    package static let preamble = ClauseNumber(.preamble, 1)

    /// How the number reads in a path: `前言`, `一`, `(一)`, `1`, `(1)`, `①`, `第一条`. Brackets are half-width.
    package var label: String {
        switch style {
        case .preamble: "前言"
        case .unnumbered: "段\(value)"
        case .part: "第\(numeral)部分"
        case .chapter: "第\(numeral)章"
        case .section: "第\(numeral)节"
        case .article: "第\(numeral)条"
        case .ideographic: numeral
        case .bracketedIdeographic: "(\(numeral))"
        case .arabic: "\(value)"
        case .bracketedArabic: "(\(value))"
        case .circled: ClauseNumbering.circledCharacter(value).map(String.init) ?? "\(value)"
        }
    }

    /// How the number stands before the clause in a document: the label with its mark. Empty for unnumbered clauses.
    package var token: String {
        switch style {
        case .preamble, .unnumbered: ""
        case .ideographic: "\(label)、"
        case .arabic: "\(label)."
        default: label
        }
    }

    /// Reads what a person types as a number: a label or a number with its mark, half or full width (`三、`, `（三）`,
    /// `3.`, `第三条`, `前言`). `nil` when it is none.
    package init?(typed text: String) {
        let typed = text.filter { !$0.isWhitespace }
        if typed == ClauseNumber.preamble.label {
            self = .preamble
        } else if let read = ClauseNumbering.read(typed), read.rest.isEmpty {
            self = read.number
        } else if let read = ClauseNumbering.read(typed + "、"), read.rest.isEmpty {
            self = read.number
        } else {
            return nil
        }
    }

    private var numeral: String { ChineseNumeral.text(value) }
}

/// Finds the number at the start of a paragraph.
package enum ClauseNumbering {
    /// A number found at the start of a paragraph.
    package struct Reading: Equatable, Sendable {
        package let number: ClauseNumber
        /// The number as the document writes it, with its mark.
        package let token: String
        /// The paragraph after the number, without leading white space.
        package let rest: String
        /// Whether the number counts only when it continues the numbers before it: `第三条` may begin a clause, or a
        /// sentence about the third clause.
        package let needsSequence: Bool
    }

    /// The number at the start of a trimmed paragraph; `nil` when there is none. A year (`2015年`), a decimal (`1.5倍`),
    /// an enumeration (`一、二年级`) and a reference (`(一)、(二)两项`) are none.
    package static func read(_ paragraph: String) -> Reading? {
        guard let found = shape(of: paragraph), !found.isProse else { return nil }
        return found.reading
    }

    /// Whether the paragraph begins like a numbered clause, also where `read` takes it for prose. Decimals do not.
    package static func looksNumbered(_ paragraph: String) -> Bool { shape(of: paragraph) != nil }

    private struct Shape {
        let reading: Reading
        let isProse: Bool
    }

    private static func shape(of paragraph: String) -> Shape? {
        var scanner = Scanner(paragraph)
        guard let first = scanner.peek else { return nil }
        if first == "第" { return ordinal(&scanner) }
        if first == "(" || first == "（" { return bracketed(&scanner) }
        if let value = circledValue(first) {
            scanner.advance()
            return finish(scanner, ClauseNumber(.circled, value), isProse: false)
        }
        return marked(&scanner)
    }

    /// `第一章`, `第三条`
    private static func ordinal(_ scanner: inout Scanner) -> Shape? {
        scanner.advance()
        scanner.skipSpace()
        guard let value = scanner.ideographic() ?? scanner.arabic(digits: 3) else { return nil }
        scanner.skipSpace()
        let style: ClauseNumber.Style
        switch scanner.peek {
        case "章": style = .chapter
        case "节": style = .section
        case "条": style = .article
        case "部" where scanner.peek(1) == "分":
            style = .part
            scanner.advance()
        default: return nil
        }
        scanner.advance()
        let closed = scanner.peek.map { $0.isWhitespace || "：:、".contains($0) } ?? true
        if let mark = scanner.peek, "：:、".contains(mark) { scanner.advance() }
        // A reference goes on with a verb or a particle: 第三条规定的, 第一节课.
        let prose = !closed && scanner.begins(withAny: ["规定", "所称", "所列", "至", "和", "的", "中", "第", "课", "或", "及"])
        return finish(scanner, ClauseNumber(style, value), isProse: prose, needsSequence: !closed)
    }

    /// `(一)`, `（1）`
    private static func bracketed(_ scanner: inout Scanner) -> Shape? {
        scanner.advance()
        scanner.skipSpace()
        let number: ClauseNumber
        if let value = scanner.ideographic() {
            number = ClauseNumber(.bracketedIdeographic, value)
        } else if let value = scanner.arabic(digits: 2) {
            number = ClauseNumber(.bracketedArabic, value)
        } else {
            return nil
        }
        scanner.skipSpace()
        guard let close = scanner.peek, close == ")" || close == "）" else { return nil }
        scanner.advance()
        let prose = scanner.begins(withAny: ["、(", "、（", "至(", "至（", "和(", "和（", "或(", "或（", "及(", "及（", "项", "款"])
        if !prose, let mark = scanner.peek, "、.．".contains(mark) { scanner.advance() }
        return finish(scanner, number, isProse: prose)
    }

    /// `一、`, `1.`, `1、`, `1)`
    private static func marked(_ scanner: inout Scanner) -> Shape? {
        let ideographic = scanner.ideographic()
        guard let value = ideographic ?? scanner.arabic(digits: 2), let mark = scanner.peek else { return nil }
        var style: ClauseNumber.Style = ideographic == nil ? .arabic : .ideographic
        switch mark {
        case "、": break
        case ".", "．":
            if scanner.peek(1).map(isDigit) == true, !scanner.yearFollows(at: 1) { return nil }
        case ")", "）":
            guard ideographic == nil else { return nil }
            style = .bracketedArabic
        default: return nil
        }
        scanner.advance()
        return finish(
            scanner, ClauseNumber(style, value), isProse: mark == "、" && enumerates(scanner, after: value))
    }

    /// Whether the text after `一、` goes on counting: `二年级`, `二、三等奖`.
    private static func enumerates(_ rest: Scanner, after value: Int) -> Bool {
        var rest = rest
        guard let next = rest.ideographic() ?? rest.arabic(digits: 2), let following = rest.peek else { return false }
        if following == "、" || following == "，" || following == "," { return true }
        return next == value + 1 && rest.begins(withAny: ["年级", "级", "类", "季度", "等", "产业", "号", "楼", "班", "期"])
    }

    private static func finish(
        _ scanner: Scanner, _ number: ClauseNumber, isProse: Bool, needsSequence: Bool = false
    ) -> Shape? {
        guard number.value > 0 else { return nil }
        let rest = scanner.rest
        let reading = Reading(
            number: number, token: scanner.consumed, rest: rest, needsSequence: needsSequence && !rest.isEmpty)
        return Shape(reading: reading, isProse: isProse)
    }

    static func circledCharacter(_ value: Int) -> Character? {
        guard (1...20).contains(value), let scalar = Unicode.Scalar(0x245F + UInt32(value)) else { return nil }
        return Character(scalar)
    }

    private static func circledValue(_ character: Character) -> Int? {
        guard let scalar = character.unicodeScalars.first, (0x2460...0x2473).contains(scalar.value) else { return nil }
        return Int(scalar.value - 0x245F)
    }

    private static func isDigit(_ character: Character) -> Bool { Scanner.digit(character) != nil }
}

/// Numbers written 一, 十二, 二十, 一百零五.
package enum ChineseNumeral {
    private static let digits: [Character] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"]

    static func isPart(_ character: Character) -> Bool {
        digits.contains(character) || "〇十百".contains(character)
    }

    /// 1...999 in words; Arabic digits beyond.
    package static func text(_ value: Int) -> String {
        guard (1...999).contains(value) else { return "\(value)" }
        let (hundreds, tens, ones) = (value / 100, value / 10 % 10, value % 10)
        var text = hundreds > 0 ? "\(digits[hundreds])百" : ""
        if tens > 0 {
            text += tens == 1 && hundreds == 0 ? "十" : "\(digits[tens])十"
        } else if hundreds > 0 && ones > 0 {
            text += "零"
        }
        if ones > 0 { text.append(digits[ones]) }
        return text
    }

    /// 1...999; `nil` when the words are not a number as it is properly written (`一二`, `十十`).
    package static func value(_ text: String) -> Int? {
        var (total, digit) = (0, 0)
        for character in text {
            switch character {
            case "百": (total, digit) = (total + digit * 100, 0)
            case "十": (total, digit) = (total + max(digit, 1) * 10, 0)
            case "〇": digit = 0
            default:
                guard let known = digits.firstIndex(of: character) else { return nil }
                digit = known
            }
        }
        total += digit
        guard (1...999).contains(total) else { return nil }
        let proper = self.text(total)
        let given = String(text.map { $0 == "〇" ? "零" : $0 })
        return given == proper || given == "一" + proper && proper.hasPrefix("十") ? total : nil
    }
}

/// A cursor over the characters of one paragraph.
private struct Scanner {
    private let text: String
    /// The beginning of the text: longer than any number with the words that tell prose from it.
    private let characters: [Character]
    private var position = 0

    init(_ text: String) {
        self.text = text
        characters = Array(text.prefix(40))
    }

    var peek: Character? { peek(0) }

    func peek(_ distance: Int) -> Character? {
        position + distance < characters.count ? characters[position + distance] : nil
    }

    mutating func advance() { position += 1 }

    mutating func skipSpace() {
        while let next = peek, next.isWhitespace { advance() }
    }

    /// The text read so far.
    var consumed: String { String(characters[..<position]) }

    /// The text not read yet, without leading white space.
    var rest: String { String(text.dropFirst(position).drop(while: \.isWhitespace)) }

    func begins(withAny texts: [String]) -> Bool {
        let ahead = String(characters[min(position, characters.count)...])
        return texts.contains { ahead.hasPrefix($0) }
    }

    /// Reads a Chinese numeral; stays where it is when there is none.
    mutating func ideographic() -> Int? {
        let start = position
        while let next = peek, ChineseNumeral.isPart(next) { advance() }
        if start < position, let value = ChineseNumeral.value(String(characters[start..<position])) { return value }
        position = start
        return nil
    }

    /// Reads a number of at most `limit` digits, half or full width; stays where it is when there is none such.
    mutating func arabic(digits limit: Int) -> Int? {
        let start = position
        var value = 0
        while let next = peek, let digit = Scanner.digit(next) {
            value = min(value * 10 + digit, 9999)
            advance()
        }
        if start < position, position - start <= limit { return value }
        position = start
        return nil
    }

    /// Whether four digits and 年 stand at the distance: `1.2015年…` is the first point, not a decimal.
    func yearFollows(at distance: Int) -> Bool {
        (0..<4).allSatisfy { peek(distance + $0).flatMap(Scanner.digit) != nil } && peek(distance + 4) == "年"
    }

    static func digit(_ character: Character) -> Int? {
        guard let value = character.unicodeScalars.first?.value else { return nil }
        switch value {
        case 0x30...0x39: return Int(value - 0x30)
        case 0xFF10...0xFF19: return Int(value - 0xFF10)
        default: return nil
        }
    }
}
