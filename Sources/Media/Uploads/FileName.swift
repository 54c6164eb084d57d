import Foundation

/// The name of a file as its sender gave it, made fit to show and to download under.
enum FileName {
    /// Characters of a name, its ending included.
    static let longest = 100
    /// Bytes of a name in UTF-8. File systems take 255, and archives put a number before it; and one character may be made
    /// of thousands of marks.
    static let longestBytes = 240

    /// Without folders, control characters and marks that turn the direction of reading; the ending survives cutting.
    static func clean(_ name: String) -> String {
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        let plain = last.unicodeScalars.filter { !isHidden($0) }
        var text = String(String.UnicodeScalarView(plain)).precomposedStringWithCanonicalMapping
        text = String(text.drop { $0 == " " || $0 == "." || $0.isWhitespace })
        while let end = text.last, end == " " || end == "." || end.isWhitespace { text.removeLast() }
        guard !text.isEmpty else { return unnamed }
        guard text.count > longest || text.utf8.count > longestBytes else { return text }
        let ending = ending(of: text)
        let tail = ending.isEmpty ? "" : "." + ending
        var stem = text.dropLast(tail.count).prefix(longest - tail.count)
        while stem.utf8.count + tail.utf8.count > longestBytes || stem.last == "." || stem.last == " " {
            stem.removeLast()
        }
        return (stem.isEmpty ? unnamed : String(stem)) + tail
    }

    private static let unnamed = "未命名"

    /// `docx` of `教案.DOCX`; empty when there is none or it is longer than eight characters.
    static func ending(of name: String) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        let ending = name[name.index(after: dot)...]
        let isPlain = (1...8).contains(ending.count) && ending.utf8.count <= 32 && !ending.contains(" ")
        return isPlain ? ending.lowercased() : ""
    }

    /// The name with another ending; a name without one gets it.
    static func replacingEnding(of name: String, with ending: String) -> String {
        let old = FileName.ending(of: name)
        return (old.isEmpty ? name : String(name.dropLast(old.count + 1))) + "." + ending
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF, 0xFFFE, 0xFFFF:
            true
        default: "<>:\"|?*".unicodeScalars.contains(scalar)
        }
    }
}
