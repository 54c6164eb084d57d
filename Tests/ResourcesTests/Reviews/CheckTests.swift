import Directory
import Kernel
import Testing

@testable import Resources

/// What the machine finds, and what it must not.
@Suite("Machine checks of resources")
struct CheckTests {
    static let story = """
        从前有一座灯塔，立在渔村东边的礁石上。每天傍晚，守塔的老人都要走过一条长长的石板路，爬上九十九级台阶，点亮塔顶的灯。
        孩子们喜欢跟在他身后数台阶，数着数着就忘了数到哪里。老人从不生气，只说：明天再数一遍吧，灯总是要点的。
        后来村里通了电，灯塔换上了自动的灯，老人还是每天傍晚走那条路。有人问他为什么，他说：路也要有人走，不走就长草了。
        """

    @Test("A few words changed stay the same text, another text is another")
    func texts() throws {
        let original = try #require(TextSketch(CheckTests.story))
        let edited = CheckTests.story.replacing("渔村东边", with: "海岛西侧").replacing("从不生气", with: "总是微笑")
        let spaced = CheckTests.story.replacing("，", with: " , ").replacing("。", with: ".\n")
        let near = try #require(TextSketch(edited)), same = try #require(TextSketch(spaced))
        #expect(same.likeness(to: original) == 1)
        #expect(near.likeness(to: original) >= TextSketch.threshold && near.likeness(to: original) < 1)
        #expect(
            !Set(near.bands.enumerated().map { "\($0) \($1)" }).isDisjoint(
                with: original.bands.enumerated().map { "\($0) \($1)" }))
        let other = try #require(
            TextSketch(
                """
                同学们，今天我们学习怎样用量角器量角。先把量角器的中心和角的顶点重合，再让零刻度线和角的一条边重合，另一条边所对的刻度就是
                这个角的度数。量角的时候要看清是内圈还是外圈的刻度，量完以后估一估，锐角比九十度小，钝角比九十度大，这样就不会读错了。
                """))
        #expect(other.likeness(to: original) < 0.1)
        #expect(TextSketch("太短的文字") == nil)
        #expect(TextSketch(bytes: original.bytes) == original)
    }

    @Test("Half of the pages in common is told, blank pages are not")
    func pictures() throws {
        let deck = (1...10).map { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 }
        // Six bits flipped are the same picture, seven are not.
        let touched = deck.map { $0 ^ 0b11_1111 }, changed = deck.map { $0 ^ 0b111_1111 }
        #expect(PictureSketch(deck).likeness(to: PictureSketch(touched)) == 1)
        #expect(PictureSketch(deck).likeness(to: PictureSketch(changed)) == 0)
        let half = PictureSketch(Array(deck.prefix(5)) + (21...25).map { UInt64($0) &* 0xD1B5_4A32_D192_ED03 })
        #expect(PictureSketch(deck).likeness(to: half) == 0.5)
        #expect(PictureSketch(deck).pairs(with: half).map(\.own) == [0, 1, 2, 3, 4])
        let blank = PictureSketch([0, 0, 0, .max, .max])
        #expect(blank.likeness(to: blank) == 0 && blank.bands.isEmpty)
        // Two bits apart: one pair of quarters at least is untouched.
        func keys(_ sketch: PictureSketch) -> Set<String> { Set(sketch.bands.map { "\($0.band) \($0.value)" }) }
        for (first, second) in (0..<64).flatMap({ first in (0..<64).map { (first, $0) } }) {
            let near = PictureSketch([deck[0] ^ (1 << UInt64(first)) ^ (1 << UInt64(second))])
            #expect(!keys(near).isDisjoint(with: keys(PictureSketch([deck[0]]))), "\(first) \(second)")
        }
        #expect(keys(PictureSketch([deck[0]])).isDisjoint(with: keys(PictureSketch([deck[1]]))))
        // A film in which nothing happens for long is not indexed picture by picture.
        #expect(PictureSketch([deck[0], deck[0] ^ 1, deck[0] ^ 2]).bands.count == 9)
        #expect(PictureSketch(bytes: PictureSketch(deck).bytes) == PictureSketch(deck))
    }

    @Test("Numbers of people are found in the ways they are written, and nothing else is")
    func numbers() throws {
        let citizen =
            "45069920080901001"
            + String(
                UnicodeScalar(CitizenNumber.checkDigit(of: Array("45069920080901001".utf8))))
        let text = "电话13900001234，或 139 0000 5678、139-0000-9012；身份证\(citizen)。"
        let found = PersonalNumbers.matches(in: text)
        #expect(found.map(\.masked).contains("139****1234") && found.map(\.masked).contains("139****5678"))
        #expect(found.count { $0.kind == .phone } == 3 && found.count { $0.kind == .citizen } == 1)
        #expect(found.allSatisfy { $0.masked.contains("****") && !$0.masked.contains("00001234") })
        let wrong = citizen.last == "1" ? "2" : "1"
        for plain in [
            "编号 2139000012345", "第12345678901页", "12900001234", String(citizen.dropLast()) + wrong,
            "3.14159265358979323846", "2015-2016 学年",
        ] {
            #expect(PersonalNumbers.matches(in: plain).isEmpty, "\(plain)")
        }
    }

    @Test("A list of words says which line cannot be read")
    func words() throws {
        let list = try WordList(csv: "类别,词,程度\n# 注\n广告,加 微信,拦截\n广告,加微信,疑似\n")
        #expect(list.words == [.init(category: "广告", word: "加微信", grade: .block)])
        do {
            _ = try WordList(csv: "广告,好,拦截\n广告,代写\n广告,代写,禁止")
            Issue.record("taken")
        } catch DomainError.invalid(let problems) {
            #expect(problems.map { $0.message.prefix(6) } == ["第 1 行：", "第 2 行：", "第 3 行："])
        }
        #expect(!WordList.shipped.words.isEmpty)
    }

    @Test("Words are found inside each other and across each other")
    func finder() throws {
        let finder = WordFinder(["六合彩", "合彩票", "彩票", "代写"])
        let text = Array("买六合彩票不如不代写".unicodeScalars)
        #expect(finder.matches(in: text).map(\.word) == [0, 1, 3])
        #expect(finder.matches(in: text).first?.range == 1..<4)
        #expect(WordFinder([]).matches(in: text).isEmpty)
    }
}
