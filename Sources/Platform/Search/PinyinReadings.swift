/// Readings that differ from the system's character table: surnames, places of the region, and words of school life.
enum PinyinReadings {
    /// Characters whose usual reading in names is not the table's first one. Where a word wants another reading, it is
    /// in `phrases`.
    static let characters: [Unicode.Scalar: String] = [
        "长": "chang", "都": "du", "地": "di", "朝": "chao", "单": "dan", "曾": "zeng", "覃": "qin", "薄": "bo",
        "卜": "bu", "翟": "zhai", "缪": "miao", "乜": "nie", "似": "si", "拓": "tuo", "咳": "ke", "仔": "zai",
        "珩": "heng", "阚": "kan", "焘": "tao",
        // Words of place names in the region.
        "峒": "dong", "垌": "dong", "菉": "lu", "圩": "xu", "陂": "bei", "澫": "wan", "埌": "lang",
    ]

    /// The surname's reading and how many scalars it takes, if it is one of those read in their own way.
    static func surname(_ name: [Unicode.Scalar]) -> (syllables: [String], length: Int)? {
        longest(in: name[...], among: surnames, upTo: 2)
    }

    /// The reading of the longest word of `phrases` the text begins with.
    static func phrase(_ text: ArraySlice<Unicode.Scalar>) -> (syllables: [String], length: Int)? {
        guard let first = text.first, firsts.contains(first) else { return nil }
        return longest(in: text, among: phrases, upTo: 4)
    }

    private static func longest(
        in text: ArraySlice<Unicode.Scalar>, among words: [String: String], upTo length: Int
    ) -> (syllables: [String], length: Int)? {
        for count in stride(from: min(length, text.count), to: 0, by: -1) {
            if let reading = words[String(String.UnicodeScalarView(text.prefix(count)))] {
                return (reading.split(separator: " ").map(String.init), count)
            }
        }
        return nil
    }

    private static let firsts = Set(phrases.keys.compactMap(\.unicodeScalars.first))

    private static let surnames: [String: String] = [
        "单": "shan", "仇": "qiu", "区": "ou", "解": "xie", "查": "zha", "朴": "piao", "乐": "yue", "尉": "wei",
        "员": "yun", "折": "she", "种": "chong", "逄": "pang", "能": "nai", "黑": "he", "祭": "zhai", "秘": "bi",
        "牟": "mou", "佴": "nai", "召": "shao", "洗": "xian", "冼": "xian", "句": "gou", "盖": "ge", "隗": "wei",
        "长孙": "zhang sun", "尉迟": "yu chi", "万俟": "mo qi", "澹台": "tan tai", "令狐": "ling hu",
        "单于": "chan yu", "宰父": "zai fu",
    ]

    private static let phrases: [String: String] = [
        // 长 as head or growth.
        "校长": "xiao zhang", "园长": "yuan zhang", "班长": "ban zhang", "组长": "zu zhang", "家长": "jia zhang",
        "局长": "ju zhang", "科长": "ke zhang", "处长": "chu zhang", "部长": "bu zhang", "股长": "gu zhang",
        "所长": "suo zhang", "站长": "zhan zhang", "馆长": "guan zhang", "室长": "shi zhang", "院长": "yuan zhang",
        "会长": "hui zhang", "队长": "dui zhang", "团长": "tuan zhang", "社长": "she zhang", "厅长": "ting zhang",
        "台长": "tai zhang", "秘书长": "mi shu zhang", "董事长": "dong shi zhang", "村长": "cun zhang",
        "乡长": "xiang zhang", "镇长": "zhen zhang", "县长": "xian zhang", "区长": "qu zhang", "市长": "shi zhang",
        "省长": "sheng zhang", "行长": "hang zhang", "首长": "shou zhang", "成长": "cheng zhang",
        "生长": "sheng zhang", "增长": "zeng zhang", "长大": "zhang da", "长辈": "zhang bei", "长者": "zhang zhe",
        // 重, 行, 乐, 朝, 都
        "重庆": "chong qing", "重复": "chong fu", "重新": "chong xin", "双重": "shuang chong", "重建": "chong jian",
        "重组": "chong zu", "重阳": "chong yang", "重修": "chong xiu", "重做": "chong zuo", "重名": "chong ming",
        "银行": "yin hang", "行业": "hang ye", "行家": "hang jia", "行列": "hang lie", "行情": "hang qing",
        "排行": "pai hang", "分行": "fen hang", "支行": "zhi hang", "同行": "tong hang",
        "音乐": "yin yue", "乐器": "yue qi", "乐团": "yue tuan", "乐队": "yue dui", "乐理": "yue li",
        "乐曲": "yue qu", "乐谱": "yue pu", "声乐": "sheng yue", "器乐": "qi yue", "民乐": "min yue",
        "奏乐": "zou yue", "朝霞": "zhao xia", "朝气": "zhao qi", "都是": "dou shi", "全都": "quan dou",
        // Other words of school life.
        "会计": "kuai ji", "协调": "xie tiao", "调整": "tiao zheng", "调解": "tiao jie", "调节": "tiao jie",
        "调控": "tiao kong", "调试": "tiao shi", "调休": "tiao xiu", "空调": "kong tiao", "角色": "jue se",
        "校对": "jiao dui", "校验": "jiao yan", "校正": "jiao zheng", "校准": "jiao zhun", "率先": "shuai xian",
        "表率": "biao shuai", "出差": "chu chai", "供给": "gong ji", "给予": "ji yu", "弹琴": "tan qin",
        "弹性": "tan xing", "弹奏": "tan zou", "归还": "gui huan", "偿还": "chang huan", "还书": "huan shu",
        "了解": "liao jie", "自传": "zi zhuan", "传记": "zhuan ji", "模样": "mu yang", "模具": "mu ju",
        "睡觉": "shui jiao", "什么": "shen me", "曾经": "ceng jing", "人参": "ren shen", "参差": "cen ci",
        "萝卜": "luo bo", "单于": "chan yu", "星宿": "xing xiu", "剥削": "bo xue",
        // Peoples and places.
        "西藏": "xi zang", "藏族": "zang zu", "藏文": "zang wen", "藏语": "zang yu", "厦门": "xia men",
        "六安": "lu an", "蚌埠": "beng bu", "黄埔": "huang pu", "东莞": "dong guan", "乐清": "yue qing",
        "会稽": "kuai ji", "铅山": "yan shan", "洪洞": "hong tong", "单县": "shan xian", "尉犁": "yu li",
        "龟兹": "qiu ci", "番禺": "pan yu", "大夫": "dai fu",
    ]
}
