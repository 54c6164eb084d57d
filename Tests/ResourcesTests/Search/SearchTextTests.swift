import Kernel
import Testing

@testable import Resources

@Suite("Text of the resource search")
struct SearchTextTests {
    @Test(
        "Variants, width and case are one",
        arguments: [
            ("趙州橋", "赵州桥"), ("峯迴路轉", "峰回路转"), ("Ｕｎｉｔ３", "unit3"), ("臺灣", "台湾"), ("羣裏麪牀", "群里面床"),
            ("《背影》教案", "背影 教案"), ("  ", ""),
        ])
    func folding(_ text: String, _ folded: String) {
        #expect(String(String.UnicodeScalarView(SearchText.folded(text))) == folded)
    }

    @Test("Runs part where the kind of character changes")
    func runs() {
        let runs = SearchText.runs(of: "赵州桥PPT第2课")
        #expect(runs.map(\.text) == ["赵州桥", "ppt", "第", "2", "课"])
        #expect(runs.map(\.kind) == [.chinese, .letters, .chinese, .digits, .chinese])
    }

    @Test(
        "Pinyin written together is cut into syllables",
        arguments: [
            ("zhaozhouqiao", ["zhao", "zhou", "qiao"]), ("hetangyuese", ["he", "tang", "yue", "se"]),
            ("gougudingli", ["gou", "gu", "ding", "li"]), ("jinan", ["ji", "nan"]),
        ])
    func syllables(_ text: String, _ parts: [String]) { #expect(SearchSounds.readings(text).contains(parts)) }

    @Test("Letters that are no pinyin are none", arguments: ["python", "zzq", "ppt", "zh", ""])
    func noSyllables(_ text: String) { #expect(SearchSounds.readings(text).isEmpty) }

    @Test(
        "The fewest wrong characters within a text",
        arguments: [
            ("赵洲桥", "小学赵州桥课件", 1), ("赵州桥", "赵州桥", 0), ("赵桥", "赵州桥", 1), ("天安门", "故宫", 3),
        ])
    func distance(_ part: String, _ text: String, _ wrong: Int) {
        #expect(SearchRanking.distance(of: Array(part.unicodeScalars), within: Array(text.unicodeScalars)) == wrong)
    }
}

@Suite("Places of a block")
struct SlotSetTests {
    /// The same numbers every time.
    private func numbers(_ count: Int, seed: Int) -> [Int] {
        var state = UInt64(seed)
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % SlotSet.capacity
        }
    }

    @Test("Packed and unpacked it is the same", arguments: [0, 1, 500, 530, 3000, 60_000])
    func packing(_ count: Int) {
        var set = SlotSet()
        for number in numbers(count, seed: count) { set.insert(number) }
        let packed = set.packed
        #expect(SlotSet(packed: packed) == set)
        #expect(SlotSet.count(packed: packed) == set.count)
        #expect(packed.count <= 1 + SlotSet.capacity / 8)
    }

    @Test("What is missed by few sets is what counting says", arguments: [0, 1, 2, 3])
    func most(_ allowed: Int) {
        let sets = (1...5).map { seed in
            var set = SlotSet()
            for number in numbers(5_000, seed: seed) { set.insert(number) }
            return set
        }
        let found = SlotSet.most(of: sets, missing: allowed)
        for slot in 0..<SlotSet.capacity {
            #expect(found.contains(slot) == (sets.count { !$0.contains(slot) } <= allowed))
        }
    }

    @Test("Broken rows hold nothing", arguments: [[], [7, 1, 2], [1, 2, 3], [0, 255, 255]] as [[UInt8]])
    func broken(_ bytes: [UInt8]) { #expect(SlotSet(packed: bytes).isEmpty) }

    @Test("The latest come first")
    func order() {
        var set = SlotSet(), seen: [Int] = []
        for slot in [5, 64, 63, SlotSet.capacity - 1, 0] { set.insert(slot) }
        set.latest {
            seen.append($0); return seen.count < 4
        }
        #expect(seen == [SlotSet.capacity - 1, 64, 63, 5])
    }

    @Test("A block made in memory has each resource under all of its terms, block after block")
    func blocks() {
        func entry(_ number: Int, _ title: String, body: [String]) -> SearchEntry {
            var entry = SearchEntry(item: ID<Item>("i\(number)"))
            entry.fields[.title] = [title]
            entry.fields[.school] = ["实验小学"]
            entry.fields[.teacher] = ["单老师"]
            (entry.body, entry.marks) = (body, ["vcity"])
            return entry
        }
        let entries = [
            entry(0, "背影教案", body: ["浦口车站，好"]), entry(1, "背影背影", body: ["车站", "the road"]), entry(2, "春", body: []),
        ]
        var builder = SearchBlockBuilder(band: 1), table = SearchTermTable()
        for block in [entries, Array(entries.reversed())] {
            for entry in block { builder.add(entry, &table) }
            var wanted: [String: SlotSet] = [:]
            for (place, entry) in block.enumerated() {
                for term in SearchTerms.of(entry) { wanted[term, default: SlotSet()].insert(place) }
            }
            let made = builder.take(table)
            #expect(made.entries.map(\.item) == block.map(\.item) && builder.isEmpty)
            #expect(made.entries.allSatisfy { $0.body.isEmpty })
            #expect(made.lists.map(\.term) == wanted.keys.sorted())
            for list in made.lists { #expect(SlotSet(packed: list.slots) == wanted[list.term], "\(list.term)") }
        }
    }

    @Test("What the index keeps of fields is read as it was written")
    func fields() {
        var fields = SearchFields()
        fields[.title] = ["背影\t教案"]
        fields[.tag] = ["朱自清", "散文"]
        let read = SearchFields(text: fields.text)
        #expect(read[.title] == ["背影 教案"] && read[.tag] == ["朱自清", "散文"] && read[.word] == [])
        #expect(SearchFields(text: "")[.title] == [])
    }
}
