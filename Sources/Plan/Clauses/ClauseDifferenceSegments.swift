/// A run of text that two versions share or that only one of them has.
package struct TextSegment: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable {
        case same, added, removed
    }

    package let kind: Kind
    package let text: String

    package init(_ kind: Kind, _ text: String) {
        (self.kind, self.text) = (kind, text)
    }

    /// How many added and removed characters are searched for; beyond it the whole middle counts as rewritten.
    static let mostEdits = 1000

    /// The shortest way from `old` to `new` by characters (Myers, "An O(ND) Difference Algorithm", 1986), with removed
    /// before added text in each change. Single shared characters inside a longer change belong to the change.
    package static func between(_ old: String, _ new: String) -> [TextSegment] {
        let (a, b) = (Array(old), Array(new))
        var head = 0
        while head < a.count, head < b.count, a[head] == b[head] { head += 1 }
        var tail = 0
        while tail < a.count - head, tail < b.count - head, a[a.count - 1 - tail] == b[b.count - 1 - tail] { tail += 1 }
        var script = EditScript()
        script.add(.same, a[..<head])
        script.addMiddle(Array(a[head..<(a.count - tail)]), Array(b[head..<(b.count - tail)]))
        script.add(.same, a[(a.count - tail)...])
        return script.segments()
    }
}

/// The steps from one text to another, gathered into changes.
private struct EditScript {
    /// What both texts share, and then what replaced what.
    private struct Block {
        var same: [Character] = []
        var removed: [Character] = []
        var added: [Character] = []
        var isChange: Bool { !removed.isEmpty || !added.isEmpty }
    }

    private var blocks = [Block()]

    mutating func add(_ kind: TextSegment.Kind, _ characters: some Collection<Character>) {
        guard !characters.isEmpty else { return }
        let last = blocks.count - 1
        switch kind {
        case .same where blocks[last].isChange: blocks.append(Block(same: Array(characters)))
        case .same: blocks[last].same += characters
        case .added: blocks[last].added += characters
        case .removed: blocks[last].removed += characters
        }
    }

    mutating func addMiddle(_ a: [Character], _ b: [Character]) {
        guard !a.isEmpty, !b.isEmpty, let path = EditScript.path(a, b) else {
            add(.removed, a)
            add(.added, b)
            return
        }
        var (x, y) = (0, 0)
        for step in path {
            switch step {
            case .same:
                add(.same, CollectionOfOne(a[x]))
                (x, y) = (x + 1, y + 1)
            case .removed:
                add(.removed, CollectionOfOne(a[x]))
                x += 1
            case .added:
                add(.added, CollectionOfOne(b[y]))
                y += 1
            }
        }
    }

    func segments() -> [TextSegment] {
        var merged: [Block] = []
        for block in blocks {
            if let last = merged.last, last.isChange, block.isChange, block.same.count == 1,
                last.removed.count + last.added.count + block.removed.count + block.added.count >= 4
            {
                merged[merged.count - 1].removed += block.same + block.removed
                merged[merged.count - 1].added += block.same + block.added
            } else {
                merged.append(block)
            }
        }
        return merged.flatMap { block -> [TextSegment] in
            [(.same, block.same), (.removed, block.removed), (.added, block.added)]
                .compactMap { kind, text in text.isEmpty ? nil : TextSegment(kind, String(text)) }
        }
    }

    /// The steps of a shortest path; `nil` when it has more edits than are searched for.
    private static func path(_ a: [Character], _ b: [Character]) -> [TextSegment.Kind]? {
        let (a, b) = interned(a, b)
        let most = min(a.count + b.count, TextSegment.mostEdits)
        // `furthest[k + most + 1]` is how far along `a` the best path on diagonal `x - y = k` has come.
        let middle = most + 1
        var furthest = [Int](repeating: 0, count: 2 * most + 3)
        var history: [[Int]] = []
        for edits in 0...most {
            history.append(Array(furthest[(middle - edits)...(middle + edits)]))
            for k in stride(from: -edits, through: edits, by: 2) {
                let down = k == -edits || k != edits && furthest[middle + k - 1] < furthest[middle + k + 1]
                var x = down ? furthest[middle + k + 1] : furthest[middle + k - 1] + 1
                while x < a.count, x - k < b.count, x - k >= 0, a[x] == b[x - k] { x += 1 }
                furthest[middle + k] = x
                if x >= a.count, x - k >= b.count { return backtrack(history, from: (a.count, b.count)) }
            }
        }
        return nil
    }

    private static func backtrack(_ history: [[Int]], from end: (x: Int, y: Int)) -> [TextSegment.Kind] {
        var (x, y) = end
        var steps: [TextSegment.Kind] = []
        for edits in stride(from: history.count - 1, to: 0, by: -1) {
            let furthest = history[edits]
            let k = x - y
            func reach(_ diagonal: Int) -> Int { furthest[diagonal + edits] }
            let down = k == -edits || k != edits && reach(k - 1) < reach(k + 1)
            let startX = down ? reach(k + 1) : reach(k - 1)
            let startY = startX - (down ? k + 1 : k - 1)
            while x > startX + (down ? 0 : 1), y > startY + (down ? 1 : 0) {
                steps.append(.same)
                (x, y) = (x - 1, y - 1)
            }
            steps.append(down ? .added : .removed)
            (x, y) = (startX, startY)
        }
        steps += repeatElement(.same, count: x)
        return steps.reversed()
    }

    private static func interned(_ a: [Character], _ b: [Character]) -> ([Int], [Int]) {
        var numbers: [Character: Int] = [:]
        func number(_ character: Character) -> Int {
            if let known = numbers[character] { return known }
            numbers[character] = numbers.count
            return numbers.count - 1
        }
        return (a.map(number), b.map(number))
    }
}
