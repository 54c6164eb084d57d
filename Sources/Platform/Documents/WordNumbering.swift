/// The lists of a Word document, as `numbering.xml` defines them.
final class WordNumbering: XMLReceiver {
    struct Level {
        var start = 1
        var format = WordNumberFormat.decimal
        /// With `%1` to `%9` for the numbers of the levels.
        var text = ""
        /// All numbers in decimal whatever their format.
        var isLegal = false
        /// The level (from 0) whose advance sets this one back; `nil` for any higher one, -1 for none.
        var restart: Int?
        var style: String?
        var startOverride: Int?
        var isDefined = false
    }

    /// A list definition several lists can share; they then count on.
    struct Definition {
        var levels = [Level](repeating: Level(), count: 9)
        var styleLink: String?
    }

    struct List {
        var definition: Int
        var overrides: [Int: Level] = [:]
    }

    private(set) var definitions: [Int: Definition] = [:]
    private(set) var lists: [Int: List] = [:]

    private var definition: (id: Int, value: Definition)?
    private var list: (id: Int, value: List)?
    private var level: (index: Int, value: Level)?
    private var overridden: Int?

    func started(_ name: XMLBytes, _ attributes: XMLAttributes) throws {
        switch name {
        case "abstractNum":
            guard definitions.count < 20_000 else { throw ArchiveError.tooLarge }
            definition = attributes["abstractNumId"]?.integer.map { ($0, Definition()) }
        case "num":
            guard lists.count < 50_000 else { throw ArchiveError.tooLarge }
            list = attributes["numId"]?.integer.map { ($0, List(definition: -1)) }
        case "abstractNumId": list?.value.definition = attributes["val"]?.integer ?? -1
        case "lvlOverride": overridden = attributes["ilvl"]?.integer.flatMap { (0..<9).contains($0) ? $0 : nil }
        case "startOverride":
            guard let overridden, let start = attributes["val"]?.integer else { return }
            list?.value.overrides[overridden, default: Level()].startOverride = start
        case "lvl":
            guard let index = attributes["ilvl"]?.integer, (0..<9).contains(index) else { return }
            level = (index, Level(isDefined: true))
        case "numStyleLink": definition?.value.styleLink = attributes["val"]?.string
        default: readLevel(name, attributes)
        }
    }

    func ended(_ name: XMLBytes) {
        switch name {
        case "abstractNum":
            if let (id, value) = definition { definitions[id] = value }
            definition = nil
        case "num":
            if let (id, value) = list { lists[id] = value }
            list = nil
        case "lvlOverride": overridden = nil
        case "lvl": endLevel()
        default: return
        }
    }

    private func readLevel(_ name: XMLBytes, _ attributes: XMLAttributes) {
        guard level != nil else { return }
        switch name {
        case "start": level?.value.start = attributes["val"]?.integer ?? 1
        case "numFmt": level?.value.format = WordNumberFormat(name: attributes["val"]?.string ?? "")
        case "lvlText": level?.value.text = attributes["val"]?.string ?? ""
        case "isLgl": level?.value.isLegal = attributes.isOn()
        case "lvlRestart": level?.value.restart = attributes["val"]?.integer.map { $0 - 1 }
        case "pStyle": level?.value.style = attributes["val"]?.string
        default: return
        }
    }

    private func endLevel() {
        guard let (index, value) = level else { return }
        level = nil
        if let overridden, list != nil {
            var value = value
            value.startOverride = list?.value.overrides[overridden]?.startOverride
            list?.value.overrides[overridden] = value
        } else {
            definition?.value.levels[index] = value
        }
    }
}

/// Counts through the lists of a document in the order of its paragraphs.
struct WordListCounter {
    private let numbering: WordNumbering
    private let styles: WordStyles
    /// The last number of each level, by definition; `nil` before the first.
    private var counters: [Int: [Int?]] = [:]
    private var begun: Set<Int> = []

    init(numbering: WordNumbering, styles: WordStyles) {
        (self.numbering, self.styles) = (numbering, styles)
    }

    /// The number of the next paragraph of a list; empty when the list does not exist or shows none.
    /// - Parameter style: the paragraph's style, which may decide the level.
    mutating func next(_ reference: WordNumberingReference, style: String?) -> String {
        guard let id = reference.list, id > 0, let list = numbering.lists[id],
            let definitionID = definition(of: list), let definition = numbering.definitions[definitionID]
        else { return "" }
        let level = reference.level ?? definition.levels.firstIndex { $0.style != nil && $0.style == style } ?? 0
        guard (0..<9).contains(level) else { return "" }
        let levels = definition.levels.enumerated().map { index, level in
            list.overrides[index].flatMap { $0.isDefined ? $0 : nil } ?? level
        }
        var numbers = counters[definitionID] ?? [Int?](repeating: nil, count: 9)
        if begun.insert(id).inserted {
            for (index, override) in list.overrides {
                if let start = override.startOverride { numbers[index] = start - 1 }
            }
        }
        numbers[level] = (numbers[level] ?? levels[level].start - 1) + 1
        for deeper in (level + 1)..<9 where restarts(levels[deeper], after: level) { numbers[deeper] = nil }
        counters[definitionID] = numbers
        return text(levels, level, numbers)
    }

    private func restarts(_ deeper: WordNumbering.Level, after level: Int) -> Bool {
        guard let restart = deeper.restart else { return true }
        return level <= restart
    }

    private func definition(of list: WordNumbering.List) -> Int? {
        guard let link = numbering.definitions[list.definition]?.styleLink else { return list.definition }
        return styles.list(ofNumberingStyle: link).flatMap { numbering.lists[$0]?.definition } ?? list.definition
    }

    private func text(_ levels: [WordNumbering.Level], _ level: Int, _ numbers: [Int?]) -> String {
        if levels[level].format == .bullet { return "" }
        var result = ""
        var isReference = false
        for character in levels[level].text {
            if isReference, let digit = character.wholeNumberValue, (1...9).contains(digit) {
                let format = levels[level].isLegal ? .decimal : levels[digit - 1].format
                result += format.text(max(0, numbers[digit - 1] ?? levels[digit - 1].start))
                isReference = false
            } else if character == "%" {
                isReference = true
            } else {
                if isReference { result.append("%") }
                isReference = false
                result.append(character)
            }
        }
        return result
    }
}
