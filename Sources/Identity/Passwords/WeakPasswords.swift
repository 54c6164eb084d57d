import Foundation

/// Passwords that everybody tries first.
package struct WeakPasswords: Sendable {
    private let words: Set<String>

    /// The list in `Data/weak-passwords.txt`.
    package static let bundled: WeakPasswords = {
        let url = Bundle.module.url(forResource: "weak-passwords", withExtension: "txt", subdirectory: "Data")
        guard let url, let text = try? String(contentsOf: url, encoding: .utf8) else {
            fatalError("The installation lacks weak-passwords.txt")
        }
        return WeakPasswords(text: text)
    }()

    /// - Parameter text: one password a line, case does not matter; `{year}` stands for any year from 1900 to 2099;
    ///   a line that begins with `# ` is a remark.
    package init(text: String) {
        var words: Set<String> = []
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("# ") {
            words.insert(PasswordText.folded(String(line)))
        }
        self.words = words
    }

    package var count: Int { words.count }

    /// Whether the password, or the same with its year left open, is on the list.
    package func contains(_ password: String) -> Bool {
        let folded = PasswordText.folded(password)
        return words.contains(folded) || words.contains(Self.withYearsOpen(folded))
    }

    /// Puts `{year}` for every run of exactly four digits that is a year.
    private static func withYearsOpen(_ text: String) -> String {
        var open = ""
        var digits = ""
        func flush() {
            let isYear = digits.count == 4 && (digits.hasPrefix("19") || digits.hasPrefix("20"))
            open += isYear ? "{year}" : digits
            digits = ""
        }
        for character in text {
            if character.isASCII && character.isNumber {
                digits.append(character)
            } else {
                flush()
                open.append(character)
            }
        }
        flush()
        return open
    }
}
