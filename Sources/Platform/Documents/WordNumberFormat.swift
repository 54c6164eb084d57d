/// How Word writes the numbers of a list level (ECMA-376 part 1, 17.18.59).
enum WordNumberFormat: Equatable {
    case decimal, decimalZero, fullWidth, circled, parenthesised, fullStop
    case chinese, chineseLegal, chineseDigits, heavenlyStems, earthlyBranches
    case upperRoman, lowerRoman, upperLetter, lowerLetter
    case bullet, none

    /// Formats of other scripts come out as decimal numbers.
    init(name: String) {
        self =
            switch name {
            case "decimalZero": .decimalZero
            case "decimalFullWidth", "decimalFullWidth2": .fullWidth
            case "decimalEnclosedCircle", "decimalEnclosedCircleChinese": .circled
            case "decimalEnclosedParen": .parenthesised
            case "decimalEnclosedFullstop": .fullStop
            case "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
                "taiwaneseCountingThousand":
                .chinese
            case "chineseLegalSimplified", "ideographLegalTraditional": .chineseLegal
            case "ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand": .chineseDigits
            case "ideographTraditional": .heavenlyStems
            case "ideographZodiac": .earthlyBranches
            case "upperRoman": .upperRoman
            case "lowerRoman": .lowerRoman
            case "upperLetter": .upperLetter
            case "lowerLetter": .lowerLetter
            case "bullet": .bullet
            case "none": .none
            default: .decimal
            }
    }

    /// - Parameter value: 0 or more.
    func text(_ value: Int) -> String {
        switch self {
        case .decimal: String(value)
        case .decimalZero: value < 10 ? "0\(value)" : String(value)
        case .fullWidth: WordNumberFormat.digits(value, Array("０１２３４５６７８９"))
        case .circled: WordNumberFormat.symbol(value, first: 0x2460, count: 20)
        case .parenthesised: WordNumberFormat.symbol(value, first: 0x2474, count: 20)
        case .fullStop: WordNumberFormat.symbol(value, first: 0x2488, count: 20)
        case .chinese: ChineseNumeral.text(value)
        case .chineseLegal: ChineseNumeral.legal(value)
        case .chineseDigits: WordNumberFormat.digits(value, Array("〇一二三四五六七八九"))
        case .heavenlyStems: WordNumberFormat.cycle(value, Array("甲乙丙丁戊己庚辛壬癸"))
        case .earthlyBranches: WordNumberFormat.cycle(value, Array("子丑寅卯辰巳午未申酉戌亥"))
        case .upperRoman: WordNumberFormat.roman(value)
        case .lowerRoman: WordNumberFormat.roman(value).lowercased()
        case .upperLetter: WordNumberFormat.letter(value, first: 0x41)
        case .lowerLetter: WordNumberFormat.letter(value, first: 0x61)
        case .bullet, .none: ""
        }
    }

    private static func digits(_ value: Int, _ signs: [Character]) -> String {
        String(String(value).utf8.map { signs[Int($0) - 0x30] })
    }

    private static func symbol(_ value: Int, first: UInt32, count: Int) -> String {
        guard (1...count).contains(value), let scalar = Unicode.Scalar(first + UInt32(value - 1)) else {
            return String(value)
        }
        return String(Character(scalar))
    }

    private static func cycle(_ value: Int, _ signs: [Character]) -> String {
        (1...signs.count).contains(value) ? String(signs[value - 1]) : String(value)
    }

    /// A … Z, AA, BB …: Word repeats the letter.
    private static func letter(_ value: Int, first: UInt8) -> String {
        guard (1...780).contains(value) else { return String(value) }
        let letter = first + UInt8((value - 1) % 26)
        return String(decoding: [UInt8](repeating: letter, count: (value - 1) / 26 + 1), as: UTF8.self)
    }

    private static func roman(_ value: Int) -> String {
        guard (1...3999).contains(value) else { return String(value) }
        let signs: [(Int, String)] = [
            (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
            (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
        ]
        var rest = value
        var text = ""
        for (amount, sign) in signs {
            while rest >= amount {
                text += sign
                rest -= amount
            }
        }
        return text
    }
}

/// Chinese numerals below ten thousand; larger numbers come in digits.
enum ChineseNumeral {
    /// 十二, 二十, 一百零五.
    static func text(_ value: Int) -> String {
        let text = compose(value, Array("零一二三四五六七八九"), ["", "十", "百", "千"])
        return text.hasPrefix("一十") ? String(text.dropFirst()) : text
    }

    /// 壹拾贰, as on cheques.
    static func legal(_ value: Int) -> String {
        compose(value, Array("零壹贰叁肆伍陆柒捌玖"), ["", "拾", "佰", "仟"])
    }

    private static func compose(_ value: Int, _ signs: [Character], _ units: [String]) -> String {
        guard (0...9999).contains(value) else { return String(value) }
        if value == 0 { return String(signs[0]) }
        let digits = String(value).utf8.map { Int($0) - 0x30 }
        var text = ""
        var hasGap = false
        for (index, digit) in digits.enumerated() {
            if digit == 0 {
                hasGap = true
                continue
            }
            if hasGap { text.append(signs[0]) }
            hasGap = false
            text.append(signs[digit])
            text += units[digits.count - 1 - index]
        }
        return text
    }
}
