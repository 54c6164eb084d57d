import Kernel

/// One value of a code list. Codes are text: leading zeros matter.
package struct Code: Sendable, Hashable {
    package let code: String
    /// The word people read and write, in Chinese.
    package let name: String
    /// The code of the group above, in the same list.
    package let parent: String?
    /// First day of use; `nil` when it is not known or has none.
    package let validFrom: LocalDate?
    /// Last day of use; `nil` while the code is in use.
    package let validTo: LocalDate?
    /// A remark for people, in Chinese.
    package let note: String?
    /// Other words and codes an import accepts for this value.
    package let aliases: [String]

    /// Whether the value may be used on that day; both ends are included.
    package func isValid(on day: LocalDate) -> Bool {
        if let validFrom, day < validFrom { return false }
        if let validTo, day > validTo { return false }
        return true
    }
}
