import Platform

/// By what beginnings a person can be found: every part of the name that begins with one of its characters, the same of
/// its pinyin initials, and the pinyin in full. 王小明 gives 王小明, 小明, 明, wxm, xm, m and wangxiaoming.
package enum PersonTerms {
    /// Longer names are found by their first characters only: nobody types more.
    package static let longest = 24
    private static let suffixes = 8

    package static func terms(of name: String) -> [String] {
        let key = String(ChineseText.matchingKey(name).filter { $0 != "·" }.prefix(longest))
        let full = String(Pinyin.full(of: name, as: .person).prefix(longest))
        var terms = beginnings(key) + beginnings(Pinyin.initials(of: name, as: .person))
        terms.append(full)
        var seen: Set<String> = []
        return terms.filter { !$0.isEmpty && seen.insert($0).inserted }
    }

    /// What somebody typed, as it stands in the terms.
    package static func key(_ typed: String) -> String {
        String(ChineseText.matchingKey(typed).filter { $0 != "·" }.prefix(longest))
    }

    private static func beginnings(_ text: String) -> [String] {
        var rest = text[...], found: [String] = []
        while !rest.isEmpty, found.count < suffixes {
            found.append(String(rest))
            rest = rest.dropFirst()
        }
        return found
    }
}
