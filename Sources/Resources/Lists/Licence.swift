/// 授权方式: what others may do with a resource.
package struct Licence: Sendable, Equatable {
    package let code: String
    package let name: String
    /// Whether the public may have it without signing in.
    package let isPublic: Bool
    /// The licences an adaptation may stand under; empty where nobody may adapt.
    package let keeps: [String]
    /// In words, for the form.
    package let summary: String

    package var mayBeAdapted: Bool { !keeps.isEmpty }

    /// Reads `code,name,is_public,keeps,summary` after comment lines and the header.
    static func all(csv text: String) -> [Licence] {
        text.split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            precondition(cells.count == 5, "licence list: \(line)")
            return Licence(
                code: cells[0], name: cells[1], isPublic: cells[2] == "1",
                keeps: cells[3].split(separator: "|").map(String.init), summary: cells[4])
        }
    }
}
