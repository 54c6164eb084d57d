/// The links from one part of an Office file to others (`…/_rels/NAME.rels`).
struct PackageRelationships {
    struct Link {
        let id: String
        /// The last word of the relationship's type: `worksheet`, `styles`, `officeDocument` ….
        let kind: String
        /// The part's name in the archive.
        let target: String
    }

    private(set) var links: [Link] = []

    /// The links of `part`; of the whole package when `part` is empty. A part without a link file has no links.
    init(of part: String, in archive: ZipArchive) throws {
        let slash = part.lastIndex(of: "/")
        let folder = slash.map { String(part[..<$0]) } ?? ""
        let name = slash.map { String(part[part.index(after: $0)...]) } ?? part
        let file = folder.isEmpty ? "_rels/\(name).rels" : "\(folder)/_rels/\(name).rels"
        guard archive.contains(file) else { return }
        let receiver = LinkReceiver(folder: folder)
        try archive.readXML(file, into: receiver)
        links = receiver.links
    }

    func first(_ kind: String) -> String? { links.first { $0.kind == kind }?.target }

    private final class LinkReceiver: XMLReceiver {
        private let folder: String
        private(set) var links: [Link] = []

        init(folder: String) { self.folder = folder }

        func started(_ name: XMLBytes, _ attributes: XMLAttributes) throws {
            guard name == "Relationship", let id = attributes["Id"], let type = attributes["Type"],
                let target = attributes["Target"], attributes["TargetMode"].map({ $0 == "External" }) != true
            else { return }
            guard links.count < 10_000 else { throw ArchiveError.tooLarge }
            let typeName = type.string
            let kind = typeName.split(separator: "/").last.map(String.init) ?? typeName
            links.append(Link(id: id.string, kind: kind, target: resolve(target.string)))
        }

        private func resolve(_ target: String) -> String {
            if target.hasPrefix("/") { return String(target.dropFirst()) }
            var parts = folder.split(separator: "/")
            for step in target.split(separator: "/") {
                if step == ".." { _ = parts.popLast() } else if step != "." { parts.append(step) }
            }
            return parts.joined(separator: "/")
        }
    }
}
