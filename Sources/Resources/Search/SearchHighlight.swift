import Kernel
import Web

/// Shows in a text what was looked for.
enum SearchHighlight {
    /// The text with what matches marked.
    static func marked(_ text: String, _ plan: SearchPlan) -> HTML {
        let scalars = Array(text.unicodeScalars)
        return html(scalars[...], places(in: scalars, plan))
    }

    /// Characters of a snippet.
    private static let length = 80

    /// The stretch of a longer text around the first match; its beginning when nothing matches.
    static func snippet(_ text: String, _ plan: SearchPlan) -> HTML {
        let scalars = Array(text.unicodeScalars.map { $0.properties.isWhitespace ? " " : $0 })
        guard !scalars.isEmpty else { return "" }
        let found = places(in: scalars, plan)
        let start = max(0, (found.firstIndex(of: true) ?? 0) - 20), end = min(scalars.count, start + length)
        let before: HTML = start > 0 ? "…" : "", after: HTML = end < scalars.count ? "…" : ""
        return before + html(scalars[start..<end], found) + after
    }

    private static func html(_ scalars: ArraySlice<Unicode.Scalar>, _ found: [Bool]) -> HTML {
        var out: HTML = "", place = scalars.startIndex
        while place < scalars.endIndex {
            let isFound = found[place]
            let end = scalars[place...].indices.first { found[$0] != isFound } ?? scalars.endIndex
            let text = String(String.UnicodeScalarView(scalars[place..<end]))
            out += isFound ? "<mark>\(text)</mark>" : HTML(text: text)
            place = end
        }
        return out
    }

    /// Which characters belong to what was looked for: a part as a whole, or as much of it as two characters.
    private static func places(in scalars: [Unicode.Scalar], _ plan: SearchPlan) -> [Bool] {
        let folded = scalars.map(SearchText.fold)
        var found = Array(repeating: false, count: scalars.count)
        for part in plan.parts {
            let wanted = part.run.scalars, least = part.run.kind == .chinese ? min(2, wanted.count) : wanted.count
            for start in folded.indices {
                for offset in wanted.indices where folded[start] == wanted[offset] {
                    var count = 1
                    while start + count < folded.count, offset + count < wanted.count,
                        folded[start + count] == wanted[offset + count]
                    { count += 1 }
                    if count >= least { for place in start..<(start + count) { found[place] = true } }
                }
            }
        }
        return found
    }
}
