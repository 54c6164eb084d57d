import Foundation
import Kernel
import Platform

/// How much the machine has against something.
package enum FindingGrade: String, Sendable, CaseIterable {
    /// Worth a look.
    case note
    /// 疑似: shown to author and reviewer.
    case suspect
    /// 拦截: what is told is not taken; in a file a reviewer has to say why it passes.
    case block

    package var title: String {
        switch self {
        case .note: "提示"
        case .suspect: "疑似"
        case .block: "拦截"
        }
    }
}

/// 检查词表: words that the machine looks for, one a line: `类别,词,程度`. The list is data and the city's own.
struct WordList: Sendable, Equatable {
    struct Word: Sendable, Equatable {
        let category: String
        let word: String
        let grade: FindingGrade
    }

    let words: [Word]
    /// Words of one list.
    static let most = 20_000

    /// As shipped: a small example.
    static let shipped = load()

    /// Lines after comment lines and the heading. Throws `DomainError.invalid` for `words` with the number of each line
    /// that cannot be read, at most ten.
    init(csv text: String) throws {
        var words: [Word] = [], problems: [FieldProblem] = [], seen: Set<String> = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let plain = ChineseText.normalised(String(line))
            if plain.isEmpty || plain.hasPrefix("#") || plain == "类别,词,程度" { continue }
            let cells = plain.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            func problem(_ words: String) {
                problems.append(FieldProblem(field: "words", message: "第 \(index + 1) 行：\(words)"))
            }
            guard cells.count == 3 else {
                problem("应为“类别,词,程度”三项")
                continue
            }
            let key = ChineseText.matchingKey(cells[1])
            if key.unicodeScalars.count < 2 {
                problem("词“\(cells[1])”太短，至少两个字")
            } else if cells[2] != FindingGrade.block.title && cells[2] != FindingGrade.suspect.title {
                problem("程度写“拦截”或“疑似”")
            } else if seen.insert(key).inserted {
                words.append(Word(category: cells[0], word: key, grade: cells[2] == "拦截" ? .block : .suspect))
            }
        }
        if words.count > WordList.most {
            problems = [FieldProblem(field: "words", message: "最多 \(WordList.most) 个词，现有 \(words.count) 个")]
        }
        if !problems.isEmpty { throw DomainError.invalid(Array(problems.prefix(10))) }
        self.words = words
    }

    static let shippedText: String = {
        guard let url = Bundle.module.url(forResource: "check-words", withExtension: "csv", subdirectory: "Data"),
            let data = try? Data(contentsOf: url)
        else { fatalError("list check-words is missing from the build") }
        return String(decoding: data, as: UTF8.self)
    }()

    private static func load() -> WordList {
        do { return try WordList(csv: shippedText) } catch { fatalError("list check-words cannot be read: \(error)") }
    }
}

/// Finds any of many words in one pass over a text (Aho and Corasick 1975).
struct WordFinder: Sendable {
    private struct Node: Sendable {
        var next: [Unicode.Scalar: Int] = [:]
        var failure = 0
        /// Index of the longest word that ends here; `nil` for none.
        var word: Int?
    }

    private var nodes = [Node()]
    private let lengths: [Int]

    /// - Parameter words: as `ChineseText.matchingKey` writes them.
    init(_ words: [String]) {
        lengths = words.map { $0.unicodeScalars.count }
        for (index, word) in words.enumerated() where !word.isEmpty {
            var node = 0
            for scalar in word.unicodeScalars {
                if let next = nodes[node].next[scalar] {
                    node = next
                } else {
                    nodes.append(Node())
                    nodes[node].next[scalar] = nodes.count - 1
                    node = nodes.count - 1
                }
            }
            nodes[node].word = index
        }
        var queue = Array(nodes[0].next.values), head = 0
        while head < queue.count {
            let node = queue[head]
            head += 1
            for (scalar, next) in nodes[node].next {
                var failure = nodes[node].failure
                while failure != 0, nodes[failure].next[scalar] == nil { failure = nodes[failure].failure }
                nodes[next].failure = nodes[failure].next[scalar] ?? 0
                if nodes[next].word == nil { nodes[next].word = nodes[nodes[next].failure].word }
                queue.append(next)
            }
        }
    }

    /// Index and place of every word, in the order of their ends; of words that end at one place the longest.
    /// - Parameter text: scalars of a text as `ChineseText.matchingKey` writes it.
    func matches(in text: [Unicode.Scalar]) -> [(word: Int, range: Range<Int>)] {
        var found: [(word: Int, range: Range<Int>)] = [], node = 0
        for (place, scalar) in text.enumerated() {
            while node != 0, nodes[node].next[scalar] == nil { node = nodes[node].failure }
            node = nodes[node].next[scalar] ?? 0
            if let word = nodes[node].word { found.append((word, place + 1 - lengths[word]..<place + 1)) }
        }
        return found
    }
}
