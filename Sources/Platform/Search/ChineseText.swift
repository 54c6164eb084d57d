/// Chinese text as people type it, brought into forms that can be compared and searched. Works over Unicode scalars:
/// a `Character` may hide combining marks.
package enum ChineseText {
    /// For storing and showing: full-width letters, digits and punctuation become half-width, characters without width
    /// and control characters go, white space of any kind (also U+00A0 and U+3000) is trimmed and collapses to one
    /// space. Letter case stays.
    package static func normalised(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        var gap = false
        for raw in text.unicodeScalars {
            switch kind(of: raw) {
            case .invisible: continue
            case .space: gap = !out.isEmpty
            case .visible(let scalar):
                if gap { out.append(" ") }
                gap = false
                out.append(scalar)
            }
        }
        return String(out)
    }

    /// For telling whether two cells mean the same: `normalised` without any space, in lower case, every kind of dash
    /// written `-`.
    package static func matchingKey(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for raw in text.unicodeScalars {
            guard case .visible(let scalar) = kind(of: raw) else { continue }
            if isDash(scalar) {
                out.append("-")
            } else {
                appendLowercase(scalar, to: &out)
            }
        }
        return String(out)
    }

    /// The search tokens of a text, see `runs(of:)`.
    package static func bigrams(of text: String) -> [String] { runs(of: text).flatMap(\.self) }

    /// The text cut into runs and each run into its tokens: a run of Chinese characters gives its overlapping pairs
    /// (a lone character stays alone), a run of other letters and digits gives one token in lower case. Punctuation and
    /// white space part runs. In a query the tokens of one run form a phrase.
    package static func runs(of text: String) -> [[String]] {
        var runs: [[String]] = []
        var chinese: [Unicode.Scalar] = []
        var word = String.UnicodeScalarView()
        func closeChinese() {
            guard !chinese.isEmpty else { return }
            runs.append(pairs(chinese))
            chinese.removeAll(keepingCapacity: true)
        }
        func closeWord() {
            guard !word.isEmpty else { return }
            runs.append([String(word)])
            word.removeAll()
        }
        for raw in text.unicodeScalars {
            switch kind(of: raw) {
            case .invisible: continue
            case .space:
                closeChinese()
                closeWord()
            case .visible(let scalar):
                if isChinese(scalar) {
                    closeWord()
                    chinese.append(scalar)
                } else if isWordPart(scalar) {
                    closeChinese()
                    appendLowercase(scalar, to: &word)
                } else {
                    closeChinese()
                    closeWord()
                }
            }
        }
        closeChinese()
        closeWord()
        return runs
    }

    /// Whether a scalar is an ideograph (or kana), which searching cuts into pairs.
    package static func isChinese(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x323AF, 0xF900...0xFAFF, 0x3005...0x3007, 0x3041...0x30FF:
            scalar.value != 0x3006
        default: false
        }
    }
}

extension ChineseText {
    private enum Kind {
        case visible(Unicode.Scalar)
        case space
        case invisible
    }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        switch scalar.value {
        case 0x21...0x7E, 0x3400...0x9FFF, 0x20000...0x323AF: .visible(scalar)
        case 0x20, 0x09...0x0D, 0x85, 0xA0, 0x3000: .space
        case 0x00...0x1F, 0x7F...0x9F, 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF: .invisible
        case 0xFE00...0xFE0F, 0x180B...0x180E: .invisible
        case 0xFF01...0xFF5E: .visible(Unicode.Scalar(UInt8(scalar.value - 0xFEE0)))
        default: scalar.properties.isWhitespace ? .space : .visible(scalar)
        }
    }

    /// Hyphens, dashes, the minus sign and the box drawing lines that clerks use as dashes.
    private static func isDash(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2D, 0x2010...0x2015, 0x2212, 0x2500, 0x2501, 0xFE58, 0xFE63: true
        default: false
        }
    }

    private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            switch scalar.value {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return true
            default: return false
            }
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .nonspacingMark, .spacingMark:
            return true
        default:
            return false
        }
    }

    private static func appendLowercase(_ scalar: Unicode.Scalar, to out: inout String.UnicodeScalarView) {
        switch scalar.value {
        case 0x41...0x5A: out.append(Unicode.Scalar(UInt8(scalar.value + 0x20)))
        case 0x00...0x7F, 0x2E80...0x9FFF: out.append(scalar)
        default: out.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        }
    }

    private static func pairs(_ run: [Unicode.Scalar]) -> [String] {
        guard run.count > 1 else { return [String(String.UnicodeScalarView(run))] }
        return (1..<run.count).map { String(String.UnicodeScalarView(run[($0 - 1)...$0])) }
    }
}
