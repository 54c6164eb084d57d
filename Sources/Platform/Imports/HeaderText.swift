/// Header words as they are compared: without spaces, brackets, units, punctuation and running numbers.
package enum HeaderText {
    package static func key(_ text: String) -> String {
        let plain = ChineseText.matchingKey(text)
        var word = withoutBrackets(plain)
        if word.isEmpty { word = plain }
        for unit in units where word.hasSuffix(unit) && word.utf8.count > unit.utf8.count + 3 {
            word = String(word.dropLast(unit.count))
            break
        }
        var scalars = String.UnicodeScalarView(word.unicodeScalars.filter { !marks.contains($0) })
        while let first = scalars.first, scalars.count > 2, ("0"..."9").contains(first) { scalars.removeFirst() }
        let key = String(scalars)
        return key.hasPrefix("其中") && key.count > 2 ? String(key.dropFirst(2)) : key
    }

    private static let units = ["mbit/s", "mbps", "mb/s", "/兆", "兆", "/m", "m", "/间", "/台", "/人", "/个", "/条"]
    private static let marks = Set(":,.;*#\"'“”-_/|?!、。；()[]{}<>《》【】·".unicodeScalars)

    private static func withoutBrackets(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        var depth = 0
        for scalar in text.unicodeScalars {
            switch scalar {
            case "(", "[", "【", "〔": depth += 1
            case ")", "]", "】", "〕": depth = max(0, depth - 1)
            default: if depth == 0 { out.append(scalar) }
            }
        }
        return String(out)
    }
}
