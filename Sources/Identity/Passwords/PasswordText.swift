import Foundation

/// One spelling for the same password typed on different keyboards.
enum PasswordText {
    /// Unicode's compatibility form (NFKC), as NIST SP 800-63B asks: `Ａ１` becomes `A1`.
    static func normalised(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        return text.precomposedStringWithCompatibilityMapping
    }

    /// The form in which passwords are compared with words: normalised, without case.
    static func folded(_ text: String) -> String { normalised(text).lowercased() }
}
