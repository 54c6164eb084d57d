import Foundation
import Kernel
import Platform

/// Tells whether two versions are the same to a reviewer: what is told, the files and the pupils, but not who is to find it.
enum ReviewDigest {
    /// SM3, as hexadecimal digits.
    static func of(_ content: ItemContent, _ files: [ItemFile], _ pupils: [ItemPupil]) throws -> String {
        var content = content
        content.visibility = .school
        let parts =
            [try content.json] + files.map { "\($0.sha256) \($0.name)" }.sorted()
            + pupils.map(\.person.rawValue).sorted()
        // Each part with its length before it, so that no two lists read alike.
        let text = parts.map { "\($0.utf8.count):\($0)" }.joined()
        return SM3.hash(Array(text.utf8)).map { String(format: "%02x", $0) }.joined()
    }
}
