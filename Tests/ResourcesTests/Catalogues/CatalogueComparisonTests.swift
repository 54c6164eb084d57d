import Kernel
import Testing

@testable import Resources

/// What a new catalogue makes of the tree.
@Suite("Comparison of catalogues")
struct CatalogueComparisonTests {
    private static let key = TextbookKey(stage: "2", subject: "13", edition: "pep", grade: "P3", volume: "1")
    private static let other = TextbookKey(stage: "2", subject: "14", edition: "pep", grade: "P3", volume: "1")

    private func row(
        _ number: Int, _ unit: String, _ lesson: String?, code: String? = nil,
        key: TextbookKey = CatalogueComparisonTests.key
    ) -> CatalogueRow {
        CatalogueRow(number: number, key: key, unit: unit, lesson: lesson, code: code)
    }

    private func compare(
        _ rows: [CatalogueRow], _ known: [KnownNode] = [], isComplete: Bool = false
    ) -> CatalogueComparison {
        CatalogueComparison(rows: rows, refused: [], known: known, isComplete: isComplete)
    }

    /// The tree as it is when the rows were accepted first.
    private func tree(_ rows: [CatalogueRow]) -> [KnownNode] {
        let states = compare(rows).lines.compactMap(\.after)
        func id(_ state: NodeState) -> String { "\(state.key.subject)/\(state.unit)/\(state.title)" }
        let units = Dictionary(
            uniqueKeysWithValues: states.filter { $0.kind == .unit }.map { ($0.key.subject + $0.title, id($0)) })
        return states.map { KnownNode(id: id($0), parent: units[$0.key.subject + $0.unit], state: $0) }
    }

    private var rows: [CatalogueRow] {
        [row(2, "一", "甲"), row(3, "一", "乙"), row(4, "二", "丙"), row(5, "一", "甲", key: Self.other)]
    }

    @Test("The first catalogue is new, the same again changes nothing")
    func same() {
        let first = compare(rows)
        #expect(first.lines.map(\.kind) == Array(repeating: .new, count: 7))
        #expect(first.lines.compactMap(\.after).map(\.position) == [1, 2, 3, 4, 5, 1, 2])
        let again = compare(rows, tree(rows))
        #expect(again.lines.isEmpty)
        #expect(again.unchanged == 7)
    }

    @Test("A renamed unit keeps its lessons and its identity")
    func renamedUnit() {
        let comparison = compare(
            [row(2, "一 新名", "甲"), row(3, "一 新名", "乙"), row(4, "二", "丙")], tree(rows))
        let changed = comparison.lines.filter { $0.kind == .changed }
        #expect(Set(changed.compactMap(\.node)) == ["13//一", "13/一/甲", "13/一/乙"])
        #expect(comparison.lines.allSatisfy { $0.kind == .changed })
    }

    @Test("What a refused row may have meant is not removed, nor a whole volume beside it")
    func refusedKeeps() {
        // Of which volume it speaks nobody knows.
        let refused = [RefusedCatalogueRow(number: 3, text: "乙", reason: "代码重复")]
        let comparison = CatalogueComparison(
            rows: [row(2, "一", "甲")], refused: refused, known: tree(rows), isComplete: true)
        #expect(!comparison.lines.contains { $0.kind == .removed })
        let doubled = compare([row(2, "一", "甲", code: "1"), row(3, "一", "乙", code: "1")], tree(rows))
        #expect(!doubled.lines.contains { $0.kind == .removed && $0.node == "13/一/乙" })
    }

    @Test("Codes that were numbered anew leave resources with their lessons")
    func numberedAnew() {
        let before = [row(2, "一", "花", code: "1"), row(3, "一", "秋天", code: "2")]
        let after = [row(2, "一", "新课", code: "1"), row(3, "一", "花", code: "2"), row(4, "一", "秋天", code: "3")]
        let comparison = compare(after, tree(before))
        func node(_ title: String) -> String? { comparison.lines.first { $0.title == title }?.node }
        #expect(node("花") == "13/一/花" && node("秋天") == "13/一/秋天" && node("新课") == nil)
        #expect(comparison.lines.first { $0.title == "新课" }?.kind == .new)
    }

    @Test("A lesson is known by its code whatever it is called")
    func code() {
        let before = [row(2, "一", "甲", code: "L1")]
        let comparison = compare([row(2, "一", "甲的新名", code: "L1")], tree(before))
        #expect(comparison.lines.map(\.kind) == [.changed])
        #expect(comparison.lines.first?.node == "13/一/甲")
        // A catalogue without codes does not take them away.
        #expect(compare([row(2, "一", "甲")], tree(before)).lines.isEmpty)
    }

    @Test("A list that was numbered anew moves no resources")
    func renumbered() {
        let before = [row(2, "一", "甲", code: "L1"), row(3, "一", "乙", code: "L2"), row(4, "一", "丙", code: "L3")]
        let after = [
            row(2, "一", "甲", code: "L1"), row(3, "一", "新", code: "L2"), row(4, "一", "乙", code: "L3"),
            row(5, "一", "丙", code: "L4"),
        ]
        let comparison = compare(after, tree(before))
        let nodes = Dictionary(uniqueKeysWithValues: comparison.lines.map { ($0.title, $0.node) })
        #expect(nodes == ["新": nil, "乙": "13/一/乙", "丙": "13/一/丙"])
        #expect(comparison.lines.filter { $0.kind == .new }.map(\.title) == ["新"])
        // A lesson in another unit, and its old code given to a new one.
        let moved = compare([row(2, "一", "新", code: "L2"), row(3, "二", "乙", code: "L9")], tree(before))
        #expect(moved.lines.first { $0.title == "乙" }?.node == "13/一/乙")
        #expect(moved.lines.first { $0.title == "新" }?.kind == .new)
        // By the code alone it is worth a look.
        let renamed = compare([row(2, "一", "别名", code: "L1")], tree(before)).lines.first { $0.title == "别名" }
        #expect(renamed?.words.contains("请核对") == true)
    }

    @Test("Each volume may have its own numbers")
    func codesOfVolumes() {
        let two = [row(2, "一", "甲", code: "01"), row(3, "一", "甲", code: "01", key: Self.other)]
        let first = compare(two)
        #expect(first.lines.allSatisfy { $0.kind == .new })
        #expect(compare(two, tree(two)).lines.isEmpty)
        // One volume known, the other new: the code is nobody else's lesson.
        let known = tree([row(2, "一", "甲", code: "01")])
        let added = compare([row(2, "一", "甲", code: "01"), row(3, "一", "乙", code: "01", key: Self.other)], known)
        #expect(added.lines.allSatisfy { $0.kind == .new && $0.node == nil })
    }

    @Test("A row that could not be read removes no lesson of its volume")
    func unread() {
        let known = tree(rows)
        let doubled = compare([row(2, "一", "甲", code: "x"), row(3, "一", "乙", code: "x"), row(4, "二", "丙")], known)
        #expect(doubled.lines.allSatisfy { $0.kind != .removed })
        func kept(_ volume: TextbookKey?) -> [String] {
            let refused = [RefusedCatalogueRow(number: 9, text: "…", reason: "太长", volume: volume)]
            return CatalogueComparison(rows: [rows[0]], refused: refused, known: known, isComplete: true).lines
                .filter { $0.kind == .removed }.map(\.title).sorted()
        }
        // Elsewhere the catalogue still says what is gone.
        #expect(kept(Self.key) == ["一", "甲"])
        #expect(kept(nil).isEmpty)
    }

    @Test("What is missing goes only in volumes that the catalogue names, unless it is the whole")
    func removal() {
        let part = [row(2, "一", "甲"), row(3, "一", "乙")]
        let partial = compare(part, tree(rows)).lines.filter { $0.kind == .removed }
        #expect(Set(partial.map(\.title)) == ["二", "丙"])
        let whole = compare(part, tree(rows), isComplete: true).lines.filter { $0.kind == .removed }
        #expect(whole.count == 4)
    }

    @Test("Another order is told apart from another content, and doubled rows are refused")
    func orderAndDoubles() {
        let turned = compare([row(2, "一", "乙"), row(3, "一", "甲"), row(4, "二", "丙")], tree(rows))
        #expect(turned.lines.map(\.kind) == [.moved, .moved])
        let doubled = compare([row(2, "一", "甲", code: "x"), row(3, "一", "甲"), row(4, "一", "乙", code: "x")])
        #expect(doubled.lines.filter { $0.kind == .refused }.map(\.words) == ["与第 2 行重复", "代码与第 2 行重复"])
    }
}

@Suite("Words of catalogues")
struct CatalogueWordsTests {
    @Test("Volumes and grades in the words of workbooks")
    func words() {
        for (text, code) in [
            ("上册", "1"), ("下", "2"), ("全一册", "0"), ("必修1", "B1"), ("必修 第二册", "B2"), ("选择性必修3", "X3"), ("选修一", "E1"),
        ] {
            #expect(TextbookVolume.code(matching: text) == code, "\(text)")
        }
        #expect(TextbookVolume.code(matching: "附录") == nil)
        for (text, code) in [("三年级", "P3"), ("3", "P3"), ("三", "P3"), ("p3", "P3")] {
            #expect(TextbookGrade.code(matching: text, stage: .primary) == code, "\(text)")
        }
        #expect(TextbookGrade.code(matching: "初二", stage: .junior) == "J2")
        #expect(TextbookGrade.code(matching: "八年级", stage: .junior) == "J2")
        #expect(TextbookGrade.code(matching: "高一", stage: .senior) == "S1")
        #expect(TextbookGrade.code(matching: "九年级", stage: .primary) == nil)
        #expect(TextbookSubject.code(matching: "道德与法治", stage: .junior) == "12")
    }

    @Test("Every list of the context can be read, and every type stands in a group")
    func lists() {
        #expect(ResourceLists.type.leaves.allSatisfy { ResourceGroup(type: $0.code) != nil })
        #expect(ResourceLists.licences.count == 9)
        let codes = Set(ResourceLists.licences.map(\.code))
        #expect(ResourceLists.licences.allSatisfy { Set($0.keeps).isSubset(of: codes) })
        #expect(ResourceLists.edition.code(matching: "统编版")?.code == "pep")
        #expect(ResourceLists.licence("cc-by-nd")?.mayBeAdapted == false)
        #expect(ResourceLists.licence("cc-by-sa")?.keeps == ["cc-by-sa"])
    }
}
