import Platform
import Testing

@Suite struct PinyinTests {
    @Test(arguments: [
        ("防城港市实验小学", "fcgssyxx"), ("那良镇第2小学", "nlzd2xx"), ("光坡镇第5小学(二校区)", "gpzd5xxexq"),
        ("ＡＢ１中學", "ab1zx"), ("港口区高级中学", "gkqgjzx"), ("长沙", "cs"), ("", ""), ("()、 ", ""),
    ])
    func `initials keep letters and digits and drop the rest`(text: String, initials: String) {
        #expect(Pinyin.initials(of: text) == initials)
    }

    @Test(arguments: [
        ("渔州坪街道", "yu zhou ping jie dao"), ("白沙万街道", "bai sha wan jie dao"),
        ("沙潭江街道", "sha tan jiang jie dao"), ("王府街道", "wang fu jie dao"), ("企沙镇", "qi sha zhen"),
        ("光坡镇", "guang po zhen"), ("水营街道", "shui ying jie dao"), ("珠河街道", "zhu he jie dao"),
        ("文昌街道", "wen chang jie dao"), ("大菉镇", "da lu zhen"), ("华石镇", "hua shi zhen"),
        ("那梭镇", "na suo zhen"), ("那良镇", "na liang zhen"), ("峒中镇", "dong zhong zhen"),
        ("江山镇", "jiang shan zhen"), ("茅岭镇", "mao ling zhen"), ("扶隆镇", "fu long zhen"),
        ("滩营乡", "tan ying xiang"), ("十万山瑶族乡", "shi wan shan yao zu xiang"),
        ("小峰经济作物场", "xiao feng jing ji zuo wu chang"), ("思阳镇", "si yang zhen"), ("在妙镇", "zai miao zhen"),
        ("华兰镇", "hua lan zhen"), ("叫安镇", "jiao an zhen"), ("南屏瑶族乡", "nan ping yao zu xiang"),
        ("平福乡", "ping fu xiang"), ("那琴乡", "na qin xiang"), ("公正乡", "gong zheng xiang"),
        ("东兴镇", "dong xing zhen"), ("江平镇", "jiang ping zhen"), ("马路镇", "ma lu zhen"),
    ])
    func `the towns of the city are read right`(name: String, reading: String) {
        #expect(Pinyin.full(of: name, separator: " ") == reading)
    }

    @Test(arguments: [
        ("校长办公室", "xiao zhang ban gong shi"), ("长沙银行", "chang sha yin hang"), ("行政", "xing zheng"),
        ("音乐", "yin yue"), ("乐业", "le ye"), ("都安", "du an"), ("朝阳", "chao yang"), ("重庆", "chong qing"),
        ("重点", "zhong dian"), ("西垌教学点", "xi dong jiao xue dian"), ("覃塘", "qin tang"), ("绿色", "lv se"),
        ("会计", "kuai ji"), ("空调", "kong tiao"), ("调研", "diao yan"), ("地理", "di li"),
    ])
    func `characters with several readings are read by their word`(text: String, reading: String) {
        #expect(Pinyin.full(of: text, separator: " ") == reading)
    }

    @Test(arguments: [
        ("单雄信", "shan xiong xin"), ("曾小贤", "zeng xiao xian"), ("覃小燕", "qin xiao yan"), ("区明", "ou ming"),
        ("长孙无忌", "zhang sun wu ji"), ("韦春", "wei chun"),
    ])
    func `a surname is read as a surname in a person's name only`(name: String, reading: String) {
        #expect(Pinyin.full(of: name, as: .person, separator: " ") == reading)
    }

    @Test func `a district is no surname`() {
        #expect(Pinyin.full(of: "区直") == "quzhi")
    }

    @Test func `a second reading of the same name is the same`() {
        #expect(Pinyin.full(of: "峒中镇中心小学") == Pinyin.full(of: "峒中镇中心小学"))
        #expect(Pinyin.full(of: "小小小") == "xiaoxiaoxiao")
    }
}

@Suite struct ChineseTextTests {
    @Test(arguments: [
        ("\u{3000}２１１－\u{A0}小学\u{200B}（一）\n", "211- 小学(一)"), ("a\t\r\n b", "a b"), ("\u{FEFF}", ""),
        ("ＡｂＣ", "AbC"), ("那良镇", "那良镇"),
    ])
    func `text becomes half-width with single spaces`(text: String, normalised: String) {
        #expect(ChineseText.normalised(text) == normalised)
    }

    @Test func `keys know no space, case or kind of dash`() {
        #expect(ChineseText.matchingKey("２１１ — 小\u{3000}学") == "211-小学")
        #expect(ChineseText.matchingKey("10MBPS") == ChineseText.matchingKey("10Mbps"))
        #expect(ChineseText.matchingKey("──") == "--")
    }

    @Test(arguments: [
        ("函数的性质 Python３", ["函数", "数的", "的性", "性质", "python3"]), ("课", ["课"]), ("", []), ("，。", []),
        ("中ab文字", ["中", "ab", "文字"]), ("小学(二校区)", ["小学", "二校", "校区"]), ("\"*^", []),
        ("\u{20000}\u{20001}a", ["\u{20000}\u{20001}", "a"]),
    ])
    func `text is cut into pairs and words`(text: String, tokens: [String]) {
        #expect(ChineseText.bigrams(of: text) == tokens)
    }

    @Test func `tokens of one run stay together`() {
        #expect(ChineseText.runs(of: "函数题 a1") == [["函数", "数题"], ["a1"]])
    }
}
