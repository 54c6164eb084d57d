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
        name = SheetNames.trimmed(SheetNames.cut(SheetNames.trimmed(name), to: 31))
        // Excel keeps this name for itself and calls a workbook that has it damaged.
        if name.lowercased() == "history" { name += "_" }
        if name.isEmpty { name = "工作表" }
        var unique = name
        var number = 2
        while !taken.insert(unique.lowercased()).inserted {
            let suffix = "(\(number))"
            unique = SheetNames.cut(name, to: 31 - suffix.utf16.count) + suffix
            number += 1
        }
        return unique
    }

    /// Excel takes no apostrophe at either end.
    private static func trimmed(_ name: String) -> String {
        var name = name[...]
        while name.unicodeScalars.first == "'" { name.unicodeScalars.removeFirst() }
        while name.unicodeScalars.last == "'" { name.unicodeScalars.removeLast() }
        return String(name)
    }

    /// The beginning of the text in so many UTF-16 units: whole characters, of one that is longer than that its beginning.
    static func cut(_ text: String, to length: Int) -> String {
        guard text.utf16.count > length else { return text }
        var result = ""
        var count = 0
        for character in text {
            count += character.utf16.count
            if count > length { break }
            result.append(character)
        }
        return result.isEmpty ? cutScalars(text, to: length) : result
    }

    private static func cutScalars(_ text: String, to length: Int) -> String {
        var result = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            count += UTF16.width(scalar)
            if count > length { break }
            result.append(scalar)
        }
        return String(result)
    }
}
