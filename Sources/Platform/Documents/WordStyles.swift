/// A paragraph's place in a list, as far as it is said at one spot.
struct WordNumberingReference: Equatable {
    /// Number of the list; 0 means explicitly none.
    var list: Int?
    /// Level in the list, from 0.
    var level: Int?
}

/// The paragraph styles of a Word document.
final class WordStyles: XMLReceiver {
    struct Style {
        var name = ""
        var parent: String?
        var numbering = WordNumberingReference()
        var outlineLevel: Int?
    }

    private var styles: [String: Style] = [:]
    private var current: (id: String, style: Style)?
    private var skipped = 0

    /// The style with what it inherits; `nil` when there is no such style.
    func resolved(_ id: String) -> Style? {
        guard var style = styles[id] else { return nil }
        var parent = style.parent
        var steps = 0
        while let id = parent, let ancestor = styles[id], steps < 20 {
            if style.numbering.list == nil { style.numbering.list = ancestor.numbering.list }
            if style.numbering.level == nil { style.numbering.level = ancestor.numbering.level }
            if style.outlineLevel == nil { style.outlineLevel = ancestor.outlineLevel }
            parent = ancestor.parent
            steps += 1
        }
        return style
    }

    /// The list a numbering style stands for.
    func list(ofNumberingStyle id: String) -> Int? { styles[id]?.numbering.list }

    func started(_ name: XMLBytes, _ attributes: XMLAttributes) throws {
        if skipped > 0 || name == "pPrChange" {
            skipped += 1
            return
        }
        if name == "style" {
            guard styles.count < 20_000 else { throw ArchiveError.tooLarge }
            current = attributes["styleId"].map { ($0.string, Style()) }
            return
        }
        guard current != nil else { return }
        switch name {
        case "name": current?.style.name = attributes["val"]?.string ?? ""
        case "basedOn": current?.style.parent = attributes["val"]?.string
        case "numId": current?.style.numbering.list = attributes["val"]?.integer
        case "ilvl": current?.style.numbering.level = attributes["val"]?.integer
        case "outlineLvl": current?.style.outlineLevel = attributes["val"]?.integer
        default: return
        }
    }

    func ended(_ name: XMLBytes) {
        if skipped > 0 {
            skipped -= 1
        } else if name == "style", let (id, style) = current {
            styles[id] = style
            current = nil
        }
    }
}
