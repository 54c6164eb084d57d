import Foundation
import Platform
import Synchronization

/// Text as the index compares it: each letter and digit in lower case, each ideograph in its usual form of today
/// (趙 as 赵, 峯 as 峰), everything else a gap.
enum SearchText {
    /// A stretch without a gap.
    struct Run: Equatable, Sendable {
        enum Kind: Sendable { case chinese, letters, digits }
        let kind: Kind
        let scalars: [Unicode.Scalar]

        var text: String { String(String.UnicodeScalarView(scalars)) }
    }

    /// `nil` for what is no part of a word.
    static func fold(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0x30...0x39, 0x61...0x7A: return scalar
        case 0x41...0x5A: return Unicode.Scalar(UInt8(scalar.value + 0x20))
        case 0x00...0x7F: return nil
        case 0xFF10...0xFF19, 0xFF21...0xFF3A, 0xFF41...0xFF5A:
            return Unicode.Scalar(scalar.value - 0xFEE0).flatMap(fold)
        default: break
        }
        if ChineseText.isChinese(scalar) { return Variants.usual(scalar) }
        guard scalar.properties.isAlphabetic || scalar.properties.numericType != nil else { return nil }
        let lower = scalar.properties.lowercaseMapping.unicodeScalars
        return lower.count == 1 ? lower.first : scalar
    }

    static func runs(of text: String) -> [Run] {
        var runs: [Run] = [], open: [Unicode.Scalar] = [], kind: Run.Kind?
        func close() {
            if let kind, !open.isEmpty { runs.append(Run(kind: kind, scalars: open)) }
            open.removeAll()
        }
        for scalar in text.unicodeScalars {
            guard let folded = fold(scalar) else {
                close()
                kind = nil
                continue
            }
            let next = self.kind(of: folded)
            if next != kind { close() }
            kind = next
            open.append(folded)
        }
        close()
        return runs
    }

    /// The folded text, its runs parted by one space where they were parted.
    static func folded(_ text: String) -> [Unicode.Scalar] {
        var out: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            if let folded = fold(scalar) {
                out.append(folded)
            } else if let last = out.last, last != " " {
                out.append(" ")
            }
        }
        if out.last == " " { out.removeLast() }
        return out
    }

    /// The overlapping pairs of a run; a lone scalar has none.
    static func pairs(_ run: [Unicode.Scalar]) -> [String] { grams(run, 2) }

    static func grams(_ run: [Unicode.Scalar], _ length: Int) -> [String] {
        guard run.count >= length else { return [] }
        return (0...(run.count - length)).map { String(String.UnicodeScalarView(run[$0..<($0 + length)])) }
    }

    private static func kind(of scalar: Unicode.Scalar) -> Run.Kind {
        switch scalar.value {
        case 0x30...0x39: .digits
        default: ChineseText.isChinese(scalar) ? .chinese : .letters
        }
    }
}

/// 繁体 and 异体 characters and the ones that stand for them in textbooks of today.
private enum Variants {
    /// The ideographs that nearly all text is made of (U+3400 to U+9FFF), each with its usual form once that was asked for:
    /// every character of every text that is indexed, compared or marked comes by here.
    private static let first = 0x3400
    private static let common = Mutex([UInt32](repeating: 0, count: 0xA000 - first))
    private static let remembered = Mutex<[Unicode.Scalar: Unicode.Scalar]>([:])

    static func usual(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let place = Int(scalar.value) - first
        guard place >= 0, place < 0xA000 - first else { return usualOfRare(scalar) }
        return common.withLock { table in
            if table[place] != 0, let known = Unicode.Scalar(table[place]) { return known }
            let found = others[scalar] ?? simplified(scalar)
            table[place] = found.value
            return found
        }
    }

    private static func usualOfRare(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        if let known = others[scalar] { return known }
        return remembered.withLock { table in
            if let known = table[scalar] { return known }
            let found = simplified(scalar)
            table[scalar] = found
            return found
        }
    }

    /// By the system's table, which costs some 18 µs a character.
    private static func simplified(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let text = String(Character(scalar)).applyingTransform(StringTransform("Hant-Hans"), reverse: false)
        guard let scalars = text?.unicodeScalars, scalars.count == 1, let found = scalars.first else { return scalar }
        return others[found] ?? found
    }

    /// What the system's table leaves as it is: 第一批异体字整理表 (1955) as far as textbooks and names of the region meet
    /// it, and characters of other standards.
    private static let others: [Unicode.Scalar: Unicode.Scalar] = [
        "峯": "峰", "迴": "回", "麪": "面", "羣": "群", "牀": "床", "啓": "启", "啟": "启", "裏": "里", "裡": "里", "綫": "线",
        "綵": "彩", "邨": "村", "沖": "冲", "決": "决", "涼": "凉", "減": "减", "淨": "净", "凈": "净", "夠": "够",
        "鬥": "斗", "鬭": "斗", "鬪": "斗", "館": "馆", "舘": "馆", "雞": "鸡", "鷄": "鸡", "鵞": "鹅", "鵝": "鹅", "煙": "烟",
        "菸": "烟", "燄": "焰", "徧": "遍", "遶": "绕", "遊": "游", "暎": "映", "昇": "升", "陞": "升", "並": "并", "併": "并",
        "竝": "并", "詠": "咏", "咊": "和", "龢": "和", "喆": "哲", "嘆": "叹", "歎": "叹", "噉": "啖", "堃": "坤", "塜": "冢",
        "墻": "墙", "牆": "墙", "妳": "你", "姪": "侄", "婬": "淫", "嬝": "袅", "崐": "昆", "崑": "昆", "崙": "仑", "巖": "岩",
        "巗": "岩", "嵒": "岩", "嶽": "岳", "島": "岛", "嶋": "岛", "嶌": "岛", "恆": "恒", "慙": "惭", "憇": "憩", "掛": "挂",
        "採": "采", "敎": "教", "晉": "晋", "晩": "晚", "栢": "柏", "棲": "栖", "槀": "槁", "槪": "概", "樑": "梁", "汎": "泛",
        "氾": "泛", "洩": "泄", "湼": "涅", "溼": "湿", "濕": "湿", "濶": "阔", "闊": "阔", "灋": "法", "災": "灾",
        "烖": "灾", "甦": "苏", "穌": "稣", "畧": "略", "疎": "疏", "皁": "皂", "盃": "杯", "睏": "困", "矴": "碇", "砲": "炮",
        "礮": "炮", "秌": "秋", "秊": "年", "穉": "稚", "窓": "窗", "窻": "窗", "牕": "窗", "竪": "竖", "豎": "竖", "筍": "笋",
        "筆": "笔", "籤": "签", "簽": "签", "粧": "妆", "糉": "粽", "糭": "粽", "絃": "弦", "緜": "绵", "綿": "绵", "繦": "襁",
        "罵": "骂", "駡": "骂", "羗": "羌", "翫": "玩", "脣": "唇", "臥": "卧", "艷": "艳", "豔": "艳", "苽": "菰", "荳": "豆",
        "菓": "果", "萅": "春", "葢": "盖", "蔘": "参", "蓡": "参", "薑": "姜", "藷": "薯", "虖": "乎", "蜖": "蛔", "蝨": "虱",
        "衆": "众", "眾": "众", "袴": "裤", "襃": "褒", "觀": "观", "註": "注", "詶": "酬", "諠": "喧", "讚": "赞", "讃": "赞",
        "谿": "溪", "貓": "猫", "貛": "獾", "賸": "剩", "跡": "迹", "蹟": "迹", "踫": "碰", "躭": "耽", "軟": "软", "輭": "软",
        "週": "周", "逩": "奔", "鍊": "炼", "鎚": "锤", "鑪": "炉", "閒": "闲", "阯": "址", "陰": "阴", "隂": "阴", "隣": "邻",
        "鄰": "邻", "鴈": "雁", "韆": "千", "鞦": "秋", "韻": "韵", "頟": "额", "飆": "飙", "飱": "飧", "餧": "喂", "馭": "驭",
        "驩": "欢", "鬂": "鬓", "鯗": "鲞", "鶿": "鹚", "麯": "曲", "麴": "曲", "麤": "粗", "黏": "粘", "黙": "默", "鼇": "鳌",
        "鰲": "鳌", "齎": "赍", "凢": "凡", "佈": "布", "佔": "占", "侷": "局", "倖": "幸", "倣": "仿", "傑": "杰",
        "僊": "仙", "僱": "雇", "冐": "冒", "冩": "写", "剷": "铲", "剎": "刹", "勛": "勋", "勳": "勋", "匃": "丐", "卻": "却",
        "厠": "厕", "廁": "厕", "廚": "厨", "叄": "叁", "吋": "寸", "呌": "叫", "嚐": "尝", "嘗": "尝", "嚥": "咽",
    ]
}
