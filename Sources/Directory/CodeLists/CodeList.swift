import Kernel
import Platform

/// A list of codes of one standard, read from a CSV file of this target. Immutable; look-ups are by hash.
package struct CodeList: Sendable {
    /// Which values `code(matching:)` may answer.
    package enum Matching: Sendable {
        /// Groups and leaves; for lists in which a group is itself a value (本科).
        case all
        /// Only values without values below them; for lists whose groups are headings (小学 is 211, not the group 21).
        case leaves
    }

    /// Standard and edition: the file's first line.
    package let standard: String
    /// All values in the order of the file, groups included.
    package let codes: [Code]

    private let byCode: [String: Int]
    private let groups: Set<String>
    /// From the matching key of every code, word and alias to its value; a key of two values is left out.
    private let byKey: [String: Int]

    /// Reads CSV text: comment lines with the standard first, a header line, then
    /// `code,name,parent,valid_from,valid_to,note,alias` without quotes, aliases parted by `|`.
    package init(csv text: String, matching: Matching = .all) throws(CodeListProblem) {
        var comments: [Substring] = []
        var rows: [Code] = []
        var sawHeader = false
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty { continue }
            if line.hasPrefix("#") {
                comments.append(line)
            } else if !sawHeader {
                guard line == Self.header else { throw CodeListProblem(line: number + 1, reason: "unknown header") }
                sawHeader = true
            } else {
                rows.append(try Self.row(line, number: number + 1))
            }
        }
        guard let first = comments.first else { throw CodeListProblem(line: 1, reason: "no standard") }
        standard = ChineseText.normalised(String(first.dropFirst()))
        codes = rows
        groups = Set(rows.compactMap(\.parent))

        var byCode: [String: Int] = [:]
        for (index, row) in rows.enumerated() {
            guard byCode.updateValue(index, forKey: row.code) == nil else {
                throw CodeListProblem(line: 0, reason: "code \(row.code) twice")
            }
        }
        for group in groups where byCode[group] == nil {
            throw CodeListProblem(line: 0, reason: "no group \(group)")
        }
        self.byCode = byCode
        byKey = Self.index(rows, groups: matching == .leaves ? groups : [])
    }

    /// The value with exactly this code.
    package subscript(code: String) -> Code? { byCode[code].map { codes[$0] } }

    /// The word of a code; the code itself when the list does not hold it.
    package func name(of code: String) -> String { self[code]?.name ?? code }

    /// The values directly below a group, in the order of the list.
    package func children(of group: String) -> [Code] { codes.filter { $0.parent == group } }

    /// Whether the code has values below it.
    package func isGroup(_ code: String) -> Bool { groups.contains(code) }

    /// The values without values below them, in the order of the list: what a form offers.
    package var leaves: [Code] { codes.filter { !groups.contains($0.code) } }

    /// The value a clerk meant by a cell: the word (小学), an alias (完小), the code (211, 211.0, ２１１, 8 for 08),
    /// or code and word together in either order (211-小学, 211 小学, 小学(211)). White space and dashes of any kind
    /// do not matter. `nil` when nothing fits, when two values fit, and when code and word contradict each other.
    package func code(matching text: String) -> Code? {
        let key = ChineseText.matchingKey(text)
        guard !key.isEmpty else { return nil }
        if let index = byKey[key] { return codes[index] }
        let scalars = Array(key.unicodeScalars)
        let head = scalars.prefix { Self.isCodePart($0) || $0 == "." }
        if !head.isEmpty, let value = value(code: head, word: scalars.dropFirst(head.count)) { return value }
        let body = scalars.last == ")" ? scalars.dropLast() : scalars[...]
        let start = body.lastIndex { !Self.isCodePart($0) }.map { $0 + 1 } ?? body.startIndex
        return start < body.endIndex ? value(code: body[start...], word: body[..<start]) : nil
    }

    private func value(code: ArraySlice<Unicode.Scalar>, word: ArraySlice<Unicode.Scalar>) -> Code? {
        var digits = code
        if let point = digits.firstIndex(of: ".") {
            guard digits[(point + 1)...].allSatisfy({ $0 == "0" || $0 == "." }) else { return nil }
            digits = digits[..<point]
        }
        guard let index = byKey[Self.text(digits)] else { return nil }
        let isMark = { (scalar: Unicode.Scalar) in Self.marks.contains(scalar) }
        let rest = word.drop(while: isMark)
        if rest.isEmpty || byKey[Self.text(rest)] == index { return codes[index] }
        // A word that two values share is settled by the code beside it.
        if ChineseText.matchingKey(codes[index].name) == Self.text(rest) { return codes[index] }
        let inner = rest.prefix((rest.lastIndex { !isMark($0) } ?? rest.startIndex) - rest.startIndex + 1)
        let isOwn = byKey[Self.text(inner)] == index || ChineseText.matchingKey(codes[index].name) == Self.text(inner)
        return isOwn ? codes[index] : nil
    }
}

extension CodeList {
    private static let header = "code,name,parent,valid_from,valid_to,note,alias"
    /// What may stand between a code and its word.
    private static let marks: Set<Unicode.Scalar> = ["-", ":", ".", "、", "_", "/", "(", ")", "[", "]", "|", ","]

    /// Keys are in lower case.
    private static func isCodePart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "a"..."z": true
        default: false
        }
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static func row(_ line: Substring, number: Int) throws(CodeListProblem) -> Code {
        let cells = line.split(separator: ",", omittingEmptySubsequences: false)
        guard cells.count == 7 else { throw CodeListProblem(line: number, reason: "\(cells.count) columns") }
        guard !cells[0].isEmpty, !cells[1].isEmpty else {
            throw CodeListProblem(line: number, reason: "no code or name")
        }
        let from = LocalDate(iso: cells[3])
        let to = LocalDate(iso: cells[4])
        guard cells[3].isEmpty == (from == nil), cells[4].isEmpty == (to == nil) else {
            throw CodeListProblem(line: number, reason: "bad date")
        }
        return Code(
            code: String(cells[0]), name: String(cells[1]), parent: cells[2].isEmpty ? nil : String(cells[2]),
            validFrom: from, validTo: to, note: cells[5].isEmpty ? nil : String(cells[5]),
            aliases: cells[6].split(separator: "|").map(String.init))
    }

    /// Codes win over words and aliases; codes written without their leading zeros come last.
    private static func index(_ rows: [Code], groups: Set<String>) -> [String: Int] {
        var index: [String: Int] = [:]
        let open = rows.indices.filter { !groups.contains(rows[$0].code) }
        for position in open { index[ChineseText.matchingKey(rows[position].code)] = position }

        var words: [String: Set<Int>] = [:]
        for position in open {
            for word in [rows[position].name] + rows[position].aliases {
                words[ChineseText.matchingKey(word), default: []].insert(position)
            }
        }
        for (word, positions) in words where positions.count == 1 && index[word] == nil {
            index[word] = positions.first
        }
        for position in open {
            let short = rows[position].code.drop { $0 == "0" }
            if !short.isEmpty, index[String(short)] == nil { index[String(short)] = position }
        }
        return index
    }
}

/// A fault in a code list's file; only a wrong build can have one.
package struct CodeListProblem: Error, Sendable, Equatable {
    /// Counted from one; zero for a fault of the whole file.
    package let line: Int
    package let reason: String

    package init(line: Int, reason: String) { (self.line, self.reason) = (line, reason) }
}
