import Foundation
import Kernel
import Platform

/// A unit or lesson as it stands in the tree, or as a catalogue wants it.
struct NodeState: Codable, Sendable, Equatable {
    var key: TextbookKey
    var kind: TextbookNode.Kind
    var title: String
    /// Title of the unit of a lesson; empty without one.
    var unit: String
    var code: String?
    var position: Int
    var isRemoved: Bool

    fileprivate var path: [String] { [key.sortKey, kind.rawValue, NodeState.word(unit), NodeState.word(title)] }
    fileprivate var ownPath: [String] { [key.sortKey, kind.rawValue, NodeState.word(title)] }

    static func word(_ text: String) -> String { ChineseText.matchingKey(text) }
}

/// A node of the tree with its identity.
struct KnownNode: Sendable, Equatable {
    let id: String
    let parent: String?
    let state: NodeState
}

/// What becomes of one node.
struct CatalogueLine: Codable, Sendable, Equatable {
    enum Kind: String, Codable, Sendable, CaseIterable {
        case new, changed, moved, removed, refused

        var title: String {
            switch self {
            case .new: "新增"
            case .changed: "变更"
            case .moved: "调整顺序"
            case .removed: "移除"
            case .refused: "未能识别"
            }
        }
    }

    let kind: Kind
    /// The volume in words.
    let place: String
    let title: String
    /// What changes, or why the row was refused.
    let words: String
    var node: String?
    var before: NodeState?
    var after: NodeState?
}

/// Compares a catalogue with the tree. A node is the same by its place and title, then by its title within the volume, then
/// by its code, and a unit by its lessons: so resources stay where they hang, also when somebody numbered anew. Of a volume
/// of which a row could not be read nothing is removed: it may be that row.
struct CatalogueComparison {
    private(set) var lines: [CatalogueLine] = []
    private(set) var unchanged = 0

    /// Gives what is new its keys; nothing else tells two comparisons of the same apart.
    mutating func setNodes() {
        for index in lines.indices where lines[index].kind == .new { lines[index].node = Identifiers.next() }
    }

    /// - Parameters:
    ///   - known: every node of the tree, the removed ones too.
    ///   - isComplete: volumes that the catalogue does not name are removed; otherwise they are left alone.
    init(_ reading: CatalogueReading, known: [KnownNode], isComplete: Bool) {
        self.init(rows: reading.rows, refused: reading.refused, known: known, isComplete: isComplete)
    }

    init(rows: [CatalogueRow], refused: [RefusedCatalogueRow], known: [KnownNode], isComplete: Bool) {
        let (wanted, doubled) = CatalogueComparison.wanted(rows)
        var matching = NodeMatching(known)
        let matches = matching.match(wanted)
        let keys = Set(wanted.map(\.key)), unread = Set((refused + doubled).map(\.volume))
        for (state, match) in zip(wanted, matches) { add(state, match) }
        for node in known where !matching.isTaken(node.id) && !node.state.isRemoved {
            guard isComplete || keys.contains(node.state.key) else { continue }
            guard !unread.contains(nil), !unread.contains(node.state.key) else { continue }
            var after = node.state
            after.isRemoved = true
            lines.append(
                CatalogueLine(
                    kind: .removed, place: node.state.key.title, title: node.state.title, words: "新目录里没有，资源保留",
                    node: node.id, before: node.state, after: after))
        }
        for row in (refused + doubled).sorted(by: { $0.number < $1.number }) {
            lines.append(
                CatalogueLine(kind: .refused, place: "第 \(row.number) 行", title: row.text, words: row.reason))
        }
    }

    private mutating func add(_ state: NodeState, _ match: KnownNode?) {
        guard let match else {
            lines.append(
                CatalogueLine(
                    kind: .new, place: state.key.title, title: state.title,
                    words: state.unit.isEmpty ? state.kind.title : state.unit, after: state))
            return
        }
        var after = state
        // A catalogue without codes does not take them away.
        if after.code == nil { after.code = match.state.code }
        if after == match.state {
            unchanged += 1
            return
        }
        var words: [String] = []
        let before = match.state
        if before.isRemoved { words.append("重新列入") }
        if before.key != after.key { words.append("原在\(before.key.title)") }
        if before.title != after.title {
            words.append("原名“\(before.title)”")
            if before.code != nil, before.code == after.code { words.append("代码没变而名称变了，请核对") }
        }
        if before.unit != after.unit { words.append(before.unit.isEmpty ? "原不在单元里" : "原在“\(before.unit)”") }
        if before.code != after.code { words.append("代码 \(before.code ?? "无") → \(after.code ?? "无")") }
        lines.append(
            CatalogueLine(
                kind: words.isEmpty ? .moved : .changed, place: after.key.title, title: after.title,
                words: words.isEmpty ? "第 \(before.position) 位 → 第 \(after.position) 位" : words.joined(separator: "，"),
                node: match.id, before: before, after: after))
    }

    /// The nodes the rows ask for, in their order, a unit before its lessons; and the rows that say something twice.
    private static func wanted(_ rows: [CatalogueRow]) -> (nodes: [NodeState], doubled: [RefusedCatalogueRow]) {
        var nodes: [NodeState] = [], index: [[String]: Int] = [:], codes: [[String]: Int] = [:]
        var doubled: [RefusedCatalogueRow] = [], rowOf: [[String]: Int] = [:]
        for row in rows {
            // Some publishers number each volume from 01 on.
            let codeName = row.code.map { [row.key.sortKey, $0] }
            if let codeName, let other = codes[codeName] {
                doubled.append(
                    .init(
                        number: row.number, text: row.lesson ?? row.unit, reason: "代码与第 \(other) 行重复",
                        volume: row.key))
                continue
            }
            var unit: NodeState?
            if !row.unit.isEmpty {
                let state = NodeState(
                    key: row.key, kind: .unit, title: row.unit, unit: "", code: row.lesson == nil ? row.code : nil,
                    position: 0, isRemoved: false)
                if let place = index[state.path] {
                    if row.lesson == nil, nodes[place].code == nil { nodes[place].code = row.code }
                } else {
                    index[state.path] = nodes.count
                    nodes.append(state)
                }
                unit = state
            }
            if let lesson = row.lesson {
                let state = NodeState(
                    key: row.key, kind: .lesson, title: lesson, unit: unit?.title ?? "", code: row.code, position: 0,
                    isRemoved: false)
                if let other = rowOf[state.path] {
                    doubled.append(
                        .init(number: row.number, text: lesson, reason: "与第 \(other) 行重复", volume: row.key))
                    continue
                }
                rowOf[state.path] = row.number
                nodes.append(state)
            }
            if let codeName { codes[codeName] = row.number }
        }
        return (ordered(nodes), doubled)
    }

    /// Numbers the nodes of each volume, lessons below their unit wherever their rows stood.
    private static func ordered(_ nodes: [NodeState]) -> [NodeState] {
        var volumes: [TextbookKey] = [], byVolume: [TextbookKey: [NodeState]] = [:]
        for node in nodes {
            if byVolume[node.key] == nil { volumes.append(node.key) }
            byVolume[node.key, default: []].append(node)
        }
        return volumes.flatMap { volume -> [NodeState] in
            let all = byVolume[volume] ?? []
            let lessons = Dictionary(grouping: all.filter { $0.kind == .lesson && !$0.unit.isEmpty }) {
                NodeState.word($0.unit)
            }
            let tops = all.filter { $0.kind == .unit || $0.unit.isEmpty }
            let order = tops.flatMap { top in
                [top] + (top.kind == .unit ? lessons[NodeState.word(top.title)] ?? [] : [])
            }
            return order.enumerated().map { offset, node in
                var node = node
                node.position = offset + 1
                return node
            }
        }
    }
}

/// Finds which node of the tree a wanted one is; each is taken once.
private struct NodeMatching {
    private let known: [KnownNode]
    private var taken: Set<String> = []

    init(_ known: [KnownNode]) { self.known = known }

    func isTaken(_ id: String) -> Bool { taken.contains(id) }

    mutating func match(_ wanted: [NodeState]) -> [KnownNode?] {
        var matches: [KnownNode?] = Array(repeating: nil, count: wanted.count)
        // Codes that mean one thing in all volumes together.
        let codes = wanted.compactMap(\.code).reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        let single = Set(codes.filter { $0.value == 1 }.keys)
        func pass(_ name: (NodeState) -> [String]?) {
            // What stands in the tree comes before what was removed from it.
            var byName: [[String]: [KnownNode]] = [:]
            for node in known where !taken.contains(node.id) {
                if let name = name(node.state) { byName[name, default: []].append(node) }
            }
            for index in wanted.indices where matches[index] == nil {
                guard let name = name(wanted[index]), let found = byName[name], !found.isEmpty else { continue }
                let present = found.filter { !$0.state.isRemoved }
                let best = present.count == 1 ? present[0] : present.isEmpty && found.count == 1 ? found[0] : nil
                guard let best, taken.insert(best.id).inserted else { continue }
                matches[index] = best
            }
        }
        pass { state in state.code.map { state.ownPath + [$0] } }
        pass { $0.path }
        // A lesson that went to another unit of its volume.
        pass { $0.kind == .lesson ? $0.ownPath : nil }
        // Codes last: a list that was numbered anew gives each lesson the code of another.
        pass { state in state.code.map { [state.key.sortKey, state.kind.rawValue, $0] } }
        pass { state in state.code.flatMap { single.contains($0) ? [state.kind.rawValue, $0] : nil } }
        matchUnits(wanted, &matches)
        return matches
    }

    /// A unit with another title is the old one when its lessons came from that one alone.
    private mutating func matchUnits(_ wanted: [NodeState], _ matches: inout [KnownNode?]) {
        let byID = Dictionary(uniqueKeysWithValues: known.map { ($0.id, $0) })
        for index in wanted.indices where wanted[index].kind == .unit && matches[index] == nil {
            let unit = wanted[index]
            let parents = wanted.indices.filter { wanted[$0].key == unit.key && wanted[$0].unit == unit.title }
                .compactMap { matches[$0]?.parent }
            guard let parent = Set(parents).first, Set(parents).count == 1, let node = byID[parent],
                node.state.key == unit.key, taken.insert(parent).inserted
            else { continue }
            matches[index] = node
        }
    }
}
