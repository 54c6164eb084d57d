/// Gives the sheets of one workbook names Excel accepts, all different.
struct SheetNames {
    private var taken: Set<String> = []

    /// The wanted name with forbidden characters replaced and cut to 31 UTF-16 units; numbered when taken.
    mutating func next(_ wanted: String) -> String {
        var name = String(
            String.UnicodeScalarView(
                wanted.unicodeScalars.map { scalar in
                    scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF
                        || "[]:*?/\\".unicodeScalars.contains(scalar) ? "_" : scalar
                }))
        while name.hasPrefix("'") { name.removeFirst() }
        while name.hasSuffix("'") { name.removeLast() }
        if name.isEmpty { name = "工作表" }
        name = SheetNames.cut(name, to: 31)
        var unique = name
        var number = 2
        while !taken.insert(unique.lowercased()).inserted {
            let suffix = "(\(number))"
            unique = SheetNames.cut(name, to: 31 - suffix.utf16.count) + suffix
            number += 1
        }
        return unique
    }

    static func cut(_ text: String, to length: Int) -> String {
        guard text.utf16.count > length else { return text }
        var result = ""
        var count = 0
        for character in text {
            count += character.utf16.count
            if count > length { break }
            result.append(character)
        }
        return result
    }
}
