import Kernel
import Platform

/// The terms of the index. The first letter says of what kind one is, the rest is folded text:
/// `t` in title or lesson, `n` in names, tags and words of the catalogue, `a` in summary and files, each a pair of
/// ideographs or a word; `u` one ideograph, `y` two syllables, `i` two or three initials of title, lesson or name;
/// `f` a facet, `v` who may see it, `l` everything that stands in the index.
enum SearchTerms {
    static let live = "l"
    /// Terms of summary and files together; more of a long file says nothing new.
    static let longestBody = 2_000
    /// Characters of one file that are looked at.
    private static let longestText = 20_000

    static func of(_ entry: SearchEntry) -> Set<String> {
        var terms = entry.marks
        terms.insert(live)
        for name in SearchFields.Name.allCases {
            for value in entry.fields[name] { terms.formUnion(of(value, as: name)) }
        }
        var body: Set<String> = []
        each(ofBody: entry.body) { body.insert($0).inserted }
        return terms.union(body)
    }

    /// Of one value of a field.
    static func of(_ value: String, as name: SearchFields.Name) -> Set<String> {
        var terms: Set<String> = []
        let letter: Character = name == .title || name == .lesson ? "t" : "n"
        for run in SearchText.runs(of: value) { each(of: run, letter) { terms.insert($0) } }
        if name != .word { addSounds(of: value, as: name == .teacher ? .person : .text, to: &terms) }
        return terms
    }

    /// Of summary and files, until there are enough.
    /// - Parameter take: says whether the term is the first of its kind.
    static func each(ofBody texts: [String], _ take: (String) -> Bool) {
        var count = 0
        for text in texts {
            let beginning = String(String.UnicodeScalarView(text.unicodeScalars.prefix(longestText)))
            for run in SearchText.runs(of: beginning) {
                guard count < longestBody else { return }
                each(of: run, body) { if take($0) { count += 1 } }
            }
        }
    }

    /// The letter of what stands in summary and files.
    static let body: Character = "a"

    private static func each(of run: SearchText.Run, _ letter: Character, _ take: (String) -> Void) {
        guard run.kind == .chinese else { return take(word(run.text, letter)) }
        for pair in SearchText.pairs(run.scalars) { take("\(letter)\(pair)") }
        if letter != body || run.scalars.count == 1 {
            for scalar in run.scalars { take(single(scalar)) }
        }
    }

    static func single(_ scalar: Unicode.Scalar) -> String { "u\(Character(scalar))" }

    /// Longer words are found by their beginning.
    static func word(_ text: String, _ letter: Character) -> String { "\(letter)\(text.prefix(24))" }

    private static func addSounds(of value: String, as subject: Pinyin.Subject, to terms: inout Set<String>) {
        let syllables = SearchSounds.syllables(of: value, as: subject)
        for run in syllables {
            for pair in SearchSounds.pairs(run) { terms.insert("y\(pair)") }
        }
        for gram in SearchSounds.grams(of: SearchSounds.initials(syllables)) { terms.insert("i\(gram)") }
    }
}

/// How text sounds, for initials and for characters that sound alike.
enum SearchSounds {
    /// The syllables of each run; letters and digits stand for themselves.
    static func syllables(of text: String, as subject: Pinyin.Subject) -> [[String]] {
        let folded = String(String.UnicodeScalarView(SearchText.folded(text)))
        return folded.split(separator: " ").map { part in
            Pinyin.full(of: String(part), as: subject, separator: " ").split(separator: " ").map(String.init)
        }
    }

    static func pairs(_ syllables: [String]) -> [String] {
        zip(syllables, syllables.dropFirst()).map { "\($0).\($1)" }
    }

    /// Of the whole field, over its gaps: 《背影》教案 is `byja`.
    static func initials(_ syllables: [[String]]) -> String {
        String(syllables.joined().compactMap(\.first))
    }

    /// Two and three letters each.
    static func grams(of initials: String) -> [String] {
        let scalars = Array(initials.unicodeScalars)
        return SearchText.grams(scalars, 2) + SearchText.grams(scalars, 3)
    }

    /// What must stand in a field for the typed initials to stand in it.
    static func grams(asking initials: String) -> [String] {
        let scalars = Array(initials.unicodeScalars)
        return SearchText.grams(scalars, min(3, scalars.count))
    }

    /// Ways to read letters that are looked at.
    private static let mostReadings = 12

    /// The syllables of pinyin written together, as `zhaozhouqiao`, in every way it can be read (`jinan` as jin an and as
    /// ji nan), as far as they are not too many; none for a single syllable and for what is no pinyin.
    static func readings(_ letters: String) -> [[String]] {
        let bytes = Array(letters.utf8)
        guard bytes.count >= 4, bytes.count <= 60 else { return [] }
        // From the end: whether the rest can be read at all.
        var isReadable = Array(repeating: false, count: bytes.count + 1)
        isReadable[bytes.count] = true
        func syllables(at start: Int) -> [(text: String, end: Int)] {
            (1...min(6, bytes.count - start)).reversed().compactMap { length in
                let text = String(decoding: bytes[start..<(start + length)], as: UTF8.self)
                return isReadable[start + length] && all.contains(text) ? (text, start + length) : nil
            }
        }
        for start in bytes.indices.reversed() { isReadable[start] = !syllables(at: start).isEmpty }
        var found: [[String]] = [], open: [(parts: [String], place: Int)] = [([], 0)]
        while let (parts, place) = open.popLast(), found.count < mostReadings {
            if place == bytes.count {
                if parts.count > 1 { found.append(parts) }
            } else {
                open += syllables(at: place).reversed().map { (parts + [$0.text], $0.end) }
            }
        }
        return found
    }

    /// The syllables of 普通话, from the table of initials and finals.
    private static let all: Set<String> = {
        let table: [(initials: String, finals: String)] = [
            ("b p m", "a o ai ei ao an en ang eng i ie iao ian in ing u"), ("f", "a o ei ou an en ang eng u"),
            ("m p", "ou"), ("m", "e iu"),
            ("d t n l", "a e ai ei ao ou an ang eng i ie iao ian ing u uo uan un ong"), ("d n l", "iu"),
            ("n l", "in iang v ve ue"), ("d n", "en"), ("l", "ia"), ("d", "ia"),
            ("g k h", "a e ai ei ao ou an en ang eng u ua uo uai ui uan un uang ong"),
            ("j q x", "i ia ie iao iu ian in iang ing iong u ue uan un"),
            ("zh ch sh", "a e ai ao ou an en ang eng i u uo uai ui uan un uang"), ("zh ch", "ong ua"),
            ("sh zh", "ei ua"), ("r", "e ao ou an en ang eng i u uo ui uan un ong ua"),
            ("z c s", "a e ai ao ou an en ang eng i u uo ui uan un ong"), ("z", "ei"), ("d t", "ui"),
            ("y", "a e ao ou an ang i in ing u ue uan un ong o"), ("w", "a o ai ei an en ang eng u"),
        ]
        var all: Set<String> = ["a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "er"]
        for row in table {
            for first in row.initials.split(separator: " ") {
                for last in row.finals.split(separator: " ") { all.insert("\(first)\(last)") }
            }
        }
        return all
    }()
}
