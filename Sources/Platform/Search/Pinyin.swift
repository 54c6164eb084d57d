import Foundation
import Synchronization

/// Pinyin of Chinese text for search and sort keys: no tones, `ü` written `v`, everything in lower case.
///
/// Readings come from the system's character table, corrected by `PinyinReadings`, since the table reads characters
/// one by one (长沙 as zhǎng shā).
package enum Pinyin {
    package enum Subject: Sendable {
        /// Names of places and organisations, and any other text.
        case text
        /// A person's name; its first characters are read as a surname (单 as shan, 区 as ou).
        case person
    }

    /// The first letter of every syllable; Latin letters and digits stay: `防城港市实验小学` is `fcgssyxx`,
    /// `那良镇第2小学` is `nlzd2xx`. Anything else is left out.
    package static func initials(of text: String, as subject: Subject = .text) -> String {
        var out = ""
        for part in parts(of: text, as: subject) {
            switch part {
            case .syllable(let syllable): if let first = syllable.first { out.append(first) }
            case .verbatim(let word): out += word
            }
        }
        return out
    }

    /// The syllables written together: `东兴镇` is `dongxingzhen`. Latin letters and digits stay.
    package static func full(of text: String, as subject: Subject = .text, separator: String = "") -> String {
        parts(of: text, as: subject).map { part in
            switch part {
            case .syllable(let syllable): syllable
            case .verbatim(let word): word
            }
        }.joined(separator: separator)
    }
}

extension Pinyin {
    private enum Part {
        case syllable(String)
        /// A run of letters and digits that were Latin already.
        case verbatim(String)
    }

    private static func parts(of text: String, as subject: Subject) -> [Part] {
        let scalars = Array(ChineseText.normalised(text).unicodeScalars)
        var parts: [Part?] = []
        var open: [(position: Int, scalar: Unicode.Scalar)] = []
        var index = 0
        if subject == .person, let (syllables, length) = PinyinReadings.surname(scalars) {
            parts += syllables.map { Part.syllable($0) }
            index = length
        }
        while index < scalars.count {
            let scalar = scalars[index]
            if let (syllables, length) = PinyinReadings.phrase(scalars[index...]) {
                parts += syllables.map { Part.syllable($0) }
                index += length
            } else if let syllable = PinyinReadings.characters[scalar] {
                parts.append(.syllable(syllable))
                index += 1
            } else if isIdeograph(scalar) {
                open.append((parts.count, scalar))
                parts.append(nil)
                index += 1
            } else {
                let word = scalars[index...].prefix(while: isLatin)
                if !word.isEmpty { parts.append(.verbatim(String(String.UnicodeScalarView(word)).lowercased())) }
                index += max(1, word.count)
            }
        }
        let readings = systemReadings(of: open.map(\.scalar))
        for (entry, reading) in zip(open, readings) where !reading.isEmpty {
            parts[entry.position] = .syllable(reading)
        }
        return parts.compactMap(\.self)
    }

    /// Readings of characters met so far. The transform takes some 18 µs a character; a city's names use a few hundred
    /// characters, so remembering them makes a name cost a few microseconds.
    private static let remembered = Mutex<[Unicode.Scalar: String]>([:])

    /// The system table's readings, in order; empty where it has none.
    private static func systemReadings(of scalars: [Unicode.Scalar]) -> [String] {
        guard !scalars.isEmpty else { return [] }
        let known = remembered.withLock { table in scalars.map { table[$0] } }
        let missing = zip(scalars, known).compactMap { $1 == nil ? $0 : nil }
        guard !missing.isEmpty else { return known.compactMap(\.self) }
        let found = Dictionary(missing.map { ($0, transformed($0)) }, uniquingKeysWith: { first, _ in first })
        remembered.withLock { table in table.merge(found) { first, _ in first } }
        return zip(scalars, known).map { $1 ?? found[$0] ?? "" }
    }

    private static func transformed(_ scalar: Unicode.Scalar) -> String {
        let latin = String(Character(scalar)).applyingTransform(.mandarinToLatin, reverse: false) ?? ""
        return syllable(toneless: latin)
    }

    private static func syllable(toneless latin: String) -> String {
        var out = ""
        for scalar in latin.unicodeScalars {
            switch scalar {
            case "a"..."z": out.unicodeScalars.append(scalar)
            case "ā", "á", "ǎ", "à": out += "a"
            case "ē", "é", "ě", "è", "ê": out += "e"
            case "ī", "í", "ǐ", "ì": out += "i"
            case "ō", "ó", "ǒ", "ò": out += "o"
            case "ū", "ú", "ǔ", "ù": out += "u"
            case "ǖ", "ǘ", "ǚ", "ǜ", "ü": out += "v"
            case "ń", "ň", "ǹ": out += "n"
            case "ḿ": out += "m"
            default: continue
            }
        }
        return out
    }

    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x323AF, 0x3007, 0xF900...0xFAFF: true
        default: false
        }
    }

    private static func isLatin(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "A"..."Z", "a"..."z": true
        default: false
        }
    }
}
